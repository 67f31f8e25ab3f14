"""Writes Python text in which nothing of an author's can be code: literals, calls, and lines that fit.

The layout is that of ruff and black: one line where it fits, else one line for each part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

WIDTH = 88
"""Columns of a line: what ruff and black take for granted."""

Plain: TypeAlias = "None | bool | int | float | str | Sequence[Plain] | Mapping[str, Plain]"


def text(value: str) -> str:
    """Return a text as a literal, in double quotes where that needs no more escapes."""
    plain = repr(value)
    if plain[0] == "'" and '"' not in plain and "\\'" not in plain:
        return f'"{plain[1:-1]}"'
    return plain


def literal(value: Plain) -> str:
    """Return a value as a Python literal on one line."""
    match value:
        case None | bool() | int():
            return repr(value)
        case float():
            return _float(value)
        case str():
            return text(value)
        case Mapping():
            return "{" + ", ".join(f"{text(key)}: {literal(item)}" for key, item in value.items()) + "}"
        case _:
            return "[" + ", ".join(map(literal, value)) + "]"


def layout(value: Plain, indent: int, lead: str = "") -> str:
    """Return `lead` and a literal, on as many lines as it needs; `indent` is where the line begins."""
    line = lead + literal(value)
    if not isinstance(value, list | tuple | Mapping) or not value or indent + len(line) < WIDTH:
        return line
    if isinstance(value, Mapping):
        parts = [layout(item, indent + 4, f"{text(key)}: ") for key, item in value.items()]
        return enclosed(f"{lead}{{", parts, "}", indent)
    return enclosed(f"{lead}[", [layout(item, indent + 4) for item in value], "]", indent)


def enclosed(opening: str, parts: Iterable[str], closing: str, indent: int) -> str:
    """Return parts between brackets, on one line if they fit in the width, else one to a line."""
    parts = list(parts)
    line = f"{opening}{', '.join(parts)}{closing}"
    if "\n" not in line and indent + len(line) <= WIDTH:
        return line
    pad = " " * (indent + 4)
    return "\n".join([opening, *(f"{pad}{part}," for part in parts), " " * indent + closing])


def prose(value: str, indent: int, lead: str) -> str:
    """Return `lead` and a text as a literal, with a literal for each line where one line is too long."""
    whole, lines = text(value), value.splitlines(keepends=True)
    if len(lines) < 2 or indent + len(lead) + len(whole) < WIDTH:
        return lead + whole
    pad = " " * (indent + 4)
    return "\n".join([f"{lead}(", *(pad + text(line) for line in lines), " " * indent + ")"])


def _float(value: float) -> str:
    """JSON has neither infinities nor NaN, but a literal must not become a name if one slips in."""
    plain = repr(value)
    return plain if plain[-1].isdigit() else f'float("{plain}")'
