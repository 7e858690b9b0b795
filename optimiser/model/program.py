"""A case as a linear program: its rules read and its matrix built, once, for whoever asks it something."""

from __future__ import annotations

from dataclasses import dataclass

from optimiser.case.case import Case
from optimiser.model.build import build
from optimiser.model.matrix import Model
from optimiser.model.rules import Compiled, compile_rules


@dataclass(frozen=True, eq=False)
class Program:
    """A case, its rules as terms, and its matrix."""

    case: Case
    rules: list[Compiled]
    model: Model

    @classmethod
    def of(cls, case: Case) -> Program:
        """The program of a case. Raises RuleError where a rule cannot be read."""
        rules = compile_rules(case.facts)
        return cls(case, rules, build(case.facts, rules))
