"""The id of a map says what it does, where its body has a name."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

import axl
from axl import Workflow, step


class Base(Workflow):
    @step
    def items(self) -> list[int]:
        return [1, 2]

    @step
    def inc(self, n: int) -> int:
        return n + 1

    def both(self, n: int) -> int:
        return self.inc(self.inc(n))


def function(graph: Any, n: int) -> Any:
    return graph.inc(n)


def named(graph: Any) -> object:
    def _each_Item(n: int) -> object:  # noqa: N802 (a name that is no id yet)
        return graph.inc(n)

    return axl.map(_each_Item, graph.items())


def with_long_name(graph: Any) -> object:
    def body(n: int) -> object:
        return graph.inc(n)

    body.__name__ = "x" * 60
    return axl.map(body, graph.items())


CASES: dict[str, tuple[Any, str]] = {
    "a step": (lambda s: axl.map(s.inc, s.items()), "inc_map"),
    "the method map": (lambda s: s.inc.map(s.items()), "inc_map"),
    "a method": (lambda s: axl.map(s.both, s.items()), "both_map"),
    "a function": (named, "each_item_map"),
    "a lambda": (lambda s: axl.map(lambda n: s.inc(n), s.items()), "map"),
    "a partial": (lambda s: axl.map(partial(function, s), s.items()), "map"),
    "a long name": (with_long_name, "map"),
}


def ids(graph: Any) -> list[str]:
    cls = type("Flow", (Base,), {"graph": graph, "__module__": __name__})
    assert () == axl.validate(cls)
    return [node.id for node in axl.trace(cls).body.nodes]


@pytest.mark.parametrize("case", CASES)
def test_a_map_is_named_after_its_body(case: str) -> None:
    """A step or a function gives its name; what has none, or too long a one, is a map."""
    graph, wanted = CASES[case]

    assert ["items", wanted] == ids(graph)


def test_two_maps_of_one_body_are_told_apart() -> None:
    """Ids stay unique."""

    def graph(self: Any) -> object:
        items = self.items()
        return axl.map(self.both, items), axl.map(self.both, items)

    assert ["items", "both_map", "both_map_2"] == ids(graph)
