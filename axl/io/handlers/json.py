"""Stores values as JSON that comes back equal: JSON's own types, and typed objects through pydantic."""

from __future__ import annotations

import collections.abc
import json
import math
import types
from pkgutil import resolve_name
from typing import Any, Literal, Union, cast, get_args, get_origin

from axl.io.handlers.refusal import kind, refusal
from axl.io.store import ObjectWriter

_Path = tuple[object, ...]

_PLAIN_CLASSES = (object, Any, None, type(None), bool, int, float, str, list, dict)
_PLAIN_ORIGINS = (
    list,
    dict,
    Union,
    types.UnionType,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Mapping,
    collections.abc.MutableMapping,
    collections.abc.Collection,
    collections.abc.Iterable,
)


_NUMPY = "return Python's own value, `.item()` of a number or `.tolist()` of an array, or use another handler"
_CHANGED: dict[type, str] = {tuple: "list", set: "list", frozenset: "list", bytes: "str", bytearray: "str"}


class JsonHandler:
    """JSON with nothing lost: what would come back different is refused.

    Models, dataclasses, enums, dates and the like are written by pydantic and rebuilt from the
    annotation of the argument that receives them; an argument without one receives plain JSON.
    """

    name = "json"
    ext = "json"

    @property
    def library(self) -> str:
        return "json 1"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        try:
            text = json.dumps(_plain(value, ()), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        except RecursionError as error:
            raise refusal("json", "the result: it is nested too deeply, or contains itself") from error
        except ValueError as error:  # an int of thousands of digits
            raise refusal("json", f"the result: {error}") from error
        out.write(text.encode())

    def load(self, data: memoryview, hint: object, /) -> object:
        if _is_plain(hint):
            return json.loads(bytes(data))
        rebuild = resolve_name("axl.io.handlers.typed_json:rebuild")
        return cast("object", rebuild(bytes(data), hint))


def _plain(value: object, path: _Path) -> object:
    cls = type(value)
    if value is None or cls is bool or cls is int:
        return value
    if cls is float:
        return _finite(cast("float", value), path)
    if cls is str:
        return _unicode(cast("str", value), path)
    if cls is list:
        return [_plain(item, (*path, i)) for i, item in enumerate(cast("list[object]", value))]
    if cls is dict:
        items = cast("dict[object, object]", value).items()
        return {_key(key, path): _plain(item, (*path, key)) for key, item in items}
    if cls in _CHANGED:
        raise refusal("json", f"{_at(path)}: a {cls.__name__} would come back as a {_CHANGED[cls]}")
    return _typed(value, path)


def _typed(value: object, path: _Path) -> object:
    if type(value).__module__ == "numpy":  # it would come back as Python's own, another type
        raise refusal("json", f"{_at(path)}: a {kind(value)} is not one of JSON's", hint=_NUMPY)
    to_plain = resolve_name("axl.io.handlers.typed_json:to_plain")
    try:
        return cast("object", to_plain(value))
    except ValueError as error:
        raise refusal("json", f"{_at(path)}, a {kind(value)}: {error}") from error


def _finite(value: float, path: _Path) -> float:
    if not math.isfinite(value):
        raise refusal("json", f"{_at(path)}: JSON has no {value}")
    return value


def _unicode(value: str, path: _Path) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise refusal("json", f"{_at(path)}: it holds half of a surrogate pair") from error
    return value


def _key(key: object, path: _Path) -> str:
    if type(key) is not str:
        raise refusal("json", f"{_at(path)}: its key {key!r:.60} is a {kind(key)}, JSON's keys are str")
    return _unicode(key, path)


def _at(path: _Path) -> str:
    return "result" + "".join(f"[{key!r}]" for key in path)


def _is_plain(hint: object) -> bool:
    origin = get_origin(hint)
    if origin is None:
        return any(hint is cls for cls in _PLAIN_CLASSES)
    if origin is Literal:
        return all(type(arg) in (bool, int, str, type(None)) for arg in get_args(hint))
    return origin in _PLAIN_ORIGINS and all(_is_plain(arg) for arg in get_args(hint))


HANDLER = JsonHandler()
