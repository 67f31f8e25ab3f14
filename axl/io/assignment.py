"""One parameter's value as it was given: by a file, by a caller, or as `name=value` on a command line."""

from __future__ import annotations

import json
from dataclasses import dataclass

from axl.errors import ParameterError, UsageError
from axl.io.strict_json import JSON, RefusedError, checked, read_json

PARAM = "--param"
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value for a run's parameter, and where it comes from.

    `value` is what the words say read as JSON, or else as text. `text` holds the words themselves
    where they came without a type, as in `--param n=5`: a parameter that takes text gets them as
    they stand. `source` is the file's name or `--param`, and is empty for a call in Python.
    """

    name: str
    value: JSON
    source: str = ""
    text: str | None = None


def parse_assignment(text: str) -> Given:
    """Read `name=value`; the value is JSON if it parses as JSON, and else plain text.

    Raises `UsageError` when there is no name or no `=`, and `ParameterError` for a value that no run
    can take, such as JSON with a key given twice.

    >>> parse_assignment("months=[1, 2]").value
    [1, 2]
    >>> parse_assignment("region=eu-west").value
    'eu-west'
    """
    name, equals, words = text.partition("=")
    if not equals or not name:
        raise UsageError(
            f"{PARAM} takes name=value, not {show(text)!r}",
            hint=f"write {PARAM} months='[1, 2]', for example",
        )
    try:
        checked(name)
        value = read_json(words) if _is_json(words) else checked(words)
    except RefusedError as wrong:
        raise ParameterError(f"{PARAM} {show(name)}: {wrong.what}", hint=wrong.hint) from None
    return Given(name=name, value=value, source=PARAM, text=words)


def _is_json(words: str) -> bool:
    """Say whether words are JSON by its grammar, which has no NaN; what is in it is looked at later."""
    try:
        json.loads(words, parse_int=str, parse_constant=_plain_word)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _plain_word(word: str) -> None:
    raise ValueError(word)


def show(words: str) -> str:
    """Return words from outside as text that every terminal can print, 80 characters at most."""
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in words)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."
