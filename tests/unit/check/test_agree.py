"""Which annotation may go where another one is asked for."""

from __future__ import annotations

import collections
import typing as t
from collections import abc
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from pydantic import BaseModel

from axl.check.agree import agrees
from axl.check.typeform import Either, item_of, literal_hint, shown, tuple_of
from axl.ir.hints import MISSING

T = t.TypeVar("T")
UserId = t.NewType("UserId", int)


class Colour(Enum):
    RED = 1


class Base: ...


class Child(Base): ...


class Box(t.Generic[T]): ...


class Row(t.TypedDict):
    a: int


class Pair(t.NamedTuple):
    a: int
    b: str


class Runs(t.Protocol):
    def run(self) -> int: ...


class Model(BaseModel):
    a: int


@dataclass
class Point:
    x: int


class Unhashable:
    __hash__ = None  # type: ignore[assignment]  # what the test is about

    def __repr__(self) -> str:  # the same in every process, as names of tests have to be
        return "Unhashable"


YES: list[tuple[object, object]] = [
    (int, int),
    (int, MISSING),
    (MISSING, int),
    (int, t.Any),
    (t.Any, int),
    (int, object),
    (object, int),
    (T, int),
    (int, T),
    ("int", str),
    (t.ForwardRef("Nope"), str),
    (list["Nope"], list[int]),  # noqa: F821 (a name that nothing resolves)
    (bool, int),
    (int, float),
    (bool, float),
    (int, complex),
    (float, complex),
    (Child, Base),
    (int, int | None),
    (None, int | None),
    (type(None), None),
    (int | None, t.Optional[int]),  # noqa: UP045 (the old spelling)
    (int | None, int | str | None),
    (int, t.Union[int, str]),  # noqa: UP007 (the old spelling)
    (t.Annotated[int, "m"], int),
    (int, t.Annotated[float, "m"]),
    (UserId, int),
    (int, UserId),
    (list[int], list),
    (list, list[int]),
    (list[t.Any], list[int]),
    (list[int], list[t.Any]),
    (list[int], list[float]),
    (list[int], abc.Sequence[int]),
    (list[int], abc.Iterable[float]),
    (list[Child], abc.Collection[Base]),
    (list[list[int]], list[abc.Sequence[float]]),
    (t.List[int], list[int]),  # noqa: UP006 (the old spelling)
    (dict[str, int], abc.Mapping[str, float]),
    (dict[str, int], dict),
    (dict[str, int], abc.Iterable[str]),
    (tuple[int, str], tuple[float, str]),
    (tuple[int, int], tuple[int, ...]),
    (tuple[int, ...], tuple[float, ...]),
    (tuple[int, int], abc.Sequence[int]),
    (tuple[int, ...], tuple[int, int]),
    (tuple, tuple[int, int]),
    (Pair, tuple[int, str]),
    (str, abc.Sequence[str]),
    (str, abc.Iterable[str]),
    (Row, dict[str, t.Any]),
    (dict[str, int], Row),
    (t.Literal["a"], str),
    (t.Literal["a"], t.Literal["a", "b"]),
    (t.Literal["a", "b"], t.Literal["b", "a", "c"]),
    (t.Literal[1], float),
    (Colour, Enum),
    (t.Literal[Colour.RED], Colour),
    (Box[int], Box[int]),
    (Box[int], Box),
    (Box, Box[int]),
    (Point, Runs),
    (abc.Callable[[int], str], abc.Callable[[int], str]),
    (abc.Callable[[int], str], abc.Callable[..., str]),
    (type[int], type),
    (pd.DataFrame, pd.DataFrame),
    (npt.NDArray[np.float64], np.ndarray),
    (np.ndarray, npt.NDArray[np.float64]),
    (npt.NDArray[np.float64], npt.NDArray[np.floating[t.Any]]),
    (Path, Path | str),
    (np.float64, float),
    (collections.OrderedDict[str, int], dict[str, int]),
    (Either((int, MISSING)), str | int),
    (Unhashable(), int),
]

NO: list[tuple[object, object]] = [
    (str, int),
    (int, str),
    (float, int),
    (int, bool),
    (int | None, int),
    (int | str, int | None),
    (None, int),
    (Base, Child),
    (list[int], list[str]),
    (list[int], int),
    (int, list[int]),
    (list[int | None], list[int]),
    (list[int], tuple[int, ...]),
    (abc.Sequence[int], list[int]),
    (dict[str, int], dict[str, str]),
    (dict[str, int], list[str]),
    (tuple[int, str], tuple[int, int]),
    (tuple[int, str], tuple[int]),
    (tuple[int, str], tuple[int, ...]),
    (tuple[int, str], abc.Sequence[int]),
    (set[int], list[int]),
    (str, t.Literal["a"]),
    (t.Literal["c"], t.Literal["a", "b"]),
    (t.Literal["a"], int),
    (t.Literal[True], t.Literal[1]),
    (str, Colour),
    (dict[str, int], Model),
    (Model, Point),
    (Box[int], Box[str]),
    (abc.Callable[[int], str], abc.Callable[[int], int]),
    (abc.Callable[[int], str], int),
    (pd.DataFrame, pd.Series),
    (npt.NDArray[np.float64], npt.NDArray[np.str_]),
    (str, Path),
    (Either((int, str)), int),
    (tuple_of((int, MISSING)), tuple[str, str]),
]


def named(pair: tuple[object, object]) -> str:
    return f"{shown(pair[0])} to {shown(pair[1])}"


@pytest.mark.parametrize(("have", "want"), YES, ids=map(named, YES))
def test_a_value_fits(have: object, want: object) -> None:
    """The value may be passed; what is not known agrees with everything."""
    assert agrees(have, want)


@pytest.mark.parametrize(("have", "want"), NO, ids=map(named, NO))
def test_a_value_does_not_fit(have: object, want: object) -> None:
    """The value may not be passed."""
    assert not agrees(have, want)


@pytest.mark.parametrize(
    ("hint", "item"),
    [
        (list[int], int),
        (tuple[int, ...], int),
        (tuple[int, int], int),
        (set[str], str),
        (abc.Sequence[int], int),
        (abc.Iterable[int], int),
        (abc.Iterator[int], int),
        (dict[str, int], None),
        (str, None),
        (t.Literal["ab"], None),
        (t.Annotated[list[int], "m"], int),
        (list[int] | tuple[int, ...], int),
        (list, MISSING),
        (MISSING, MISSING),
        (t.Any, MISSING),
        (pd.DataFrame, MISSING),
        (np.ndarray, MISSING),
        (int, None),
        (None, None),
        (bool, None),
        (list[int] | None, None),
        (Point, None),
    ],
)
def test_what_a_map_takes_out(hint: object, item: object) -> None:
    """Items of containers are known, of other iterables not, and plain values have none."""
    assert item is item_of(hint)


def test_items_of_a_mixed_tuple() -> None:
    """A map over a tuple of several types takes out either."""
    assert Either((int, str)) == item_of(tuple[int, str])


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("null", None),
        ("true", bool),
        ("1", int),
        ("1", float),
        ("1.5", float),
        ('"a"', str),
        ('"a"', t.Literal["a", "b"]),
        ("[]", list[int]),
        ("[1,2]", list[int]),
        ("[1,null]", list[int | None]),
        ('["a","b"]', list[t.Literal["a", "b"]]),
        ("{}", dict[str, int]),
        ('{"a":[1]}', dict[str, list[int]]),
        (str(list(range(100))), list[int]),
    ],
)
def test_a_literal_fits_what_it_is(text: str, want: object) -> None:
    """Literals have the types that their values have, to the value itself."""
    assert agrees(literal_hint(text), want)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("null", int),
        ("1", str),
        ("1", bool),
        ("1.5", int),
        ('"c"', t.Literal["a"]),
        ("[1,null]", list[int]),
        ("[1]", dict),
    ],
)
def test_a_literal_does_not_fit_what_it_is_not(text: str, want: object) -> None:
    """A literal of another type or value is refused."""
    assert not agrees(literal_hint(text), want)


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, "int"),
        (None, "None"),
        (MISSING, "?"),
        (t.Any, "Any"),
        (list[int], "list[int]"),
        (list[MISSING], "list[?]"),  # type: ignore[valid-type]  # as the rule builds it
        (int | None, "int | None"),
        (t.Optional[str], "str | None"),  # noqa: UP045 (the old spelling)
        (tuple[int, ...], "tuple[int, ...]"),
        (dict[str, list[Base]], "dict[str, list[Base]]"),
        (abc.Callable[[int], str], "Callable[[int], str]"),
        (t.Literal["a"], "str 'a'"),
        (t.Literal[1, 2], "int 1 | int 2"),
        (Either((int, MISSING)), "int | ?"),
        (pd.DataFrame, "DataFrame"),
    ],
)
def test_an_annotation_reads_well(hint: object, text: str) -> None:
    """Messages show annotations as an author writes them."""
    assert text == shown(hint)
