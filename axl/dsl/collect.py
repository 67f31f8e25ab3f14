"""Collects an author's mistakes while a class is read, so that all of them are told at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from axl.errors import DefinitionError, MistakesError, Problem

T = TypeVar("T")
D = TypeVar("D")
RULE = "definition"


@dataclass(slots=True, eq=False)
class Mistakes:
    """What was found so far, in the order in which it was found."""

    found: list[DefinitionError] = field(default_factory=list)

    def note(self, error: DefinitionError) -> None:
        """Keep a mistake, and go on."""
        if error not in self.found:
            self.found.append(error)

    def attempt(self, work: Callable[[], T], otherwise: D) -> T | D:
        """Return what `work` returns, or a stand-in where it finds a mistake."""
        try:
            return work()
        except DefinitionError as error:
            self.note(error)
            return otherwise

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise self.as_one()

    def as_one(self) -> DefinitionError:
        """Return what was found: one mistake as it is, several as one `MistakesError`, by their lines."""
        problems = tuple(dict.fromkeys(problem for error in self.found for problem in problems_of(error)))
        return self.found[0] if len(problems) == 1 else MistakesError(tuple(sorted(problems, key=_line)))


def problems_of(error: DefinitionError) -> tuple[Problem, ...]:
    """Return what an error tells, one problem for each mistake."""
    if isinstance(error, MistakesError):
        return error.problems
    where = (error.where,) if error.where else ()
    return (Problem(rule=RULE, what=error.what, where=where, hint=error.hint),)


def _line(problem: Problem) -> tuple[str, int]:
    return (problem.where[0].file, problem.where[0].line) if problem.where else ("", 0)
