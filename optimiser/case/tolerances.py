"""Every tolerance of the house, once: how little is nothing, how near is the same. Each has its reason.

A tolerance is a share of the size of what is compared, unless its unit is said. `tests/test_house.py` finds small numbers
that are written elsewhere.
"""

from fractions import Fraction

# How little is nothing

NOTHING = 1e-9
"""Money, FTE, shares, weights, prices: up to this there is none. Of money the workbook's contract says so."""
FUNDED = 1e-9
"""An initiative is funded where its level (share of full scope) is above this."""
LEAST = 1e-6
"""A millionth of a point, of a unit of money, of an FTE or a scope: nobody can check less, and nobody is told of less."""
LEAST_SHARE = 1e-10
"""A level or FTE below this is noise of the solver. Finer than LEAST: times a large request it is still money."""
HALF_A_CENT = 0.005
"""Money: what is less was lost when somebody rounded to cents. For points and FTE: what two decimals do not show."""
NO_TENTH = 5e-4
"""Points: what is less is not seen where a chart writes them with three decimals."""
LEAST_PERCENT = 1e-4
"""Percent: LEAST, where a share is written in percent."""
LITTLE = 1e-4
"""A ten-thousandth: an initiative that lost less of its scope was left alone; what helps less than this share of what helps
most is not looked at."""

# What stands for a size of nothing, so that nothing is divided by it

LEAST_SIZE = 1e-9
"""In place of a size of 0, where something is measured as a share of a size: nobody has amounts as small."""
LEAST_FLOAT = 1e-300
"""The same where sizes of any smallness are meant."""

# How near is the same

HAIR = 1e-9
"""What sums of some thousand floats lose at most, with room: a limit is kept, a number is whole and two sums are equal to it."""
LOST_DIGITS = 1e-12
"""What sums of columns on their grid of decimals lose, as a share of the terms; the last digits of a float, with room."""
SECOND_GAP = 2e-6
"""A second solver's bound within this share of a plan confirms it: it stops at its own tolerances, and the search of the first at GAP."""
SAME = 1e-6
"""Values nearer than this share are told as equal: what is accepted as the best (GAP) may differ by as much."""
NO_GAIN = 1e-7
"""A gain below this share of the value is none: of two values that are each exact to 1e-9 the difference is good to this."""
PAST = 1.01
"""So much farther than the last use that can be seen is looked along a limit, so that its end is seen too."""
AS_GOOD = 1e-8
"""An average over draws is as good as another within this share: it is a sum of values that are each exact to 1e-9."""
UNREAD = 1e-5
"""A difference that nobody reads in a table of five digits: by so little no plan beats another."""
BARELY = 1e-3
"""A share that is a matter of whole units: a plan that was rounded is this near to the one before, and no more is lost or
held back by rounding."""

BY_KEY = 1e-3
"""Of a unit of rounding: what the key of a line adds to its cost. It decides where fractions are equal, and noise never does."""
HELD_BACK = 1e-5
"""Of a unit of rounding: so much are limits held back where a solver finds whole lines, which are then kept to the last digit."""
NEAR_WHOLE = 1e-6
"""A number that comes from a solve and is this near to a whole one is it; so are shares of a whole that miss 1 by less."""
FULL = 1 - NEAR_WHOLE
"""An initiative is delivered in full, and people are all at work, from this share on."""
NEARLY_FULL = 0.999
"""Whether an initiative is funded in full in every good plan is asked of plans that fund at most this share: nearer to all of it
two plans are worth the same."""
SWITCH = 1e-7
"""A switch this near to 0 or 1 has that value: tighter than the solver's own measure (1e-6), looser than what it is asked for."""
AT_BOUND = 1e-7
"""A column or a row this near to its bound stands on it: a hundred times what the solver is asked for."""

WRITTEN_MONEY = 2e-6
"""Money: what a figure with six decimals loses, added up from a few; less than half of what the verifier accepts of such."""
WRITTEN = 1e-11
"""What a number loses when a workbook keeps twelve digits of it."""

# What is proven

GAP = 1e-6
"""The gap that is accepted where the case says nothing."""
OPTIMAL_GAP = 1e-9
"""A gap up to this is called optimal (contract of the command line); values are asked for so exactly where they are compared."""
APART = 1e-4
"""The gap to which a program is solved apart: the last digits cost as many rounds as all before."""
TOLD_APART = 4e-9
"""Two values that are each exact to OPTIMAL_GAP are told apart where they differ by more than this share."""
EQUAL = 2e-10
"""Settings of the switches whose values are nearer than this share are equal, and keys settle them: the search itself tells
no less than half of it apart,"""
AMONG_EQUALS = 1e-4
"""so far, of its size, a column may move among them before it is held where it is (what it costs to move is then above EQUAL),"""
AS_CHEAP = 5e-10
"""and what it may give up by that share it may save in money."""
FINE_GAP = 1e-11
"""The gap that is aimed at where keys settle ties: a penalty of a hundred-thousandth of a point beside a million points then
decides, and not the way of the solver. One more careful solve is spent on it."""

# What the solver is asked for, and what is believed of it (in its units, unless said)

SOLVER = 1e-9
"""The solver's feasibility tolerances. Its default, 1e-7, would be a hundred of a billion."""
SOLVER_TIGHT = 1e-10
"""The tightest that it takes: for a second look, and what a corner may leave its bounds by."""
FEASIBLE = 1e-8
"""Largest breach, relative to a row's terms, of a point that counts as a plan of a linear program."""
SEARCHED = 1e-7
"""The same of a plan that a search with switches found and no time is left to clean."""
SNAPPED = 1e-11
"""What is nearer to a bound is put on it."""
SMALL_ENTRY = 1e-12
"""Entries of the matrix below this are 0 to the solver."""
FACE = 1e-9
"""A reduced cost above this share of the terms that it was summed from is not noise."""
PRICE_NOISE = 1e-2
"""Of FACE: a price of 2e-12 of the largest was seen to be noise."""
DOUBTFUL = 1e-6
"""A price worth less than this share of what a column costs may be noise: it is computed again, to its last bit,"""
CLEANED = 1e-5
"""and is believed if it differs from the solver's by no more than this share of the largest."""
SMALL_VALUE = 1e-3
"""A value (or a noise) below this share of what a column typically costs is measured against that: of nearly nothing no share
means anything."""
FOREIGN_DIGITS = 1e-7
"""What other solvers' printed values are good for: CBC writes eight digits."""
FOREIGN_BREACH = 1e-6
"""Largest breach, relative to a row's terms, of a plan that another solver gave: its digits lose as much."""
MARGIN = 1e-6
"""By this share a bound that was inferred is widened, so that it cuts off no plan that stands on it."""
ROW_NOISE = 1e-10
"""A breach is looked at from this share of a row's largest term on,"""
ROW_MONEY = 1e-4
"""or from this in the units of the case;"""
ROW_NOTHING = 1e-13
"""less than this (in the solver's units) is nothing, unless it is more than ROW_MONEY."""
SIDE = 1e-6
"""In a search tree, a side of a switch that costs less than this share of what switches cost counts as so much."""
COARSE = 1e-6
"""A breach of more than this share of a row's largest term (at least 1, in the units of the case) is one by any measure."""
CLEAN = 1e-10
"""A plan that breaks no row of a changed case by more than this shows that the change works."""
CERTAIN = 1e-6
"""A case of which no plan is possible without changes of this share of its money needs no second look at whether it has one."""

# What floats hold

LOST = 2.0**-48
"""What floats lose of a row's largest term: so much is no breach (the verifier's own measure)."""
LARGE_LOST = 2.0**-50
"""What a float loses of a large amount in units."""
CANCELLED = 2.0**-44
"""A reach below this share of the sums that it is a difference of is noise."""

# What the verifier accepts, as exact numbers (`plan/allowance.py` says of what)

MILLIONTH = Fraction(1, 10**6)
BILLIONTH = Fraction(1, 10**9)
HALF = Fraction(1, 2)
"""Money that an exact plan may miss at most: less than a unit of any currency, whatever its size."""
SIX_DECIMALS = Fraction(5, 10**6)
"""What is lost when money is written with six decimals, a few of them added up."""
LAST_DIGITS = Fraction(1, 2**48)
"""LOST, exactly."""
