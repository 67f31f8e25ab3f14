"""A mistake in graph is told in the author's terms: their step, their argument, their exception."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import axl
from axl import AxlError, Workflow, step
from tests.unit.dsl.marked_lines import line_of

HERE = Path(__file__)


class Base(Workflow):
    @step
    def load(self, month: int, path: str = "") -> int:
        return month

    @step
    def join(self, parts: list[int]) -> int:
        return sum(parts)


class Inner(Workflow):
    @step
    def work(self, n: int) -> int:
        return n

    def graph(self, n: int) -> int:
        return self.work(n)


def refusal(graph: Any) -> AxlError:
    with pytest.raises(AxlError) as caught:
        axl.trace(type("Wrong", (Base,), {"graph": graph, "__module__": __name__}))
    return caught.value


def test_a_misspelt_step_names_the_nearest() -> None:
    """What the class has no step for is told with the step that was meant, and all there are."""

    def graph(self: Any) -> object:
        return self.laod(1)  # misspelt

    error = refusal(graph)

    assert "Wrong has no step or attribute `laod`" == error.what
    assert "did you mean `self.load`? its steps are load, join" == error.hint
    assert error.where is not None
    assert line_of("misspelt", HERE) == error.where.line


def test_a_misspelt_step_of_a_called_workflow_names_its_own() -> None:
    """The class that lacks the step is the one that was asked."""
    error = refusal(lambda self: Inner().wokr(1))  # type: ignore[attr-defined]  # the mistake

    assert "Inner has no step or attribute `wokr`" == error.what
    assert "did you mean `self.work`? its steps are work" == error.hint


def test_the_authors_exception_is_shown_with_its_line() -> None:
    """The exception, the line and its text; nothing about symbols, which had no part in it."""

    def graph(self: Any) -> object:
        share = 1 / 0  # divided
        return self.load(share)

    error = refusal(graph)

    assert error.what.startswith("graph of Wrong raised ZeroDivisionError: division by zero\n")
    assert error.what.endswith("share = 1 / 0  # divided")
    assert not error.hint
    assert error.where is not None
    assert line_of("divided", HERE) == error.where.line
    assert isinstance(error.__cause__, ZeroDivisionError)


def test_an_exception_inside_a_library_shows_the_authors_line() -> None:
    """The innermost line of the author's is named, not that of the library it called."""

    def graph(self: Any) -> object:
        return self.load(json.loads("{"))  # parsed

    error = refusal(graph)

    assert error.where is not None
    assert (HERE.name, line_of("parsed", HERE)) == (Path(error.where.file).name, error.where.line)


def test_an_exception_about_a_symbol_says_what_symbols_are() -> None:
    """Python's own message about a symbol gets the explanation."""
    error = refusal(lambda self: dict(**self.load(1)))

    assert "graph() only wires steps" in error.hint


def test_an_unknown_argument_is_named() -> None:
    """The argument that the step does not take is named, with the one that was meant."""
    error = refusal(lambda self: self.load(mnth=1))

    assert "step `load` does not take `mnth`" == error.what
    assert error.hint.startswith("did you mean `month`? it is load(month: int, path: str = '')")
    assert HERE.name in error.hint


def test_every_unknown_argument_is_named() -> None:
    """All of them at once, also those that resemble nothing."""
    error = refusal(lambda self: self.load(1, q=1, pth=""))

    assert "step `load` does not take `q` and `pth`" == error.what
    assert error.hint.startswith("did you mean `path`? it is load(")


def test_a_call_of_a_workflow_that_does_not_fit_is_told_alike() -> None:
    """The parameters of a called graph are bound like a step's."""
    error = refusal(lambda self: Inner().graph(m=1))  # type: ignore[call-arg]  # the mistake

    assert "Inner().graph does not take `m` and is called without `n`" == error.what
    assert error.hint.startswith("it is Inner().graph(n: int), defined at ")
