"""Two runs side by side: what is different is named, what is the same is not, and time is no difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import axl
from axl import api
from axl.runtime.history.diff import RunDiff, StepDiff
from axl.runtime.history.run import Run

FLOW = """
import os
import time
from axl import Workflow, step

FACTOR = {factor}


def scale(x):
    return x * FACTOR


def stumble():
    if os.environ.get("DIFF_STUMBLE") and not os.path.exists("stumbled"):
        open("stumbled", "w").close()
        raise ValueError("the first time")
    return 0


class Pair(Workflow):
    @step
    def load(self, n: int) -> list[int]:
        return list(range(n))

    @step{options}
    def grow(self, x: int, odd: int) -> int:
        time.sleep(float(os.environ.get("DIFF_SLEEP", "0")))
        if x == odd and os.environ.get("DIFF_FAIL"):
            raise ValueError("as told")
        return scale(x) + {extra}

    @step
    def total(self, xs: list[int], by: int = 1) -> int:
        return sum(xs) * by

    def graph(self, n: int = 4, odd: int = -1, by: int = 1) -> int:
        return self.total({graph}, by)
"""
GRAPH = "self.grow.partial(odd=odd).map(self.load(n))"
Make = Callable[..., type[axl.Workflow]]


@pytest.fixture
def make(load: Callable[..., Any]) -> Make:
    """Write the workflow with some differences, and load it anew."""

    def write(factor: int = 2, extra: str = "0", options: str = "", graph: str = GRAPH) -> type[axl.Workflow]:
        text = FLOW.format(factor=factor, extra=extra, options=options, graph=graph)
        cls: type[axl.Workflow] = load(diff_flow=text).Pair
        return cls

    return write


def run(cls: type[axl.Workflow], fresh: bool = False, **params: Any) -> Run:
    """Run inline in the store of the current folder."""
    return axl.run(cls, params, executor="inline", store="store", fresh=fresh, keep_going=True)


def compare(before: Run, after: Run) -> tuple[RunDiff, dict[str, StepDiff]]:
    """Return the difference, and its steps by name."""
    found = api.diff(before.id, after.id, "store")
    return found, {step.step: step for step in found.steps}


def test_the_same_twice_is_no_difference(make: Make) -> None:
    """Whether it was computed again or found."""
    cls = make()
    first, found, again = run(cls), run(cls), run(cls, fresh=True)

    for other in (found, again, first):
        assert not compare(first, other)[0].differs
        assert ((), ()) == (compare(first, other)[0].facts, compare(first, other)[0].steps)


def test_a_changed_helper_is_named_with_its_place(make: Make) -> None:
    """The steps that use it differ in code, those behind them in inputs; others are not mentioned."""
    first = run(make(factor=2))
    second = run(make(factor=3))

    found, steps = compare(first, second)
    assert found.differs
    assert {"grow", "total"} == set(steps)
    (change,) = steps["grow"].changes
    assert ("code", "`FACTOR`") == (change.kind, change.name)
    assert change.where.startswith("diff_flow.py:")
    # Zero times anything is the same, but its code is not
    assert ((4, 4), 4, ((0,), (1,), (2,), (3,))) == (
        steps["grow"].items,
        steps["grow"].differing,
        steps["grow"].places,
    )
    assert ["input"] == [each.kind for each in steps["total"].changes]
    assert "`grow`" in steps["total"].changes[0].name
    assert ["result"] == [name for name, _ in found.facts]


def test_an_option_is_named_with_both_values(make: Make) -> None:
    """Code and inputs are the same, and the result would not have been used."""
    first, second = run(make()), run(make(options="(cache='2')"))

    _, steps = compare(first, second)
    changed = [change.text for step in steps.values() for change in step.changes]
    assert ["the cache version changed from none to 2"] == changed


def test_parameters_come_first(make: Make) -> None:
    """Each that differs, with both values; the steps that read it have it as an input."""
    cls = make()
    found, steps = compare(run(cls), run(cls, by=3))

    assert (("parameter `by`", ("1", "3")), "result") == (found.facts[0], found.facts[1][0])
    assert ["input `by` changed from 1 to 3"] == [each.text for each in steps["total"].changes]
    assert ["result"] == [name for name, _ in steps["total"].outputs]
    assert {"total"} == set(steps)


def test_of_a_long_map_only_the_differing_items_are_named(make: Make) -> None:
    """A few of them, and how many there are."""
    cls = make(extra="(100 if x in (2, 17, 99) else 0)")
    other = make(extra="(200 if x in (2, 17, 99) else 0)")
    first = run(cls, n=120)
    _, steps = compare(first, run(other, n=120))
    assert 120 == steps["grow"].differing  # the code of all

    half = make(extra="(0 if x % 2 else int(os.environ.get('DIFF_EXTRA', '1')))")
    one = run(half, n=120)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIFF_EXTRA", "7")
        _, steps = compare(one, run(half, fresh=True, n=120))
    grow = steps["grow"]
    assert (60, 60, ((0,), (2,), (4,), (6,), (8,))) == (grow.differing, grow.unstable, grow.places)
    assert () == grow.changes


def test_a_failure_is_a_difference_of_status(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what did not run after it ran only in one of the runs."""
    cls = make()
    first = run(cls, odd=2)
    monkeypatch.setenv("DIFF_FAIL", "1")
    second = run(cls, fresh=True, odd=2)

    found, steps = compare(first, second)
    assert ("status", ("succeeded", "failed")) in found.facts
    assert ((("done", "failed"), 1),) == steps["grow"].statuses
    assert ((2,),) == steps["grow"].places
    assert (1, 0) == steps["total"].items
    assert (0, 1) == {step.step: step for step in api.diff(second.id, first.id, "store").steps}["total"].items


def test_time_alone_is_no_difference(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told where it is more than a fifth and a tenth of a second."""
    cls = make()
    first = run(cls)
    monkeypatch.setenv("DIFF_SLEEP", "0.05")

    found, steps = compare(first, run(cls, fresh=True))
    assert not found.differs
    assert {"grow"} == set(steps)
    seconds = steps["grow"].seconds
    assert seconds is not None
    assert seconds[1] > 0.2 > seconds[0]


def test_attempts_alone_are_no_difference(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that needed two tries for the same result is told, not counted."""
    cls = make(options="(retries=1)", extra="stumble()")
    first = run(cls)
    monkeypatch.setenv("DIFF_STUMBLE", "1")

    found, steps = compare(first, run(cls, fresh=True))
    assert (4, 5) == steps["grow"].attempts
    assert not steps["grow"].differs
    assert not found.differs


def test_another_wiring_is_told_with_its_steps(make: Make) -> None:
    """A step that only one run has is said to be there only."""
    found, steps = compare(run(make()), run(make(graph="self.load(n)")))

    assert "wiring" in dict(found.facts)
    assert (4, 0) == steps["grow"].items
    assert steps["grow"].differs


def test_more_items_are_a_difference(make: Make) -> None:
    """Those that both have are compared, the others are counted."""
    cls = make()
    _, steps = compare(run(cls, n=3), run(cls, n=5))

    assert ((3, 5), 2, ((3,), (4,))) == (steps["grow"].items, steps["grow"].differing, steps["grow"].places)


def test_items_are_compared_with_themselves(make: Make) -> None:
    """Whatever the order of their keys; a thousand items and more."""
    cls = make()
    first, second = run(cls, n=1100), run(cls, n=1100)

    assert not compare(first, second)[0].differs
