"""JSON read as the type that an annotation names, through pydantic; loaded only for types beyond JSON's."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

from pydantic import PydanticUserError, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError

from axl.dsl.schema import is_union
from axl.io.strict_json import JSON

_Path: TypeAlias = tuple[str | int, ...]

_SHOWN_ERRORS = 3


class MisfitError(ValueError):
    """Why a JSON value is not one of a type, in words that follow `wanted int, not "x"`."""


def build(hint: object, value: JSON) -> object:
    """Return the Python object that JSON stands for; raises `MisfitError` when there is none.

    Strict reading comes first, so that a value means the same here as when it was checked; a default
    of the author's may need the lax one.
    """
    adapter = _adapter(hint)
    text = json.dumps(value)
    try:
        return adapter.validate_json(text, strict=True)
    except ValidationError:
        pass
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise MisfitError(_why(error, hint)) from None


def conform(hint: object, value: JSON) -> JSON:
    """Return JSON in the form that a type writes itself, its own defaults filled in.

    Nothing is converted: text is no number, a bool is no int. Keys that the type would silently
    ignore are refused. Raises `MisfitError`.
    """
    adapter = _adapter(hint)
    text = json.dumps(value)
    try:
        found = adapter.validate_json(text, strict=True)
    except ValidationError as error:
        raise MisfitError(_why(error, hint)) from None
    dumps = [_dumped(adapter, found, by_alias) for by_alias in (True, False)]
    ignored = [
        _place(path)
        for path in _lost(value, dumps)
        if adapter.validate_json(json.dumps(_without(value, path)), strict=True) == found
    ]
    wrong = [f"there is no {' and no '.join(ignored)}"] if ignored else []
    wrong += [f"{_place(path)} should not be a bool".strip() for path in _truths_as_numbers(value, dumps)]
    if wrong:
        raise MisfitError("; ".join(wrong))
    return next((dumped for dumped in dumps if _reads_back(adapter, dumped, found)), value)


@functools.lru_cache(maxsize=512)
def _cached_adapter(hint: object) -> TypeAdapter[object]:
    return TypeAdapter(cast("Any", hint))


def _adapter(hint: object) -> TypeAdapter[object]:
    try:
        return _cached_adapter(hint)
    except TypeError:  # what `Annotated` adds may have no hash
        return TypeAdapter(cast("Any", hint))
    except PydanticUserError as error:
        raise MisfitError(error.message.partition("\n")[0]) from None


def _dumped(adapter: TypeAdapter[object], found: object, by_alias: bool) -> JSON:  # noqa: FBT001 (pydantic's word)
    try:
        dumped: JSON = adapter.dump_python(
            found, mode="json", by_alias=by_alias, round_trip=True, warnings=False
        )
    except PydanticSerializationError:
        return None
    return dumped


def _reads_back(adapter: TypeAdapter[object], dumped: JSON, found: object) -> bool:
    """Say whether a dump stands for the same object: a secret, for one, does not dump itself."""
    try:
        return adapter.validate_json(json.dumps(dumped, allow_nan=False), strict=True) == found
    except (ValidationError, ValueError, TypeError):
        return False


def _lost(value: JSON, dumps: list[JSON], path: _Path = ()) -> Iterator[_Path]:
    """Yield the keys of a value that are in none of its dumps."""
    tables = [dict(_items(dump)) for dump in dumps if type(dump) is type(value)]
    for key, item in _items(value):
        below = [table[key] for table in tables if key in table]
        if tables and not below and isinstance(value, dict):
            yield (*path, key)
        yield from _lost(item, below, (*path, key))


def _truths_as_numbers(value: JSON, dumps: list[JSON], path: _Path = ()) -> Iterator[_Path]:
    """Yield the places where a bool was read as a number, which pydantic allows for enums of ints."""
    if isinstance(value, bool) and any(type(dump) in (int, float) for dump in dumps):
        yield path
    tables = [dict(_items(dump)) for dump in dumps if type(dump) is type(value)]
    for key, item in _items(value):
        yield from _truths_as_numbers(item, [table[key] for table in tables if key in table], (*path, key))


def _items(value: JSON) -> list[tuple[str | int, JSON]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _without(value: JSON, path: _Path) -> JSON:
    if isinstance(value, dict):
        return {
            key: _without(item, path[1:]) if key == path[0] else item
            for key, item in value.items()
            if path != (key,)
        }
    if isinstance(value, list):
        return [_without(item, path[1:]) if index == path[0] else item for index, item in enumerate(value)]
    return value


def _why(error: ValidationError, hint: object) -> str:
    if is_union(hint):
        return ""
    reasons = [_reason(detail) for detail in error.errors(include_url=False, include_input=False)]
    told = [reason for reason in reasons if reason]
    more = f", and {len(told) - _SHOWN_ERRORS} more" if len(told) > _SHOWN_ERRORS else ""
    return "; ".join(told[:_SHOWN_ERRORS]) + more


def _reason(detail: Mapping[str, object] | ErrorDetails) -> str:
    path, kind, message = detail["loc"], str(detail["type"]), str(detail["msg"])
    assert isinstance(path, tuple)
    if not path and kind.endswith("_type"):
        return ""
    words = message.removeprefix("Input ").removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return f"{_place(path)} {words[:1].lower()}{words[1:]}".strip()


def _place(path: _Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
