"""Values that hold nothing but themselves, as texts; and those that hold nothing that a result could depend on."""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import os
import re
import sys
import types
import uuid

_BY_REPR = frozenset(
    {
        type(None),
        bool,
        float,
        complex,
        bytes,
        bytearray,
        range,
        slice,
        dt.date,
        dt.datetime,
        dt.time,
        dt.timedelta,
        dt.timezone,
        decimal.Decimal,
        fractions.Fraction,
        uuid.UUID,
        type(...),
        type(NotImplemented),
    }
)
_DESCRIPTORS = (
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
)
_INERT = frozenset(
    {"logging", "threading", "_thread", "_abc", "weakref", "_weakref", "_weakrefset", "concurrent", "asyncio"}
)


def atom_text(value: object) -> str | None:
    """Return a text that stands for a value that holds no other, `None` for any other value."""
    kind = type(value)
    if kind in _BY_REPR:
        return f"{kind.__name__} {value!r}"
    if isinstance(value, int) and kind is int:
        return f"int {value:#x}"  # long numbers have no repr
    if isinstance(value, re.Pattern):
        return f"pattern {value.pattern!r} {value.flags}"
    if isinstance(value, _DESCRIPTORS):
        return f"descriptor {value.__objclass__.__module__}.{value.__qualname__}"
    if isinstance(value, types.BuiltinFunctionType) and _is_alone(value.__self__):
        return f"builtin {value.__module__}.{value.__qualname__}"
    if value is os.environ:
        return "environment"
    return "stream" if value is not None and any(value is each for each in _streams()) else None


def is_inert(value: object) -> bool:
    """Say whether a value has nothing in it that a result could depend on: a lock, a logger, a pool of threads."""
    return type(value).__module__.partition(".")[0] in _INERT


def array_text(value: object) -> tuple[str, bytes] | None:
    """Return what a numpy array or number is and its bytes; `None` for other values and for arrays of objects.

    Reads by what all of them offer, without importing numpy.
    """
    if type(value).__module__ != "numpy":
        return None
    kind, shape, dump = (getattr(value, name, None) for name in ("dtype", "shape", "tobytes"))
    if not callable(dump) or getattr(kind, "hasobject", True):
        return None
    data = dump()
    return (f"array {kind!r} {shape}", data) if isinstance(data, bytes) else None


def _is_alone(owner: object) -> bool:
    return owner is None or isinstance(owner, (types.ModuleType, type))


def _streams() -> tuple[object, ...]:
    return (sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__)
