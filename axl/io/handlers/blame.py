"""Finds the part of a value that cannot be pickled; called only after pickling has failed."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_DEPTH = 50
_OPAQUE = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
_SHOWN_KEYS = (str, int, float, bool, bytes, type(None))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a value, the path that leads to it, and why it cannot be pickled."""

    path: str
    value: object
    error: Exception


def blame(value: object, error: Exception, pickle: Callable[[object], None]) -> Part:
    """Follow the first part that fails as far down as there is one; `error` is what `value` failed with."""
    part = Part("result", value, error)
    for _ in range(_DEPTH):
        inner = _first_bad(list(_parts(part)), pickle)
        if inner is None:
            return part
        part = inner
    return part


def _first_bad(parts: list[tuple[str, object]], pickle: Callable[[object], None]) -> Part | None:
    if _failure([value for _, value in parts], pickle) is None:
        return None
    low, high = 0, len(parts)
    while high - low > 1:
        middle = (low + high) // 2
        if _failure([value for _, value in parts[low:middle]], pickle) is None:
            low = middle
        else:
            high = middle
    path, value = parts[low]
    error = _failure(value, pickle)
    return Part(path, value, error) if error else None


def _failure(value: object, pickle: Callable[[object], None]) -> Exception | None:
    try:
        pickle(value)
    except Exception as error:  # noqa: BLE001 (pickling runs the author's own methods)
        return error
    return None


def _parts(part: Part) -> Iterable[tuple[str, object]]:
    value, path = part.value, part.path
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"a key of {path}", key
            yield f"{path}[{_shown(key)}]", item
    elif isinstance(value, list | tuple):
        yield from ((f"{path}[{i}]", item) for i, item in enumerate(value))
    elif isinstance(value, set | frozenset):
        yield from ((f"an item of {path}", item) for item in value)
    elif not isinstance(value, _OPAQUE):
        yield from ((f"{path}.{name}", item) for name, item in _attributes(value))


def _attributes(value: object) -> Iterable[tuple[str, object]]:
    try:
        yield from vars(value).items()
    except TypeError:  # it has no __dict__
        return


def _shown(key: object) -> str:
    return repr(key)[:60] if type(key) in _SHOWN_KEYS else f"<{type(key).__name__}>"
