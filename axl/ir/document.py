"""JSON documents: their type, their one canonical text, and a reader that accepts nothing doubtful."""

from __future__ import annotations

import json
from typing import NoReturn, TypeAlias

from axl.errors import DefinitionError
from axl.ir.limits import MAX_DOCUMENT_BYTES

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"


def canonical(document: JSON) -> str:
    """Return the one spelling of a document: sorted keys, no spaces, characters as they are.

    Raises `DefinitionError` for numbers that JSON cannot hold.
    """
    try:
        return json.dumps(
            document,
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
            check_circular=False,
        )
    except ValueError as error:
        raise DefinitionError(f"this workflow cannot be written as JSON: {error}") from error


def utf8(text: str) -> bytes:
    """Return a document as bytes; `DefinitionError` for a lone surrogate, which UTF-8 cannot hold."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise DefinitionError(
            f"this workflow holds {text[error.start]!a}, half of a character",
            hint="look at its names, texts and literals",
        ) from error


def parse(data: bytes) -> JSON:
    """Return the document in some bytes.

    Stricter than the JSON standard: a key given twice, NaN, an infinity, a lone surrogate, an
    integer of thousands of digits and hopeless nesting are refused. Raises `DefinitionError`.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise unreadable(f"it has {len(data)} bytes, the limit is {MAX_DOCUMENT_BYTES}")
    try:
        text = data.decode()
        document: JSON = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        if "\\u" in text:
            json.dumps(document, ensure_ascii=False).encode()
    except RecursionError:
        raise unreadable("it is nested too deeply") from None
    except ValueError as error:
        raise unreadable(_reason(error)) from None
    return document


def unreadable(why: str) -> DefinitionError:
    """Return the error for a document that is not a workflow."""
    return DefinitionError(
        f"not a workflow document: {why}",
        hint="a workflow document is one JSON object, as `axl validate --json` prints it",
    )


def _reason(error: ValueError) -> str:
    match error:
        case UnicodeDecodeError():
            return f"byte {error.start} is not UTF-8"
        case UnicodeEncodeError():
            return "a text holds a lone surrogate"
        case json.JSONDecodeError():
            return f"line {error.lineno} column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}"
        case _:
            return str(error)


def _unique(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() says nothing
        raise ValueError(f"the key {twice!r} is given twice")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
