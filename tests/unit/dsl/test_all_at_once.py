"""All mistakes of a class are told at once, each with its line and a hint."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

import axl
from axl import Workflow, step
from axl.errors import DefinitionError, MistakesError, Problem, TraceError
from tests.unit.dsl.marked_lines import line_of

HERE = Path(__file__)


class Odd:
    """What JSON cannot hold."""


class Model(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    seed: Odd
    depth: Odd


class Base(Workflow):
    """What the wrong graphs call."""

    @step
    def load(self, month: int, year: int) -> int:
        return month + year

    @step
    def join(self, parts: object) -> int:
        return 1


def told(graph: Any, **attributes: object) -> tuple[Problem, ...]:
    """Trace a class with this graph and return every mistake that is told."""
    with pytest.raises(MistakesError) as caught:
        axl.trace(type("Wrong", (Base,), {"graph": graph, "__module__": __name__, **attributes}))
    return caught.value.problems


def test_every_literal_that_json_cannot_hold_is_told() -> None:
    """A set, a number that is not finite and a key that is not text are told with their own lines."""

    def graph(self: Any) -> object:
        self.join({1, 2})  # a set
        self.join(math.nan)  # not a number
        return self.join({1: 2})  # a key

    problems = told(graph)

    assert [line_of("a set", HERE), line_of("not a number", HERE), line_of("a key", HERE)] == [
        problem.where[0].line for problem in problems
    ]
    assert all(problem.hint for problem in problems)


def test_every_wrong_call_is_told() -> None:
    """What lacks, what is unknown and what is too much, of every call of the graph."""

    def graph(self: Any) -> object:
        return [self.load(), self.load(1, 2, day=3), self.load(1, 2, 3), self.load.map([1])]

    assert [
        "step `load` is called without `month` and `year`",
        "step `load` does not take `day`",
        "step `load`: too many positional arguments",
        "step `load` is called without `year`",
    ] == [problem.what for problem in told(graph)]


def test_every_value_inside_one_literal_is_told() -> None:
    """A list is looked through to its end."""
    problems = told(lambda self: self.join([b"x", {"a": 1j}, 1]))

    assert ["bytes", "complex"] == [problem.what.split()[4] for problem in problems]


def test_every_parameter_that_json_cannot_hold_is_told() -> None:
    """Types and defaults of all arguments, and the arguments that have no name."""

    def graph(self: Any, a: Odd, b: object = Odd(), *c: int) -> object:
        return self.join(a)

    assert ["`a`", "`b`", "`*c:"] == [
        next(word for word in problem.what.split() if word.startswith("`")) for problem in told(graph)
    ]


def test_every_field_of_the_params_step_is_told() -> None:
    """The fields of a model are the run's parameters, too."""

    @step
    def params(self: object) -> Model:
        raise NotImplementedError

    problems = told(lambda self: self.join(self.params()), params=params)

    assert ["the parameter `seed`", "the parameter `depth`"] == [
        problem.what.partition(" of ")[0] for problem in problems
    ]


def test_mistakes_of_the_class_and_of_its_graph_are_told_together() -> None:
    """Class attributes, the schedule and the graph are read to the end."""
    problems = told(lambda self: self.load(), retries="many", max_parallel=0, schedule=3)

    assert {"retries", "max_parallel", "schedule", "step"} == {
        problem.what.split()[0] for problem in problems
    }


def test_a_use_of_a_symbol_that_the_graph_swallows_is_still_told() -> None:
    """An `except` in the graph does not turn a mistake into another program."""

    def graph(self: Any) -> object:
        one = self.join(1)
        try:
            return one + 1
        except Exception:  # noqa: BLE001 (the mistake)
            return one

    with pytest.raises(TraceError, match="arithmetic needs a value"):
        axl.trace(type("Wrong", (Base,), {"graph": graph, "__module__": __name__}))


def test_one_mistake_is_told_as_what_it_is() -> None:
    """A single one keeps its class and its cause."""
    with pytest.raises(DefinitionError) as caught:
        axl.trace(type("Wrong", (Base,), {"graph": lambda self: self.join(1 / 0), "__module__": __name__}))

    assert not isinstance(caught.value, MistakesError)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
