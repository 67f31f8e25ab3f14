"""Which cron lines a schedule can have: the five fields that every target takes."""

from __future__ import annotations

import re

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "sun mon tue wed thu fri sat".split()
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 7, {name: number for number, name in enumerate(_DAYS)}),
)
_LONGEST = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_FORM = "minute hour day month weekday, as in `0 3 * * *` for three o'clock every night"

_part = re.compile(
    r"(?P<first>\*|[0-9]{1,2}|[a-z]{3})(?:-(?P<last>[0-9]{1,2}|[a-z]{3}))?(?:/(?P<every>[0-9]{1,2}))?"
).fullmatch


def cron_fault(line: str) -> tuple[str, str] | None:
    """Return what is wrong with a cron line, and what to do; `None` if every target takes it.

    >>> cron_fault("0 3 * * mon-fri") is None
    True
    """
    fields = line.split()
    if len(fields) != len(_FIELDS):
        return f"the schedule {line!r} has {len(fields)} fields, not five", f"write {_FORM}"
    for text, (name, low, high, names) in zip(fields, _FIELDS, strict=True):
        why = _field_fault(text.lower(), low, high, names)
        if why:
            return f"the schedule {line!r} has a {name} that {why}", f"write {_FORM}"
    if _never(fields):
        return f"the schedule {line!r} names a day that no month has", f"write {_FORM}"
    return None


def _field_fault(text: str, low: int, high: int, names: dict[str, int]) -> str:
    for part in text.split(","):
        found = _part(part)
        if found is None:
            return f"is not cron: {part!r}"
        first, last, every = found.group("first", "last", "every")
        if first == "*" and last is not None:
            return f"is not cron: {part!r}"
        if every is not None and (first != "*" and last is None):
            return f"has a step without a range: {part!r}"
        if every is not None and not 1 <= int(every) <= high:
            return f"has a step out of range: {part!r}"
        ends = [_number(end, names) for end in (first, last) if end not in ("*", None)]
        if any(end is None or not low <= end <= high for end in ends):
            return f"is not from {low} to {high}: {part!r}"
        if ends != sorted(end for end in ends if end is not None):
            return f"runs backwards: {part!r}"
    return ""


def _number(text: str | None, names: dict[str, int]) -> int | None:
    if text is None:
        return None
    return int(text) if text.isdigit() else names.get(text)


def _never(fields: list[str]) -> bool:
    day, month, weekday = fields[2], fields[3].lower(), fields[4]
    if weekday != "*" or not day.isdigit():
        return False
    months = [_number(part, _FIELDS[3][3]) for part in month.split(",")]
    return all(number is not None and int(day) > _LONGEST[number] for number in months)
