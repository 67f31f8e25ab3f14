"""Writes typed objects as plain JSON and rebuilds them from an annotation, through pydantic."""

from __future__ import annotations

import json
from datetime import datetime, time, timezone, tzinfo
from functools import lru_cache
from typing import Any, cast

from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, TzInfo

from axl.errors import UnsupportedError


def to_plain(value: object) -> object:
    """Return JSON's own types for a typed object.

    Raises `ValueError`, saying why, when the object would not come back equal.
    """
    adapter = _adapter_of(type(value))
    if isinstance(value, datetime | time) and not _fixed(value.tzinfo):
        raise ValueError("its time zone would come back as a plain offset")
    try:
        text = adapter.dump_json(value, warnings="error")
        back = adapter.validate_json(text, strict=True)
    except (ValidationError, PydanticSerializationError) as error:
        raise ValueError(str(error).partition("\n")[0]) from error
    if type(back) is not type(value) or back != value:
        raise ValueError("it does not come back equal")
    return cast("object", json.loads(text))


def rebuild(data: bytes, hint: object) -> object:
    """Return what an annotation makes of JSON; `UnsupportedError` when it does not fit."""
    try:
        return _adapter_of(hint).validate_json(data, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        at = "".join(f"[{part!r}]" for part in first["loc"])
        raise UnsupportedError(
            f"the stored JSON does not fit {_shown(hint)}: {first['msg']} (value{at})",
            hint="annotate the argument with the type that the earlier step returned",
        ) from error
    except ValueError as error:
        raise UnsupportedError(
            f"JSON cannot be read as {_shown(hint)}: {error}", hint="annotate the argument with a plain type"
        ) from error


@lru_cache(maxsize=256)
def _adapter(hint: object) -> TypeAdapter[object]:
    return TypeAdapter(cast("Any", hint))


def _adapter_of(hint: object) -> TypeAdapter[object]:
    try:
        return _adapter(hint)
    except (PydanticSchemaGenerationError, PydanticUserError) as error:
        raise ValueError("JSON has nothing for it, and pydantic does not know it") from error


def _fixed(zone: tzinfo | None) -> bool:
    return zone is None or isinstance(zone, timezone | TzInfo)


def _shown(hint: object) -> str:
    return hint.__qualname__ if isinstance(hint, type) else str(hint)
