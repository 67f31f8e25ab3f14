"""The rule about lengths: lists that are mapped over together have one, as far as it is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import axl
from axl import Workflow, step, when
from axl.check.rules import lengths
from axl.ir.nodes import Const, In, IRWorkflow, Map, Pack
from tests.unit.ir.small import HERE, block, flow


def zipped(*over: Const | Pack | In, max_items: int | None = None) -> IRWorkflow:
    items = tuple(f"x{number}" for number in range(len(over)))
    node = Map(id="m", over=over, items=items, body=block(inputs=items), max_items=max_items, loc=HERE)
    return flow(node, params=("n",))


def test_lists_of_one_length_pass() -> None:
    """Literals and packs are counted; what is not known before the run is not judged."""
    pack = Pack("list", (In("n"), In("n")))

    assert [] == list(lengths.check(zipped(Const("[1,2]"), pack, In("n"), max_items=2)))
    assert [] == list(lengths.check(zipped(Const("[]"), In("n"))))


def test_lists_of_two_lengths_are_found() -> None:
    """The counts are named."""
    [problem] = lengths.check(zipped(Const("[1,2]"), In("n"), Const("[1,2,3]")))

    assert "the lists that `m` maps over differ in length: `x0` has 2, `x2` has 3" == problem.what
    assert (HERE,) == problem.where


def test_a_promise_is_kept() -> None:
    """A written list that is longer than `max_items` is found."""
    [problem] = lengths.check(zipped(Const("[1,2,3]"), max_items=2))

    assert "`m` maps over 3 items, but promises max_items=2" == problem.what


class Base(Workflow):
    @step
    def one(self) -> int:
        return 1

    @step
    def ones(self) -> list[int]:
        return [1]

    @step
    def yes(self) -> bool:
        return True

    @step
    def inc(self, n: int) -> int:
        return n + 1

    @step
    def pair(self, a: int, b: int) -> int:
        return a + b


class Inner(Base):
    def graph(self, items: list[int]) -> list[int]:
        return self.inc.map(items)


Graph = Callable[[Any], object]

WRONG: dict[str, Graph] = {
    "literals": lambda s: s.pair.map([1, 2], [1]),
    "a range and a tuple": lambda s: s.pair.map(range(2), (1,)),
    "a list around symbols": lambda s: s.pair.map([s.one(), s.one()], [1]),
    "results of a map": lambda s: s.pair.map(s.inc.map([1, 2]), [1]),
    "results of results": lambda s: s.pair.map(s.inc.map(s.inc.map([1, 2])), [1]),
    "inside a map": lambda s: axl.map(lambda n: s.pair.map([n, n], [1]), s.ones()),
    "captured": lambda s: captured(s),
    "items of a literal": lambda s: axl.map(lambda row: s.pair.map(row, [1]), [[1, 2], [3, 4]]),
    "items of a map": lambda s: axl.map(
        lambda row: s.pair.map(row, [1]), axl.map(lambda n: s.inc.map([n, n]), s.ones())
    ),
    "a branch": lambda s: s.pair.map(when(s.yes(), lambda: [s.one(), 1], lambda: [1, 2]), [1]),
    "inside a branch": lambda s: when(s.yes(), lambda: s.pair.map([1, 2], [1]), lambda: s.ones()),
    "another workflow": lambda s: s.pair.map(Inner().graph([1, 2]), [1]),
    "passed to another workflow": lambda s: s.pair.map(Inner().graph(s.inc.map([1, 2])), [1]),
}

UNKNOWN: dict[str, Graph] = {
    "a step's list": lambda s: s.pair.map(s.ones(), [1, 2]),
    "rows of different lengths": lambda s: axl.map(lambda row: s.pair.map(row, [1]), [[1, 2], [3]]),
    "arms of different lengths": lambda s: s.pair.map(
        when(s.yes(), lambda: [s.one(), 1], lambda: [s.one()]), [1]
    ),
    "equal lengths": lambda s: s.pair.map(s.inc.map([1, 2]), [s.one(), 3]),
    "empty": lambda s: s.pair.map([], []),
}


def captured(s: Any) -> object:
    outer = s.inc.map([1, 2])
    return axl.map(lambda n: s.pair.map(outer, [n]), s.ones())


def found(graph: Graph) -> list[str]:
    cls = type("Zip", (Base,), {"graph": graph, "__module__": __name__})
    return [problem.what for problem in axl.validate(cls) if problem.rule == "lengths"]


@pytest.mark.parametrize("case", WRONG)
def test_what_follows_from_the_program_is_known(case: str) -> None:
    """Two lengths are found wherever the lists come from, if no step makes them."""
    [what] = found(WRONG[case])

    assert what.endswith("differ in length: `a` has 2, `b` has 1")


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_only_the_run_knows_is_not_judged(case: str) -> None:
    """Lists that steps make, and those of several lengths, are left to the run."""
    assert [] == found(UNKNOWN[case])
