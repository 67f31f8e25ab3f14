"""map, when and after: control that means a comprehension, an `if` and an order in plain Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast, overload

from axl.dsl.active import ACTIVE
from axl.dsl.literals import in_short
from axl.dsl.location import caller
from axl.dsl.step import BoundStep, recorder
from axl.errors import TraceError

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
R = TypeVar("R")
S = TypeVar("S")

_LONGEST_NAME = 50


@overload
def map(
    body: Callable[[A], R],
    a: Iterable[A],
    /,
    *,
    concurrency: int | None = None,
    batch: int | None = None,
    max_items: int | None = None,
) -> list[R]: ...
@overload
def map(
    body: Callable[[A, B], R],
    a: Iterable[A],
    b: Iterable[B],
    /,
    *,
    concurrency: int | None = None,
    batch: int | None = None,
    max_items: int | None = None,
) -> list[R]: ...
@overload
def map(
    body: Callable[[A, B, C], R],
    a: Iterable[A],
    b: Iterable[B],
    c: Iterable[C],
    /,
    *,
    concurrency: int | None = None,
    batch: int | None = None,
    max_items: int | None = None,
) -> list[R]: ...
def map(
    body: Callable[..., R],
    /,
    *iterables: Iterable[Any],
    concurrency: int | None = None,
    batch: int | None = None,
    max_items: int | None = None,
) -> list[R]:
    """Run a body of several steps once per item and return the results in order.

    Several iterables are zipped and must have one length. Bodies nest, and may use any value of
    the graph around them; a body with a name gives it to the map. In plain Python it is
    `[body(x) for x in items]`.

    >>> map(lambda n: n + 1, [1, 2])
    [2, 3]
    """
    tracer = ACTIVE.get()
    if tracer is None:
        return [body(*items) for items in zip(*iterables, strict=True)]
    _require_body(body, len(iterables))
    names = _argument_names(body, len(iterables))
    options = (concurrency, batch, max_items)
    instance = tracer.block.instance
    wanted = _id_of(body)
    return cast("list[R]", recorder().add_map(tracer, body, iterables, names, wanted, instance, options))


def when(test: bool, then: Callable[[], R], otherwise: Callable[[], S]) -> R | S:
    """Take one of two branches by a bool that a step made; the other one does not run.

    Both branches are callables, and the value is the taken one's.

    >>> when(True, lambda: "yes", lambda: "no")
    'yes'
    """
    for name, branch in (("then", then), ("otherwise", otherwise)):
        if not _can_be_called(branch):
            raise TraceError(
                f"`{name}` of when() is {in_short(branch)}, not a callable",
                where=caller(),
                hint="write when(test, lambda: self.publish(model), lambda: score)",
            )
    tracer = ACTIVE.get()
    if tracer is None:
        return then() if test else otherwise()
    return cast("R | S", recorder().record_when(tracer, test, then, otherwise))


def after(first: object, then: Callable[[], R]) -> R:
    """Start what `then` does once `first` is there, where no data flows between them.

    >>> after(print, lambda: 3)
    3
    """
    if not _can_be_called(then):
        raise TraceError(
            f"`then` of after() is {in_short(then)}, not a callable",
            where=caller(),
            hint="write after(first, lambda: self.load())",
        )
    tracer = ACTIVE.get()
    return then() if tracer is None else cast("R", recorder().order_after(tracer, first, then))


def _require_body(body: Callable[..., object], count: int) -> None:
    """Raise `TraceError` for a body that cannot be called with one item of each iterable."""
    form = "write axl.map(lambda item: self.step(item), items): first the body, then one iterable for each argument"
    if not _can_be_called(body):
        raise TraceError(f"the body of map() is {in_short(body)}, not a callable", where=caller(), hint=form)
    try:
        signature = inspect.signature(body)
    except (TypeError, ValueError):  # some builtins have none
        return
    try:
        signature.bind(*[None] * count)
    except TypeError:
        items = "1 item" if count == 1 else f"{count} items"
        what = f"the body of map() takes {signature}, but is called with {items}"
        raise TraceError(what, where=caller(), hint=form) from None


def _can_be_called(value: object) -> bool:
    # A symbol has a `__call__`, which refuses.
    return callable(value) and (ACTIVE.get() is None or not isinstance(value, recorder().OutputRef))


def _id_of(body: Callable[..., object]) -> str:
    """Return the id of a map: after its body where that is a step or a named function."""
    if isinstance(body, BoundStep):
        return f"{body.step.name}_map"
    name = body.__name__ if inspect.isroutine(body) else ""
    return f"{name}_map" if name.isidentifier() and len(name) <= _LONGEST_NAME else "map"


def _argument_names(body: Callable[..., object], count: int) -> list[str]:
    try:
        names = [item.name for item in inspect.signature(body).parameters.values()]
    except (TypeError, ValueError):
        names = []
    return (names + ["item"] * count)[:count]
