"""JSON without its traps: what readers let pass in silence, or die of, is refused with its line.

Refused are keys given twice, NaN and infinities, halves of surrogate pairs, whole numbers of more than
4,300 digits, and values that nest more than 100 deep.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import chain
from typing import NoReturn, TypeAlias

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"

MAX_DEPTH = 100
MAX_DIGITS = 4300

_TOO_LARGE = 10**MAX_DIGITS
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},]|[^\s\[\]{},:"]++')
_COLON = re.compile(r"\s*:")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NO_NUMBERS = ("NaN", "Infinity")
_NO_NUMBER = "JSON has no NaN and no infinity; use null or text"


class RefusedError(ValueError):
    """What is wrong inside a document, and the line of it where that is known.

    It never reaches a user: who knows the file makes a `ParameterError` of it.
    """

    def __init__(self, what: str, *, line: int | None = None, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.hint = hint


def read_json(text: str) -> JSON:
    """Read JSON text; raises `RefusedError`, with the line, for anything that is not strict JSON."""
    try:
        value: JSON = json.loads(text, object_pairs_hook=_pairs, parse_int=whole, parse_constant=_no_number)
        return checked(value)
    except json.JSONDecodeError as error:
        raise RefusedError(
            f"not JSON: {error.msg.lower()}, column {error.colno}", line=error.lineno
        ) from None
    except RecursionError:
        raise RefusedError(too_deep().what, line=_line_of_trouble(text)) from None
    except RefusedError as wrong:
        raise RefusedError(wrong.what, line=_line_of_trouble(text), hint=wrong.hint) from None


def checked(value: JSON) -> JSON:
    """Return a value after a look at its depth, its numbers and its text, without recursion."""
    level: list[JSON] = [value]
    for _ in range(MAX_DEPTH + 1):
        containers = [item for item in level if isinstance(item, (list, dict))]
        for item in level:
            check_scalar(item)
        if not containers:
            return value
        level = list(chain.from_iterable(_children(item) for item in containers))
    raise too_deep()


def _children(item: list[JSON] | dict[str, JSON]) -> Iterator[JSON]:
    return iter(item) if isinstance(item, list) else chain(item, item.values())


def check_scalar(value: JSON) -> None:
    """Raise `RefusedError` for text or a number that strict JSON cannot hold; lists and objects pass."""
    if isinstance(value, str):
        if not value.isascii() and _has_half(value):
            raise RefusedError("text holds half of a surrogate pair, or bytes that are not UTF-8")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise RefusedError("a number is not finite", hint=_NO_NUMBER)
    elif isinstance(value, int) and abs(value) >= _TOO_LARGE:
        raise too_long()


def whole(digits: str) -> int:
    """Return the whole number of some decimal digits, unless there are too many."""
    if len(digits) > MAX_DIGITS:
        raise too_long()
    return int(digits)


def too_deep() -> RefusedError:
    """Say that values nest too deep."""
    return RefusedError(f"values nest more than {MAX_DEPTH} deep")


def too_long() -> RefusedError:
    """Say that a whole number is too long."""
    return RefusedError(
        f"a whole number has more than {MAX_DIGITS} digits", hint="quote it to pass it as text"
    )


def given_twice(key: str) -> RefusedError:
    """Say that an object has one key twice."""
    return RefusedError(f"the key {key!r} is given twice", hint="keep one of them")


def _no_number(_: str) -> NoReturn:
    raise RefusedError("a number is not finite", hint=_NO_NUMBER)


def _pairs(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    out = dict(pairs)
    if len(out) == len(pairs):
        return out
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise given_twice(key)
        seen.add(key)
    return out


def _line_of_trouble(text: str) -> int | None:
    """Find the first token that `read_json` refuses; readers of JSON do not tell its place."""
    keys: list[set[str]] = []
    before = ""
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word in "{[":
            keys.append(set())
        elif word in "}]" and keys:
            keys.pop()
        is_key = word.startswith('"') and before in "{," and _COLON.match(text, match.end()) is not None
        if len(keys) > MAX_DEPTH or _is_trouble(word) or (is_key and word in keys[-1]):
            return text.count("\n", 0, match.start()) + 1
        if is_key:
            keys[-1].add(word)
        before = word
    return None


def _is_trouble(word: str) -> bool:
    if word.startswith('"'):
        return _SURROGATE.search(word) is not None and _has_half(json.loads(word))
    return len(word) > MAX_DIGITS or word.lstrip("-") in _NO_NUMBERS or _overflows(word)


def _has_half(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _overflows(word: str) -> bool:
    return word[-1:].isdigit() and not word.lstrip("-").isdigit() and math.isinf(float(word))
