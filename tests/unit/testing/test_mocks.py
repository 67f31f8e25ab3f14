"""Mocks take the arguments of the steps that they replace, and what goes wrong is told without a store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from unittest.mock import Mock

import pytest

import axl.testing
from axl import AxlError, Workflow, step
from axl.errors import StepError, UsageError


class Orders(Workflow):
    @step
    def load(self, day: int, path: str = "x") -> int:
        return day

    @step
    def total(self, orders: list[int]) -> int:
        return sum(orders)

    def graph(self, days: list[int] = [1, 2]) -> int:
        return self.total(self.load.map(days))


MOCKS: dict[str, Callable[..., object]] = {
    "required only": lambda day: day,
    "all": lambda day, path: day if path == "x" else 0,
    "any": lambda **arguments: arguments["day"],
    "own default": lambda day, other=1: day * other,
    "a Mock": Mock(side_effect=lambda day: day),
}


@pytest.mark.parametrize("case", MOCKS)
def test_a_mock_takes_the_arguments_of_its_step(case: str) -> None:
    """By their names; those with a default may be left out, or are given it."""
    assert 3 == axl.testing.run(Orders, mocks={"load": MOCKS[case]}).result


def test_a_mock_with_other_arguments_is_refused_before_the_run() -> None:
    """Both signatures are named, and the mock's line."""
    with pytest.raises(UsageError) as caught:
        axl.testing.run(Orders, mocks={"load": lambda date: date})

    assert "the mock of `load` takes (date), the step load(day: int, path: str = 'x')" == caught.value.what
    assert caught.value.where is not None
    assert "test_mocks.py" in caught.value.where.file


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "no such steps": (
        lambda: axl.testing.run(Orders, mocks={"laod": 1, "totle": 1}),
        "Orders has no step 'laod' and 'totle' to mock",
    ),
    "no mapping": (lambda: axl.testing.run(Orders, mocks=cast("Any", 3)), "not a value for each step"),
    "an object": (lambda: axl.testing.run(cast("Any", Orders())), "pass the class itself: Orders"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_refused(case: str) -> None:
    """One message says what is meant."""
    call, words = WRONG[case]

    with pytest.raises(AxlError) as caught:
        call()

    assert words in str(caught.value)


def test_a_run_with_mocks_has_the_name_of_the_workflow() -> None:
    """Nothing of the stand-in shows where people read."""
    run = axl.testing.run(Orders, mocks={"load": 2})

    assert ("orders", "orders-") == (run.workflow, run.id[:7])


def test_a_failure_is_told_with_the_frames_of_the_step() -> None:
    """The store is gone with the test, so the error holds what it would show and names no command."""

    def broken(day: int) -> int:
        raise OSError("the service is down")

    run = axl.testing.run(Orders, mocks={"load": broken})

    with pytest.raises(StepError) as caught:
        _ = run.result
    assert "load[0]: OSError: the service is down" in caught.value.what
    assert "in broken" in caught.value.what
    assert "axl show" not in str(caught.value)
    with pytest.raises(UsageError) as missing:
        _ = run.step("total").output
    assert "axl show" not in str(missing.value)
