"""A number of numpy's passes for Python's own, and stays what it is on its way to the next step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import axl
import axl.testing
from axl import Workflow, step


class Numbers(Workflow):
    @step
    def whole(self) -> int:
        return np.int64(3)  # type: ignore[return-value]  # what a newcomer's sum of an array is

    @step
    def real(self) -> float:
        return np.float32(0.5)  # type: ignore[return-value]  # as above

    @step
    def truth(self) -> bool:
        return np.bool_(True)  # type: ignore[return-value]  # as above

    @step
    def kinds(self, whole: int, real: float, truth: bool) -> list[str]:
        return [type(each).__name__ for each in (whole, real, truth)]

    def graph(self) -> list[str]:
        return self.kinds(self.whole(), self.real(), self.truth())


def test_numbers_of_numpy_reach_the_next_step_as_in_plain_python(tmp_path: Path) -> None:
    """Their types are kept, and so is the key of what takes them: the second run computes nothing."""
    first = axl.run(Numbers, executor="inline", store=tmp_path)
    second = axl.run(Numbers, executor="inline", store=tmp_path)

    assert Numbers().graph() == first.result == second.result
    assert {"cached": 4} == dict(second.counts)


VALUES = [np.int64(3), np.float64(0.5), np.float32(0.5), np.bool_(True), np.zeros(2)]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_json_refuses_what_would_come_back_as_another_type(value: Any) -> None:
    """The hint says how to return Python's own value."""

    class Written(Workflow):
        @step(io_handler="json")
        def make(self) -> object:
            return value

    run = axl.testing.run(Written)

    assert "the json handler cannot store result: a numpy." in run.error
    assert "`.item()` of a number" in run.error
