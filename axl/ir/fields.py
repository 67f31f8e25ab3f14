"""One JSON object being read: every key is taken once, and what is left over is a mistake."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TypeAlias

from axl.errors import DefinitionError
from axl.ir.document import JSON
from axl.ir.limits import MAX_INTEGER

Path: TypeAlias = "tuple[Path, str | int] | None"
"""A place in a document, innermost part first, so that a step down costs one tuple."""


class Fields:
    """A JSON object, and the place in the document where it was found.

    Every method that takes a key removes it; `close` refuses what was not asked for. All raise
    `DefinitionError` that names the place.
    """

    __slots__ = ("_known", "_left", "path")

    def __init__(self, data: JSON, path: Path) -> None:
        self._left = dict(as_object(data, path))
        self._known: list[str] = []
        self.path = path

    def at(self, key: str) -> Path:
        """Return the place of one key."""
        return (self.path, key)

    def has(self, key: str) -> bool:
        """Say whether a key is there and not taken yet."""
        self._known.append(key)
        return key in self._left

    def take(self, key: str) -> JSON:
        """Return the value of a key that must be there."""
        if not self.has(key):
            raise wrong(self.path, f"the key {key!r} is missing")
        return self._left.pop(key)

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        return as_text(self.take(key), self.at(key))

    def text_or(self, key: str, default: str) -> str:
        """Return a text, or the default where it is left out."""
        return self.text(key) if self.has(key) else default

    def whole(self, key: str) -> int:
        """Return a whole number that must be there."""
        return as_whole(self.take(key), self.at(key))

    def whole_or(self, key: str, default: int) -> int:
        """Return a whole number, or the default where it is left out."""
        return self.whole(key) if self.has(key) else default

    def count(self, key: str) -> int | None:
        """Return a whole number, or `None` where it is left out."""
        return self.whole(key) if self.has(key) else None

    def number(self, key: str) -> float | None:
        """Return a number, or `None` where it is left out."""
        return as_number(self.take(key), self.at(key)) if self.has(key) else None

    def number_or(self, key: str, default: float) -> float:
        """Return a number, or the default where it is left out."""
        return as_number(self.take(key), self.at(key)) if self.has(key) else default

    def truth_or(self, key: str, default: bool) -> bool:  # noqa: FBT001 (a value, not a switch)
        """Return true or false, or the default where it is left out."""
        if not self.has(key):
            return default
        value = self.take(key)
        if not isinstance(value, bool):
            raise expected(self.at(key), "true or false", value)
        return value

    def items(self, key: str) -> list[tuple[JSON, Path]]:
        """Return the items of a list, each with its place; nothing where the list is left out."""
        if not self.has(key):
            return []
        at = self.at(key)
        return [(item, (at, number)) for number, item in enumerate(as_list(self.take(key), at))]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; nothing where it is left out."""
        return tuple(as_text(item, at) for item, at in self.items(key))

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._left:
            near = get_close_matches(str(key), self._known, n=1)
            raise wrong(
                self.path, f"unknown key {str(key)[:80]!r}", f"did you mean {near[0]!r}" if near else ""
            )


def pair(data: JSON, path: Path) -> tuple[str, JSON]:
    """Return the two halves of `[name, value]`."""
    items = as_list(data, path)
    if len(items) != 2:
        raise wrong(path, f"expected a name and a value, found {len(items)} items")
    return as_text(items[0], (path, 0)), items[1]


def as_object(data: JSON, path: Path) -> dict[str, JSON]:
    """Return an object, or refuse what is none."""
    if not isinstance(data, dict):
        raise expected(path, "an object", data)
    return data


def as_list(data: JSON, path: Path) -> list[JSON]:
    """Return a list, or refuse what is none."""
    if not isinstance(data, list):
        raise expected(path, "a list", data)
    return data


def as_text(data: JSON, path: Path) -> str:
    """Return a text, or refuse what is none."""
    if not isinstance(data, str):
        raise expected(path, "a text", data)
    return data


def as_whole(data: JSON, path: Path) -> int:
    """Return a whole number that every JSON reader keeps exactly, or refuse what is none."""
    if not isinstance(data, int) or isinstance(data, bool):
        raise expected(path, "a whole number", data)
    if abs(data) > MAX_INTEGER:
        raise wrong(path, "the number is too large")
    return data


def as_number(data: JSON, path: Path) -> float:
    """Return a finite number, or refuse what is none."""
    if isinstance(data, float) and math.isfinite(data):
        return data
    if isinstance(data, float):
        raise wrong(path, "the number is too large")
    if not isinstance(data, int):
        raise expected(path, "a number", data)
    return float(as_whole(data, path))


def as_choice(value: str, choices: tuple[str, ...], path: Path) -> None:
    """Refuse a text that is not one of the choices."""
    if value not in choices:
        near = get_close_matches(value, choices, n=1)
        hint = f"did you mean {near[0]!r}" if near else f"use one of {', '.join(choices)}"
        raise wrong(path, f"{value[:80]!r} is not known here", hint)


def expected(path: Path, what: str, found: JSON) -> DefinitionError:
    """Return the error for a value of the wrong type."""
    return wrong(path, f"expected {what}, found {_kind(found)}")


def wrong(path: Path, what: str, hint: str = "") -> DefinitionError:
    """Return the error for one place of a document."""
    return DefinitionError(f"not a workflow document: {place(path)}: {what}", hint=hint)


def place(path: Path) -> str:
    """Return a place as people write it: `body.nodes[3].args`."""
    parts: list[str] = []
    while path is not None:
        path, part = path
        parts.append(f"[{part}]" if isinstance(part, int) else f".{part}")
    return "".join(reversed(parts)).lstrip(".") or "the document"


def _kind(value: object) -> str:
    kinds: dict[object, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
    }
    kinds |= {dict: "an object", type(None): "null"}
    return kinds.get(type(value), f"a Python {type(value).__name__}")
