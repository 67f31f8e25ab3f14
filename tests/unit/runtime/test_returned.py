"""What a step returns is what its annotation says, or the attempt fails for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NewType, Protocol, TypedDict, TypeVar

import numpy as np
import pandas as pd
import pytest

import axl
from axl import Failed, Workflow, default, step
from axl.runtime.history.run import Run

T = TypeVar("T")
UserId = NewType("UserId", int)


class Color(Enum):
    RED = "red"


class Row(TypedDict):
    a: int


class Runs(Protocol):
    def run(self) -> int: ...


class Base: ...


class Child(Base): ...


class Parts(NamedTuple):
    model: str
    score: float | None


@dataclass
class Point:
    x: int
    y: list[int]


FRAME = pd.DataFrame({"a": [1]})

RIGHT: list[tuple[object, object]] = [
    (int, 1),
    (int, True),
    (int, np.int64(1)),
    (float, 1),
    (float, 1.5),
    (float, np.float32(1)),
    (float, np.int8(1)),
    (complex, 1.5),
    (bool, False),
    (bool, np.bool_(1)),
    (str, "a"),
    (str, np.str_("a")),
    (None, None),
    (int | None, None),
    (list[int], []),
    (list[int], ["not looked at"]),
    (list, [1]),
    (dict[str, int], {"a": 1}),
    (tuple[int, ...], (1, 2)),
    (set[int], {1}),
    (Sequence[int], "anything"),
    (Sequence, 3),
    (Any, object),
    (object, 3),
    (T, 3),
    (Runs, 3),
    (Row, {"a": 1}),
    (Literal["a", 1], "b"),
    (Annotated[int, "months"], 1),
    (UserId, 3),
    (Color, Color.RED),
    (date, datetime(2026, 1, 1)),  # noqa: DTZ001 (a value like any other)
    (Base, Child()),
    (Base | None, Child()),
    (int | Sequence[int], "anything"),
    (pd.DataFrame, FRAME),
    (np.ndarray, np.zeros(1)),
    (int, Failed("load", "ValueError", "no")),
    (Parts, Parts("m", None)),
    (Point, Point(1, [])),
    (tuple[int, str], (1, "a")),
]

WRONG: list[tuple[object, object, str]] = [
    (int, "x", "returned str, its annotation says int"),
    (int, 1.0, "returned float, its annotation says int"),
    (int, None, "returned None, its annotation says int"),
    (bool, 1, "returned int, its annotation says bool"),
    (float, Decimal(1), "returned decimal.Decimal, its annotation says float"),
    (float, np.bool_(1), "its annotation says float"),
    (str, b"a", "returned bytes, its annotation says str"),
    (None, 1, "returned int, its annotation says None"),
    (int | None, "x", "returned str, its annotation says int | None"),
    (list[int], (1,), "returned a tuple of 1, its annotation says list[int]"),
    (dict[str, int], [1], "returned list, its annotation says dict[str, int]"),
    (Row, [1], "returned list, its annotation says"),
    (Literal["a"], 1, "returned int, its annotation says Literal['a']"),
    (Color, "red", "returned str, its annotation says"),
    (Child, Base(), "Base, its annotation says"),
    (UserId, "x", "returned str, its annotation says int"),
    (pd.DataFrame, FRAME["a"], "returned pandas.Series, its annotation says pandas.DataFrame"),
    (np.ndarray, [1], "returned list, its annotation says numpy.ndarray"),
    (Parts, ("m", 1.0), "returned a tuple of 2, its annotation says"),
    (Parts, Parts("m", "x"), "returned str as `score`, its annotation says float | None"),  # type: ignore[arg-type]  # the mistake
    (Point, Point(1, "x"), "returned str as `y`, its annotation says list[int]"),  # type: ignore[arg-type]  # the mistake
    (tuple[int, str], (1, 2), "returned int as `item_1`, its annotation says str"),
    (tuple[int, str], (1,), "returned a tuple of 1, its annotation says tuple[int, str]"),
    (tuple[int, str], [1, "a"], "returned list, its annotation says tuple[int, str]"),
]


def returning(annotation: object, value: object, **options: Any) -> type[Workflow]:
    """Return a workflow of one step with this annotation that returns this value."""

    def make(self: object) -> object:
        return value

    make.__annotations__["return"] = annotation
    return type("Flow", (Workflow,), {"make": step(**options)(make), "__module__": __name__})


def run(cls: type[Workflow], folder: Path) -> Run:
    return axl.run(cls, executor="inline", store=folder)


@pytest.mark.parametrize(("annotation", "value"), RIGHT, ids=map(str, range(len(RIGHT))))
def test_what_fits_is_stored(annotation: object, value: object, tmp_path: Path) -> None:
    """What mypy takes is taken, numpy's numbers too; what one look does not tell is not judged."""
    done = run(returning(annotation, value, io_handler="cloudpickle"), tmp_path)

    assert ("succeeded", "") == (done.status, done.error)


@pytest.mark.parametrize(("annotation", "value", "words"), WRONG, ids=map(str, range(len(WRONG))))
def test_what_does_not_fit_fails(annotation: object, value: object, words: str, tmp_path: Path) -> None:
    """The message names the step, both types and the line of the step, and says what to do."""
    cls = returning(annotation, value, retries=3)

    done = run(cls, tmp_path)

    [instance] = done.instances()
    assert instance.failure is not None
    assert instance.failure.message.startswith("step make returned ")
    assert words in instance.failure.message
    assert f"test_returned.py:{returning.__code__.co_firstlineno + 3})" in instance.failure.message
    assert "or change the annotation" in instance.failure.message
    assert ("failed", "TypeError", False) == (
        done.status,
        instance.failure.error,
        instance.failure.retryable,
    )
    assert 1 == instance.attempts


def test_plain_python_does_not_look() -> None:
    """A step that is called as a method returns whatever it returns."""
    assert "x" == returning(int, "x")().make()  # type: ignore[attr-defined]  # made above


def test_a_default_stands_in_for_a_wrong_result(tmp_path: Path) -> None:
    """A wrong result is a failure like any other."""
    done = run(returning(int, "x", on_failure=default(7)), tmp_path)

    assert ("succeeded", 7) == (done.status, done.result)


def test_an_annotation_that_nothing_resolves_is_not_judged(tmp_path: Path) -> None:
    """A name that is there for type checkers only says nothing at run time."""
    assert "succeeded" == run(returning("OnlyForTypeCheckers", 3), tmp_path).status
