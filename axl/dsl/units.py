"""Sizes, durations and CPU counts as people write them, parsed once into bytes, seconds and milli-CPUs."""

from __future__ import annotations

import math
import re
from datetime import timedelta

_NUMBER = r"(\d+(?:\.\d+)?)"
_SIZE = re.compile(rf"^{_NUMBER}\s*([kmgtp]i?)?b?$", re.IGNORECASE)
_DURATION = re.compile(rf"{_NUMBER}\s*(ms|s|m|h|d)\s*", re.IGNORECASE)
_CPU = re.compile(rf"^{_NUMBER}(m?)$")

_SIZES = {"": 1}
_SIZES |= {unit: 1000 ** (i + 1) for i, unit in enumerate("kmgtp")}
_SIZES |= {f"{unit}i": 1024 ** (i + 1) for i, unit in enumerate("kmgtp")}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_size(value: object) -> int:
    """Return bytes from `2147483648`, `"2Gi"`, `"500MB"` or `"1.5 GiB"`.

    >>> parse_size("2Gi")
    2147483648

    Raises `ValueError` with the accepted forms.
    """
    if _is_number(value):
        return round(_finite(value))
    match = _SIZE.match(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError('a size is a number of bytes or text such as "512Mi", "2Gi" or "500MB"')
    return round(float(match[1]) * _SIZES[(match[2] or "").lower()])


def parse_duration(value: object) -> float:
    """Return seconds from `90`, `"90s"`, `"1h30m"` or a `timedelta`.

    >>> parse_duration("1h30m")
    5400.0

    Raises `ValueError` with the accepted forms.
    """
    if isinstance(value, timedelta):
        return value.total_seconds()
    if _is_number(value):
        return _finite(value)
    text = value.strip() if isinstance(value, str) else ""
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text):
        raise ValueError('a duration is seconds, a timedelta, or text such as "30s", "10m" or "1h30m"')
    return float(sum(float(number) * _SECONDS[unit.lower()] for number, unit in parts))


def parse_cpu(value: object) -> int:
    """Return milli-CPUs from `2`, `0.5`, `"500m"` or `"2"`.

    >>> parse_cpu("500m")
    500

    Raises `ValueError` with the accepted forms.
    """
    if _is_number(value):
        return round(_finite(value) * 1000)
    match = _CPU.match(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError('a CPU count is a number or text such as "2", "0.5" or "500m"')
    return round(float(match[1]) * (1 if match[2] else 1000))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _finite(value: object) -> float:
    number = float(value) if isinstance(value, int | float) else math.nan
    if not math.isfinite(number) or number < 0:
        raise ValueError("it must be a finite number of zero or more")
    return number
