"""What the words of a question mean: sets of words that say the same, and what each form of question needs of them.

Words are compared by their stems, so each stands here once, in any of its shapes. In a cue, what is written in capitals is
such a set, `a/b` one word or the other, `~` up to three words in between, `^` the beginning, `@` a name, `#money` an amount.
Cues of one line say the same: one of them is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_IRREGULAR = {
    shape: base
    for base, shapes in {
        "lose": "lost", "give": "gave given", "get": "got gotten", "take": "took taken", "fall": "fell fallen",
        "shrink": "shrank shrunk", "grow": "grew grown", "rise": "rose risen", "spend": "spent", "pay": "paid",
        "keep": "kept", "break": "broke broken", "meet": "met", "hold": "held", "bring": "brought", "say": "said",
        "win": "won", "hang": "hung", "withdraw": "withdrew withdrawn", "choose": "chose chosen", "mean": "meant",
        "have": "has had", "do": "does did done", "be": "is are was were been being am", "make": "made", "buy": "bought",
        "think": "thought", "tell": "told", "stand": "stood", "bind": "bound", "leave": "leaving leaves", "set": "sets setting",
        "run": "ran", "go": "goes went going", "see": "saw seen", "find": "found", "write": "wrote written", "argue": "argument",
        "decide": "decision", "choice": "choices", "rely": "reliant", "depend": "dependent", "can": "could", "will": "would",
        "may": "might", "shall": "should", "freeze": "froze frozen", "cancel": "cancelled cancelling", "steal": "stole stolen",
        "die": "dies dying died",
    }.items()
    for shape in shapes.split()
}  # fmt: skip


@cache
def stem(word: str) -> str:
    """What the shapes of a word share: `cuts`, `cutting` and `cut` are one, and so are `lost` and `losing`."""
    word = word.removesuffix("'s")
    word = _IRREGULAR.get(word, word)
    if word in _IRREGULAR.values():
        return word.removesuffix("e") if len(word) > 3 else word
    if len(word) <= 3:
        return word
    if word.endswith(("ies", "ied")) and len(word) > 4:
        word = word[:-3] + "y"
    elif re.search(r"(ss|sh|ch|x|z)es$", word):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    word = _IRREGULAR.get(word, word)
    cut = re.fullmatch(r"(\w*[aeiouy]\w+?)(?:ing|ed)", word)
    if cut and len(cut[1]) >= 3:
        word = cut[1]
        if word[-1] == word[-2] and word[-1] not in "dlsfz":
            word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_SETS = {
    "WHY": "why, reason, explain, how come, how do @ end up, justify, justification, rationale, ground, basis, "
    "defend, account for, motive, "
    "thinking behind, think behind, what speak for, argue for, deal with, back up, support the decision, reasoning, logic",
    "LESS": "spare, cut, reduce, reduction, lose, less, lower, trim, slash, shrink, shave, off, down, drop, fall, "
    "short, shortfall, smaller, "
    "take, minus, fewer, hit, slice, withhold, miss, decrease, haircut, deduct, subtract, dock, clip, chop, below, diminish, pull, "
    "withdraw, remove, skim, keep back, claw",
    "LESSER": "fewer, less, lower, minus, under, short, smaller, below",
    "MORE": "more, add, raise, increase, extra, bigger, grow, boost, another, top, plus, gain, rise, additional, addition, further, put, "
    "give, up, hire, above, higher, expand, supplement, inject, bump, donate, chip in, bring, find, lend, receive, contribute, "
    "recruit, employ",
    "GONE": "end, gone, lose, without, dry, disappear, survive, vanish, stop, renew, pull, withdraw, cancel, terminate, expire, collapse, "
    "away, fall, run, no, lapse, cliff, rescind, revoke, freeze, evaporate, discontinue, cease, yank, sunset, phase, close, do not "
    "come, die, dead",
    "OUT": "drop, without, cut, cancel, kill, scrap, stop, end, skip, leave, left, decline, remove, abandon, withdraw, pull, lose, "
    "sacrifice, delete, axe, not, never, no, turn, refuse, give up, eliminate, exclude, strike, discard, postpone, forgo, out, "
    "defund, get rid, scratch",
    "NOT": "not, no, nothing, out, zero, reject, refuse, turn, exclude, unfunded, miss, fail, omit, deny, below, "
    "cannot, decline, overlook, "
    "pass over, empty, nowhere, leave",
    "ENTER": "cheap, cheapest, take, need, possible, how, way, least, squeeze, enough, afford, can, chance, require, room, instead, miss, "
    "lack, help, lift, save, rescue, get @ in, happen, so that, far, smallest, little, close, minimum, path, tweak, through",
    "CHANGE": "change, waive, waiver, lift, relax, amend, decide, set, make, responsible, alter, negotiate, power, authority, own, behind, "
    "soften, loosen, bend, break, sign, approve, charge, impose, write, say, voice, exempt, grant, permission, ask, talk, rewrite, "
    "override, modify, adjust, repeal, call, consent, move, touch, ours, get around, bypass, tweak",
    "UNDONE": "without, drop, lift, ignore, scrap, gone, off, exist, abolish, remove, suspend, away, waive, end, skip, apply, repeal, "
    "eliminate, disappear, no, get rid, strike, delete, cancel, do not have, disregard, set aside",
    "KEPT": "respect, hold, obey, observe, say, mean, require, keep, meet, close, satisfy, comply, break, violate, "
    "room, headroom, what, far, "
    "reach, ok, fulfil, tight, demand, state, spell, ask, honor, honour, breach, word, describe, remind, impose, text, read, side, "
    "wording, content, detail",
    "IF": "if, suppose, imagine, assume, be, will, can, shall, say, happen, let's, without, picture, what then, say that",
    "LEFT": "left, leftover, unspent, unused, remain, remainder, left over, spare, idle, spend, used up, exhaust, still in, sit, hand out, "
    "unallocated, balance, use up, available, rest, parked, untouched, free, touch",
    "WORTH": "worth, bring, value, valuable, help, gain, buy, benefit, useful, use, good, contribute, achieve, deliver, return, payoff",
    "WORSE": "lose, loser, less, worse, winner, win, gain, better off, worst off, shrink, cut, worst, fall, hurt, give up, down, suffer, "
    "reduce, back",
    "COMPARED": "change, compare, differ, difference, versus, against, than, before, ago, since, previous, shift, move",
}  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """One way to point at a form. names: kinds of names that it takes, amounts: of amounts; cues: of each one must be found."""

    form: str
    names: frozenset[str]
    amounts: frozenset[str]
    cues: tuple[re.Pattern[str], ...]


_WRITTEN: tuple[tuple[str, ...], ...] = (
    # form, names, amounts, then cues; the first line that fits is what is meant
    ("cut", "fund", "share", "LESSER"),
    ("raise", "fund", "share", "MORE"),
    ("cut", "fund", "share", "LESS"),
    ("set", "fund", "money",
     "only, instead, exactly, even, land, double, triple, total, to/be/at #money, have #money, come out at, end up"),
    ("cut", "fund", "money", "LESSER"),
    ("raise", "fund", "money", "MORE"),
    ("cut", "fund", "money", "LESS"),
    ("left", "fund", "", "LEFT"),
    ("lose", "fund", "", "only have ~ other, do not come, @ and not"),
    ("lose", "fund", "", "stop, cease, quit, be over, not ~ renew"),
    ("hostages", "fund", "",
     "depend, hang, rely, pay, where ~ @ go, go to, use, live, finance, support, cover, stand on, lean, attach, tie to, bankroll, "
     "program ~ @, what ~ @ ~ fund, come out of @, out of @"),
    ("lose", "fund", "", "GONE"),
    ("more", "initiative", "money", "MORE, get, have, need, want"),
    ("why not", "initiative", "", "WHY", "NOT"),
    ("drop", "initiative", "",
     "take @ out, without @, worth, value, good for, what do/will @ bring/contribute/achieve/deliver, miss @, miss the @"),
    ("why", "initiative", "", "WHY"),
    ("fund", "initiative", "", "insist, force, whatever, at all/any cost, no matter, include/add @ and"),
    ("who pays", "initiative", "",
     "who/which/what/grant/fund/whose pay/fund/finance/budget, come from, from/of which, grant/fund ~ behind, stand behind, pay "
     "by/from/out, source, bill, cover, pocket, whose money/budget/grant, pick up, bankroll, pay for @"),
    ("how much", "initiative", "",
     "what do/will/amount ~ get/give/award/receive, what be @ award, award ~ exactly, how much/many ~ get/receive/go/spend/give, how "
     "big, end up give, award of/for @ be, size of"),
    ("drop", "initiative", "", "decline, instead of, IF, lose, do, who, what, let us, ^ OUT, gain", "OUT"),
    ("how much", "initiative", "",
     "how much/many, award, amount, share, figure, ^ be the @ fund, ^ be @ fund",
     "get, receive, award, be, go, spend, do, give, dollar, money"),
    ("cheapest", "initiative", "",
     "ENTER",
     "take, need, possible, how, way, least, squeeze, enough, afford, chance, require, room, instead, miss, lack, help, lift, save, "
     "rescue, get @ in, happen, so that, cheap, cheapest, smallest, little, be/can ~ fund/pay/include/finance, path, wonder, tweak, "
     "approve"),
    ("fund", "initiative", "",
     "IF, what, who, force, insist, must, have to, whatever, ^ put/fund/add/include/keep/take",
     "fund, include, add, keep, in, pay, cost, have, force, on board, take on"),
    ("fewer people", "agency role", "count", "LESSER, lose"),
    ("people", "agency role", "count",
     "more, extra, another, additional, add, hire, gain, further, lend, bring, find, recruit, get, employ, have"),
    ("fewer people", "agency role", "count", "LESS, take back, recall, go, leave, miss"),
    ("worth of role", "role", "", "WORTH, another, more, extra, additional, hire, bottleneck"),
    ("who may change", "rule", "", "whose"),
    ("who may change", "rule", "", "who, can, may, allow, whom", "CHANGE"),
    ("cost of rule", "rule", "", "cost, price, expensive, worth, dear, pay for, give up, lose, sacrifice, burden"),
    ("without rule", "rule", "", "if ~ @ be/do not, if ~ @ be no"),
    ("without rule", "rule", "", "IF, what, who, how, ^ drop/lift/ignore/waive/scrap/suspend/abolish, world", "UNDONE"),
    ("why", "rule", "", "WHY"),
    ("rule", "rule", "", "KEPT"),
    ("why", "fund", "", "WHY"),
    ("why", "agency", "", "WHY"),
    ("agency", "agency", "",
     "in ~ for @, lose, gain, get, receive, change, about, page, lend, pay, come, in it, far, do, affect, hit, mean, much, win, show, "
     "off, how, fare, everything, walk away, summary, look, treat, stand, leave, make out, damage, outcome, end up"),
    ("scenario", "scenario", "", "scenario, IF, compare, show, differ, change, what, run, case"),
    ("next", "", "",
     "next, closest, nearest, behind, queue, runner, runner up, just miss/below, near the line, wait list, first to get, first in "
     "line, close to, almost, narrowly, bubble, if/when ~ money turn/come/show up, first ~ reject/unfunded, first on/up/behind/after, "
     "on the bench"),
    ("who loses", "", "", "WORSE", "last year, year ago"),
    ("biggest loss", "", "",
     "grant, fund, loss, source, money, pot, lose",
     "worst, most, important, fear, afford, hardest, vital, crucial, biggest, expose, vulnerable, critical, dangerous, key, depend, "
     "rely"),
    ("not funded", "", "",
     "not fund, nothing, left out, leave out, reject, unfunded, miss out, not make, turn down, not in, fall out, without money, empty "
     "hand, go home, zero, not get, deny, no money, lose out, say no, without a/any"),
    ("who loses", "", "", "WORSE, squeeze, COMPARED", "last year, year ago, month ago, before, compare with/to/against"),
    ("binding", "", "",
     "bottleneck, stop/prevent/keep us, in the/our way, run short, hold ~ back, bind, limit, constrain, constraint, scarce, tight, "
     "tightest, shortage, run out, pinch, squeeze, choke, help/matter us most, help/matter most, help/matter the most, stand in, "
     "short of, obstacle, barrier, let us do more, what would/will let, do more"),
    ("most", "", "",
     "most, biggest, largest, top, highest, bulk, lion, main",
     "who, which, what, award, where, list, initiative, rank, money, share"),
    ("who loses", "", "", "WORSE", "who, whose, which, agency, list, year, anyone, anybody, somebody, everyone, month, before, compare"),
    ("who loses", "", "", "COMPARED", "last year, year, month, before"),
    ("unspent", "", "",
     "unspent, unused, left, waste, remain, leftover, idle, spare, nobody use, on the table, not/fail ~ place/spend/use, lie around, "
     "unallocated, sit around, over, leaving, put to work, every cent/penny/dollar, spend/use all, spend/use everything",
     "money, how, what, fund, much, any, dollar, anything, cash, cent, penny, every, use"),
    ("open", "", "",
     "up to us, up for, own to decide, argue, leeway, influence, shape, in play, real choice, room ~ decide/move/choose, say in, "
     "freedom, speak for, in our hand, latitude, wiggle, vote on, foregone, ours to"),
    ("rules kept", "", "",
     "rule, legal, compliant, compliance, law, condition, requirement, comply, regulation, violation",
     "in line, keep, break, violate, meet, satisfy, follow, legal, compliant, compliance, comply, ok, hold, respect, breach, "
     "violation, clean, obey"),
    ("open", "", "", "open, decide, debate, choice, discretion, contest, dispute, settle, agenda, flexible, flexibility, negotiable, fix"),
    ("total", "", "",
     "total, overall, altogether, in all, all in all, whole plan, plan, spend, bottom line, nutshell, summary, summarize, summarise, "
     "sum, headline, short version, result, how much money and",
     "cost, spend, bring, achieve, much, total, good, deliver, what, buy, give, sentence, for me, line, us, this, plan, up, short, "
     "worth, many"),
)  # fmt: skip


def _alternatives(cues: str) -> Iterable[str]:
    return (c.strip() for c in cues.split(",") if c.strip())


def _word(token: str) -> str:
    if token == "~":
        return r"(?:\S+ ){0,3}?"
    if token in _SETS:
        return f"(?:{'|'.join(_phrase(c) for c in _alternatives(_SETS[token]))}) "
    if token[0] in "@#^":
        return f"{re.escape(token)} "
    return f"(?:{'|'.join(re.escape(t if t[0] in '@#' else stem(t)) for t in token.split('/'))}) "


def _phrase(cue: str) -> str:
    """A cue as it is found in a line of stems with a blank before and behind each."""
    return "".join(_word(t) for t in cue.split() if t not in ARTICLES).removesuffix(" ")


def _cue(cues: str) -> re.Pattern[str]:
    return re.compile(f" (?:{'|'.join(_phrase(c) for c in _alternatives(cues))}) ")


ARTICLES = frozenset(["a", "an", "the"])
MEANINGS = tuple(
    Meaning(form, frozenset(names.split()), frozenset(amounts.split()), tuple(map(_cue, cues)))
    for form, names, amounts, *cues in _WRITTEN
)
KNOWN = frozenset(
    stem(word)
    for cues in (*_SETS.values(), *(c for _, _, _, *had in _WRITTEN for c in had))
    for token in cues.replace(",", " ").split()
    if token not in _SETS and token[0] not in "@#^~"
    for word in token.split("/")
)
"""Stems of all words that stand above: they say something, and no name hangs on them alone."""


def line_of(words: Iterable[str]) -> str:
    """Words as cues are looked for in them: `^`, then their stems, with a blank before and behind each, articles left out."""
    return f" {' '.join(['^', *(part for w in words if w not in ARTICLES for part in _parts(w))])} "


def _parts(word: str) -> list[str]:
    if word[0] in "@#":
        return [word]
    if word.endswith("n't"):
        return [_SHORT.get(word, stem(word[:-3])), "not"]
    return [stem(word)]


_SHORT = {"can't": "can", "won't": "will", "shan't": "shall"}
