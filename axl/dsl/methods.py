"""What stands under @step: plain methods; whatever else is told with the form that is meant."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import cast

from axl.dsl.location import line_of
from axl.errors import DefinitionError, Loc

_LOCAL = "<locals>"
_WRAPPERS: dict[type, tuple[str, str]] = {
    staticmethod: ("is a static method", "drop @staticmethod, and let it take `self` first"),
    classmethod: ("is a class method", "drop @classmethod: a step is called on an object"),
    property: ("is a property", "drop @property, and call it in graph as self.{name}()"),
    functools.cached_property: (
        "is a cached property",
        "drop @cached_property, and call it in graph as self.{name}(): results are kept by the cache",
    ),
    type(functools.lru_cache(len)): (
        "is wrapped by functools.lru_cache",
        "drop that decorator: results are kept by axl's own cache, see @step(cache=…)",
    ),
}
_OTHER = ("stands under another decorator", "put @step on top of the other decorators")


def function_of(given: object, where: Loc | None) -> FunctionType:
    """Return the function that a decorated thing holds; `DefinitionError` where there is none."""
    found = given
    while not isinstance(found, FunctionType):
        inner = inner_of(found)
        if inner is None:
            raise _no_method(given, where)
        found = inner
    return found


def inner_of(wrapper: object) -> object | None:
    """Return what a decorator of Python's, or @step, was put on, if anything."""
    match wrapper:
        case staticmethod() | classmethod():
            return cast("object", wrapper.__func__)
        case property():
            return wrapper.fget
        case functools.cached_property():
            return cast("object", wrapper.func)
        case _:
            return _wrapped(wrapper)


def _wrapped(wrapper: object) -> object | None:
    """Return what `functools.wraps` noted, as @step does, too."""
    try:
        return cast("object | None", vars(wrapper).get("__wrapped__"))
    except TypeError:  # no room for it
        return None


def is_in_class(function: FunctionType) -> bool:
    """Say whether a function was written in the body of a class, which will look at its mistakes."""
    owner = function.__qualname__.rpartition(".")[0]
    return bool(owner) and not owner.endswith(_LOCAL)


def label_of(function: FunctionType) -> str:
    """Return how people name a method: with its class, where it was written in one."""
    owner, _, name = function.__qualname__.rpartition(".")
    return f"{owner.rpartition('.')[2]}.{name}" if is_in_class(function) else name


def wrong_with(given: object, function: FunctionType) -> Iterator[DefinitionError]:
    """Yield what keeps a decorated thing from being a plain method."""
    where, of = line_of(function.__code__), f"step `{label_of(function)}`"
    if not isinstance(given, FunctionType):
        yield wrapped(of, function.__name__, given, where)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        hint = "write a plain method; inside it, `asyncio.run(…)` runs your coroutine"
        yield DefinitionError(f"{of} is async", where=where, hint=hint)
    elif inspect.isgeneratorfunction(function):
        yield DefinitionError(f"{of} yields", where=where, hint="return a list of the values")


def wrapped(of: str, name: str, wrapper: object, where: Loc | None) -> DefinitionError:
    """Return what a decorator beside @step means, and what to write in its place."""
    what, hint = _WRAPPERS.get(type(wrapper), _OTHER)
    if type(wrapper).__name__ == "Step":
        what, hint = "has @step twice", "keep one @step, with all its options"
    return DefinitionError(f"{of} {what}", where=where, hint=hint.format(name=name))


def _no_method(given: object, where: Loc | None) -> DefinitionError:
    hint = "put @step above plain `def` methods of a Workflow class"
    if not callable(given):
        hint = 'options are given by name, as in @step(io_handler="parquet")'
    return DefinitionError(f"@step is for methods, not for {given!r:.80}", where=where, hint=hint)
