"""Whatever an author writes wrong is refused with one message: what, where, and the right form."""

from __future__ import annotations

import asyncio
import copy
import math
import operator
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pytest

import axl
from axl import AxlError, Workflow, after, step, when


class Base(Workflow):
    """What the wrong graphs call."""

    @step
    def one(self) -> int:
        return 1

    @step
    def inc(self, n: int) -> int:
        return n + 1

    @step
    def items(self) -> list[int]:
        return [1]

    @step
    def pair(self) -> tuple[int, str]:
        return (1, "a")

    @step
    def named(self, a: int, *, b: int) -> int:
        return a + b

    @step
    def yes(self) -> bool:
        return True


class Color(Enum):
    RED = 1


@dataclass
class Point:
    x: int


Graph = Callable[[Any], object]

BINARY = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
    operator.matmul,
    operator.and_,
    operator.or_,
    operator.xor,
    operator.lshift,
    operator.rshift,
    divmod,
]
COMPARE = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
UNARY = [operator.neg, operator.pos, operator.abs, operator.invert, round, math.floor, math.ceil, math.trunc]
VALUES = [bool, len, int, float, complex, hash, str, list, iter, operator.index, range, sum]


def right(function: Callable[..., object]) -> Graph:
    return lambda s: function(s.one(), 2)


def left(function: Callable[..., object]) -> Graph:
    return lambda s: function(2, s.one())


def alone(function: Callable[..., object]) -> Graph:
    return lambda s: function(s.one())


SYMBOLS: dict[str, tuple[Graph, str]] = {
    **{f"{each.__name__} right": (right(each), "arithmetic") for each in BINARY},
    **{f"{each.__name__} left": (left(each), "arithmetic") for each in BINARY},
    **{f"compare {each.__name__}": (right(each), "a comparison") for each in COMPARE},
    **{f"unary {each.__name__}": (alone(each), "arithmetic") for each in UNARY},
    **{f"value {each.__name__}": (alone(each), "needs a value") for each in VALUES},
    "if": (lambda s: 1 if s.yes() else 2, "when(test, then, otherwise)"),
    "and": (lambda s: s.yes() and s.one(), "when(test, then, otherwise)"),
    "not": (lambda s: not s.yes(), "when(test, then, otherwise)"),
    "for": (lambda s: [n + 1 for n in s.items()], "step.map(items)"),
    "unpack one": (lambda s: s.inc(*s.items()), "step.map(items)"),
    "star star": (lambda s: dict(**s.one()), "must be a mapping"),
    "in": (lambda s: 1 in s.items(), "do it inside a step"),
    "f-string": (lambda s: s.inc(f"{s.one()}"), "make the text inside a step"),
    "f-string with repr": (lambda s: s.inc(f"{s.one()!r}"), "a text contains a symbol"),
    "percent": (
        lambda s: "%s" % s.one(),  # noqa: UP031 (the old form is what is tried)
        "make the text inside a step",
    ),
    "join": (lambda s: "-".join(map(str, [s.one()])), "make the text inside a step"),
    "set": (lambda s: {s.one()}, "a set, or a dict key"),
    "dict key": (lambda s: {s.one(): 1}, "a set, or a dict key"),
    "item": (lambda s: s.items()[0], "take the item inside a step"),
    "slice": (lambda s: s.items()[1:], "take the item inside a step"),
    "item of a tuple that is not there": (lambda s: s.pair()[2], "take the item inside a step"),
    "field": (lambda s: s.one().real, "read it inside a step"),
    "method": (lambda s: s.items().append(1), "read it inside a step"),
    "set a field": (lambda s: setattr(s.one(), "x", 1), "setting `.x`"),
    "set an item": (lambda s: operator.setitem(s.items(), 0, 1), "item assignment"),
    "delete an item": (lambda s: operator.delitem(s.items(), 0), "item deletion"),
    "call": (lambda s: s.one()(), "only steps can be called"),
    "with": (lambda s: s.one().__enter__(), "`with`"),
    "await": (lambda s: s.one().__await__(), "`await`"),
    "open": (
        lambda s: open(s.one()),  # noqa: PTH123, SIM115 (it never opens)
        "`one`",
    ),
    "copy": (lambda s: copy.copy(s.one()), "a copy or a pickle"),
    "deepcopy": (lambda s: copy.deepcopy(s.one()), "a copy or a pickle"),
    "pickle": (lambda s: pickle.dumps(s.one()), "a copy or a pickle"),
    "leaves its map": (lambda s: leak(s), "belongs to a map, branch or workflow that has ended"),
}

LITERALS: dict[str, tuple[object, str]] = {
    "bytes": (b"x", "a value of type bytes"),
    "set": ({1}, "a value of type set"),
    "object": (object(), "a value of type object"),
    "function": (len, "a value of type builtin_function_or_method"),
    "enum": (Color.RED, "a value of type Color"),
    "dataclass": (Point(1), "a value of type Point"),
    "class": (int, "a value of type type"),
    "exception": (ValueError(), "a value of type ValueError"),
    "complex": (1j, "a value of type complex"),
    "nan": (math.nan, "no JSON form"),
    "inf": (math.inf, "no JSON form"),
    "nan inside": ([{"a": math.nan}], "no JSON form"),
    "int key": ({1: 2}, "has the key 1"),
    "none key": ({None: 2}, "has the key None"),
    "bytes inside": ({"a": [b"x"]}, "a value of type bytes"),
    "surrogate": ("\ud800", "not valid Unicode"),
    "ellipsis": (..., "a value of type ellipsis"),
    "generator": ((n for n in [1]), "a value of type generator"),
    "itself": (None, "nested too deep"),
}

CALLS: dict[str, tuple[Graph, str]] = {
    "missing": (lambda s: s.inc(), "is called without `n`"),
    "too many": (lambda s: s.inc(1, 2), "too many positional arguments"),
    "unknown": (lambda s: s.inc(m=1), "n"),
    "a keyword by position": (lambda s: s.named(1, 2), "step `named`"),
    "twice": (lambda s: s.inc(1, n=2), "multiple values"),
    "no such step": (lambda s: s.nope(), "has no step or attribute `nope`"),
    "map of nothing": (lambda s: s.inc.map(), "at least one iterable"),
    "map of a number": (lambda s: s.inc.map(3), "cannot map over 3"),
    "map of none": (lambda s: s.inc.map(None), "cannot map over None"),
    "concurrency zero": (lambda s: s.inc.map([1], concurrency=0), "concurrency is 0"),
    "concurrency text": (lambda s: s.inc.map([1], concurrency="2"), "concurrency is '2'"),
    "concurrency bool": (lambda s: s.inc.map([1], concurrency=True), "concurrency is True"),
    "batch negative": (lambda s: s.inc.map([1], batch=-1), "batch is -1"),
    "max_items float": (lambda s: s.inc.map([1], max_items=1.5), "max_items is 1.5"),
    "too many lists": (lambda s: s.inc.map([1], [2]), "too many positional arguments"),
    "when without callables": (lambda s: when(s.yes(), s.one(), s.one()), "not a callable"),
    "when with a value": (lambda s: when(s.yes(), lambda: 1, 2), "`otherwise` of when() is 2"),
    "after without a callable": (lambda s: after(s.one(), s.one()), "`then` of after()"),
    "a step of another workflow": (lambda s: Other().work(), "call the whole workflow"),
    "an inherited version": (lambda s: super(type(s), s).one() if hides(s) else None, "is not what"),
    "set self": (lambda s: setattr(s, "x", 1), "cannot talk through `self`"),
    "the author's error": (lambda s: 1 / 0, "raised ZeroDivisionError"),
    "recursion": (lambda s: type(s)().graph(), "Wrong calls itself without end"),
    "asyncio": (lambda s: asyncio.run(s.one()), "one"),
}


class Other(Workflow):
    @step
    def work(self) -> int:
        return 1


class Hides(Base):
    @step
    def one(self) -> int:
        return 2


own_one = vars(Hides)["one"]


def leak(s: Any) -> object:
    kept: list[Any] = []
    axl.map(lambda n: kept.append(s.inc(n)), [1])
    return s.inc(kept[0])


def hides(s: Any) -> bool:
    """Give the class a step of its own that hides the inherited one."""
    return "one" in vars(type(s))


def refused(graph: Graph, **attributes: object) -> str:
    """Trace a class with this graph and return the message of the refusal."""
    cls = type("Wrong", (Base,), {"graph": graph, "__module__": __name__, **attributes})
    with pytest.raises(AxlError) as caught:
        axl.trace(cls)
    assert caught.value.exit_code == 3
    return str(caught.value)


@pytest.mark.parametrize("case", SYMBOLS)
def test_a_symbol_refuses_to_be_a_value(case: str) -> None:
    """The message says what was tried, names the author's line, and gives the right form."""
    graph, words = SYMBOLS[case]

    message = refused(graph)

    assert words in message
    assert "test_wrong_input.py:" in message
    assert "\n\nhint: " in message


@pytest.mark.parametrize("case", LITERALS)
def test_a_literal_without_a_json_form_is_refused(case: str) -> None:
    """A value that would come back as something else is not taken."""
    value, words = LITERALS[case]
    if case == "itself":
        value = []
        value.append(value)  # type: ignore[attr-defined]

    message = refused(lambda s: s.inc(value))

    assert words in message
    assert "\n\nhint: " in message


@pytest.mark.parametrize("case", CALLS)
def test_a_wrong_call_is_refused(case: str) -> None:
    """A call that no step takes never becomes a task."""
    graph, words = CALLS[case]
    own = {"one": own_one} if case == "an inherited version" else {}

    assert words in refused(graph, **own)
