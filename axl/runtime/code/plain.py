"""Plain data as text: the same for equal values, whatever process, machine or folder they are in."""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import re
import uuid
from collections.abc import Iterable
from pathlib import PurePath

from blake3 import blake3

_DEEP = 50
_BY_REPR = (
    type(None),
    bool,
    int,
    float,
    complex,
    bytes,
    bytearray,
    range,
    slice,
    dt.date,
    dt.time,
    dt.timedelta,
    dt.timezone,
    decimal.Decimal,
    fractions.Fraction,
    uuid.UUID,
    type(...),
    type(NotImplemented),
)


def plain_text(value: object, folders: Iterable[str] = (), depth: int = 0) -> str | None:
    """Return a text that stands for a plain value, or `None` where something in it is not plain.

    `folders` are left out of paths and text, so that a file beside the code is the same everywhere.
    """
    if type(value) in _BY_REPR or type(value) is dt.datetime:
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, str) and type(value) is str:
        return f"str {_without(value, folders)!r}"
    if isinstance(value, PurePath):
        return f"path {_without(value.as_posix(), folders)!r}"
    if isinstance(value, re.Pattern):
        return f"pattern {value.pattern!r} {value.flags}"
    if depth > _DEEP:
        return None
    if type(value) in (list, tuple, set, frozenset):
        return _of_items(value, folders, depth)
    if type(value) is dict:
        rows = [
            (plain_text(key, folders, depth + 1), plain_text(item, folders, depth + 1))
            for key, item in value.items()
        ]
        return None if any(None in row for row in rows) else f"dict {rows!r}"
    return _of_array(value) if type(value).__module__ == "numpy" else None


def _of_items(value: object, folders: Iterable[str], depth: int) -> str | None:
    assert isinstance(value, (list, tuple, set, frozenset))
    texts = [plain_text(item, folders, depth + 1) for item in value]
    if None in texts:
        return None
    ordered = sorted(map(str, texts)) if isinstance(value, (set, frozenset)) else texts
    return f"{type(value).__name__} {ordered!r}"


def _without(text: str, folders: Iterable[str]) -> str:
    for folder in folders:
        text = text.replace(folder, "")
    return text


def _of_array(value: object) -> str | None:
    """Read a numpy array or number by what all of them offer, without importing numpy."""
    kind, shape, dump = (getattr(value, name, None) for name in ("dtype", "shape", "tobytes"))
    if not callable(dump) or str(kind) == "object":
        return None
    data = dump()
    return f"array {kind} {shape} {blake3(data).hexdigest()}" if isinstance(data, bytes) else None
