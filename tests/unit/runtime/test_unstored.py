"""A result that cannot be stored is told in one message: which output, which handler, how to choose another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd
import pytest

import axl.testing
from axl import Workflow, step


class Pair(NamedTuple):
    frame: pd.DataFrame
    count: int


class Stubborn:
    """Refuses to be pickled."""

    def __reduce__(self) -> Any:
        raise RuntimeError("not me")


def mixed() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, "x", object()]})


class Steps(Workflow):
    @step
    def frame(self) -> pd.DataFrame:
        return mixed()

    @step
    def pair(self) -> Pair:
        return Pair(mixed(), 1)

    @step(io_handler="json")
    def words(self) -> object:
        return {1, 2}

    @step
    def stubborn(self) -> Stubborn:
        return Stubborn()


CASES: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "mixed column": (lambda s: s.frame(), "the result cannot be stored: the parquet handler", "io_handler="),
    "one of several": (lambda s: s.pair(), "the output `frame` cannot be stored: the parquet", "io_handler="),
    "json": (lambda s: s.words(), "the result cannot be stored: the json handler", "io_handler="),
    "its own class": (
        lambda s: s.stubborn(),
        "the result cannot be stored: cannot pickle",
        "return the data",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_result_that_cannot_be_stored_is_told_in_the_authors_terms(case: str) -> None:
    """The message names output and handler, the hint another one; no frame of a library is shown."""
    graph, what, hint = CASES[case]
    cls = type("Wrong", (Steps,), {"graph": graph, "__module__": __name__})

    run = axl.testing.run(cls)

    [failure] = [each.failure for each in run.instances() if each.failure is not None]
    assert what in failure.message
    assert hint in failure.message
    assert "site-packages" not in failure.traceback
    assert ".pyx" not in failure.traceback
    assert ".pxi" not in failure.traceback


def test_the_authors_frames_are_kept() -> None:
    """What the author's own class raised while it was stored is shown where it was raised."""
    run = axl.testing.run(type("Wrong", (Steps,), {"graph": lambda s: s.stubborn(), "__module__": __name__}))

    [failure] = [each.failure for each in run.instances() if each.failure is not None]
    assert "in __reduce__" in failure.traceback
