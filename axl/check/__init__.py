"""What is legal, and what authors get wrong: all problems of a workflow at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from axl.check.rules import arguments, defaults, handlers, lengths, literals, names, options, types, unused
from axl.check.structure import structure
from axl.check.wellformed import wellformed
from axl.errors import Problem
from axl.ir.hints import Hints
from axl.ir.nodes import IRWorkflow

__all__ = ["RULES", "check", "in_order", "wellformed"]

Rule: TypeAlias = Callable[[IRWorkflow, Hints | None], Iterator[Problem]]

_OF_ONE_PLACE: tuple[Rule, ...] = (
    literals.check,
    names.check,
    options.check,
    handlers.check,
    defaults.check,
)
"""Rules that look at one place at a time, and so hold for workflows of any shape."""

_OF_THE_WHOLE: tuple[Rule, ...] = (arguments.check, types.check, lengths.check, unused.check)
"""Rules that follow values, and so need a sound structure."""

RULES: tuple[Rule, ...] = (*_OF_ONE_PLACE, *_OF_THE_WHOLE)


def check(program: IRWorkflow, hints: Hints | None = None) -> tuple[Problem, ...]:
    """Return everything that is wrong with a workflow, errors and warnings, in order of lines.

    Args:
        program: the workflow.
        hints: the annotations behind it; without them arguments and types are not checked.
    """
    problems = list(structure(program))
    rules = _OF_ONE_PLACE if problems else RULES
    for rule in rules:
        problems.extend(rule(program, hints))
    return in_order(problems)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by their lines."""
    return tuple(sorted(problems, key=_line))


def _line(problem: Problem) -> tuple[str, int]:
    first = problem.where[0] if problem.where else None
    return (first.file, first.line) if first else ("", 0)
