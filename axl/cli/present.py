"""Shows any Python value: as text for people, as JSON for programs. Neither ever fails."""

from __future__ import annotations

import dataclasses
import enum
import math
import pprint
import sys
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import PurePath
from typing import Any, cast

from axl.wire.failed import Failed
from axl.wire.values import JSON

_DEEPEST = 100
_BYTES = 64


def as_text(value: object, width: int) -> str:
    """Return a value as people read it; text as it is."""
    if isinstance(value, str):
        return str(value)
    try:
        return pprint.pformat(value, width=width, sort_dicts=False)
    except Exception as error:  # noqa: BLE001 (an author's __repr__ may raise anything)
        return f"<{type(value).__qualname__}, whose __repr__ raised {type(error).__name__}>"


def as_json(value: object, depth: int = 0) -> JSON:
    """Return a value as JSON; what JSON has no form for becomes its `repr`."""
    if isinstance(value, enum.Enum):
        return as_json(value.value, depth)
    if value is None or isinstance(value, bool | int) or type(value) is str:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if depth > _DEEPEST:
        return "..."
    plain = _opened(value)
    if isinstance(plain, dict):
        return {_key(key): as_json(item, depth + 1) for key, item in plain.items()}
    if isinstance(plain, list):
        return [as_json(item, depth + 1) for item in plain]
    return plain


def _opened(value: object) -> dict[object, object] | list[object] | str | int | float:
    """Take a value apart by one level."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple) and hasattr(type(value), "_fields"):
        names = cast("tuple[str, ...]", vars(type(value)).get("_fields", ()))
        return dict(zip(names, value, strict=False)) if names else list(value)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Failed) or (dataclasses.is_dataclass(value) and not isinstance(value, type)):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(cast("Any", value))}
    return _leaf(value)


def _leaf(value: object) -> dict[object, object] | str | int | float:
    if isinstance(value, str | PurePath):
        return str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if is_a(value, "pydantic", "BaseModel"):
        return cast("dict[object, object]", cast("Any", value).model_dump(mode="json"))
    if is_a(value, "numpy", "generic"):
        item = cast("object", cast("Any", value).item())
        return item if isinstance(item, int | float | str) and item == item else str(value)  # noqa: PLR0124 (NaN)
    return as_text(value, 100)


def is_a(value: object, module: str, name: str) -> bool:
    """Say whether a value is of a library's class, without importing the library for the question."""
    found = sys.modules.get(module)
    return found is not None and isinstance(value, vars(found)[name])


def _key(key: object) -> str:
    return key if type(key) is str else str(as_json(key))
