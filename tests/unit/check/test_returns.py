"""A forgotten `return` is told as what it is: of graph, of a map's body, of a branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import axl
from axl import Workflow, step, when


class Base(Workflow):
    @step
    def one(self, n: int) -> int:
        return n

    @step
    def yes(self) -> bool:
        return True

    @step
    def join(self, parts: list[int]) -> int:
        return sum(parts)


def nothing(s: Any) -> int:
    s.one(1)
    return None  # type: ignore[return-value]  # the mistake


def of_a_body(s: Any) -> int:
    def body(n: int) -> None:
        s.one(n)

    return s.join(axl.map(body, [1]))  # type: ignore[no-any-return]  # `s` is anything


def of_a_branch(s: Any) -> int:
    return s.one(when(s.yes(), lambda: s.one(1), lambda: None))  # type: ignore[no-any-return]  # as above


CASES: dict[str, tuple[Callable[[Any], int], str, str]] = {
    "graph": (nothing, "graph is annotated to return int, but it returns nothing", "end it with `return …`"),
    "body": (
        of_a_body,
        "but the result of `body_map` is list[None]",
        "the body of `body_map` returns nothing",
    ),
    "branch": (of_a_branch, "the result of `when` is int | None", "a branch of `when` returns nothing"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_forgotten_return_is_told(case: str) -> None:
    """The message says that nothing is returned, and the hint what to write."""
    graph, what, hint = CASES[case]

    problems = axl.validate(type("Wrong", (Base,), {"graph": graph, "__module__": __name__}))

    [error] = [problem for problem in problems if problem.severity == "error"]
    assert what in error.what
    assert hint in error.hint
    assert error.where


def test_what_is_made_and_lost_says_that_nothing_is_returned() -> None:
    """Without an annotation nothing is wrong, and the warning names the likely reason."""

    def graph(self: Any):  # type: ignore[no-untyped-def]  # as a newcomer writes it
        self.one(1)

    [warning] = axl.validate(type("Wrong", (Base,), {"graph": graph, "__module__": __name__}))

    assert "warning" == warning.severity
    assert "nothing is returned where it is made" in warning.hint
