"""Begin a kind of rule: `make kind NAME=spread` writes its file, its test and its page, which work and say little.

What it writes is a limit on money of its own; the file, the test and the page are then changed to what is meant.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

FILE = '''"""{name}: TODO what it says, in one line."""

from __future__ import annotations

import numpy as np

from optimiser.case.facts import Facts
from optimiser.model.rules import rule_words
from optimiser.model.rules.kind import Kind
from optimiser.model.rules.number import MONEY, Number
from optimiser.model.rules.rule import Rule, RuleError, Warn, as_weights, members, select
from optimiser.model.rules.terms import MEASURES, UNITS, Limits, Term


class {title}(Kind):
    """TODO what it is."""

    help = "TODO one sentence for the form."
    columns = ("where", "per", "at_most")
    needs = ("at_most",)
    obliges = False

    def limits(self, facts: Facts, rule: Rule, warn: Warn | None = None) -> tuple[Limits, ...]:
        """TODO the sums and their limits. Raises RuleError."""
        if rule.at_most is None or rule.at_most < 0:
            found = "no number" if rule.at_most is None else rule_words.number(rule.at_most)
            raise RuleError("at_most", found, "an amount of money, 0 or more", "write it")
        where = select(facts, rule, "where", rule.where, MEASURES["money"], warn)
        per = members(facts, rule, MEASURES["money"])
        left = (Term("money", as_weights(where), per.axes),)
        one = np.ones(len(per.names))
        return (Limits(rule.name, "at_most", per.names, left, (), one * rule.at_most, one, UNITS["money"]),)

    def number(self, facts: Facts, rule: Rule) -> Number:
        """TODO what at_least and at_most mean."""
        return Number(MONEY, facts.settings.currency)

    def sentence(self, facts: Facts, rule: Rule) -> str:
        """The rule in plain English."""
        number = self.number(facts, rule)
        return rule_words.finish(facts, rule, f"{{rule_words.held(facts, rule)}}: {{rule_words.amount(facts, rule, number)}}", number)
'''

TEST = '''"""{name}: translates, solves to numbers computed by hand, refuses bad arguments."""

from __future__ import annotations

from tests.rules.small import awards, blocks, case_of, nearly, only_fault, said, solved


def test_translates() -> None:
    rule = {{"kind": "{name}", "at_most": 100, "per": "theme"}}
    assert blocks(case_of(rule)) == [("at_most", ("guns", "training"), [100, 100], [1, 1])]


def test_solves() -> None:
    plan = solved(case_of({{"kind": "{name}", "at_most": 400, "where": "initiative = C"}}))
    assert awards(plan) == nearly({{"A": 1000, "B": 100, "C": 400}})


def test_refuses() -> None:
    fault = only_fault({{"kind": "{name}"}})
    assert fault.cell.startswith("at_most")


def test_says() -> None:
    assert said(case_of({{"kind": "{name}", "at_most": 100}})) == "All money: at most $100."
'''

PAGE = """# {name}

TODO what it says, in one line.

| column | says |
|---|---|
| `where` | what is summed; blank: everything |
| `per` | repeats the rule for each fund, agency, initiative, period, category, theme, area or tier |
| `at_most` | the most |

## Examples

| rule | kind | where | per | at_most |
|---|---|---|---|---|
| little for guns | {name} | theme = guns | | 900 |
| little for each | {name} | | agency | 800 |

They read:

> Money on initiatives of the theme guns: at most $900.
> Money paid to each agency: at most $800.

## Worth knowing

- TODO what surprises.

Rows: TODO the limits as formulas.
"""


def write(root: Path, name: str) -> list[Path]:
    """The three files of a kind, relative to the root. Raises ValueError for a name that cannot be, or that is taken."""
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
        raise ValueError(f"{name!r} cannot be the name of a kind: write small letters, such as spread")
    title = "".join(part.capitalize() for part in name.split("_"))
    files = {
        Path("optimiser/model/rules/kinds") / f"{name}.py": FILE,
        Path("tests/rules") / f"test_{name}.py": TEST,
        Path("docs/rules") / f"{name}.md": PAGE,
    }
    taken = [str(file) for file in files if (root / file).exists()]
    if taken:
        raise ValueError(f"{' and '.join(taken)} is there already: choose another name")
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text.format(name=name, title=title), "utf-8")
    return list(files)


if __name__ == "__main__":
    try:
        sys.stdout.write("".join(f"{file}\n" for file in write(Path.cwd(), "".join(sys.argv[1:]))))
    except ValueError as error:
        sys.exit(f"{error}.")
