"""What could be otherwise: one class for each limit of a case, which knows everything about it.

Conflict, repair, prices, what a rule costs, frontiers and the app's sliders ask these classes and nothing else: which rows a
limit is, what its number means, what it says, how it moves and what that costs, and what its absence is worth.
"""
