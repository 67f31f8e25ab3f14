"""Looks into stored values without running anyone's code: pickles stay closed unless that is asked for."""

from __future__ import annotations

import reprlib
from typing import assert_never

from axl.cli.present import as_text
from axl.errors import AxlError
from axl.io.handlers import get_handler
from axl.io.store import Store
from axl.runtime.history import Run
from axl.runtime.values import read_bytes
from axl.wire.failed import Failed
from axl.wire.values import Lit, Many, Ref, Value

SAFE = frozenset({"json", "text", "bytes", "numpy", "parquet", "arrow"})
"""The handlers whose bytes are data and nothing else; what a third party's does, nobody knows."""

_MOST_BYTES = 4 << 20
_MOST_LINES, _MOST_CHARACTERS = 30, 4000


def preview(value: Value, store: Store, width: int) -> str:
    """Return the beginning of a value, or a remark in brackets why it is not shown."""
    match value:
        case Ref():
            return _stored(value, store, width)
        case Lit():
            return clipped(value.json)
        case Failed():
            return f"(failed: {value.error}: {value.message})"
        case Many():
            return f"({len(value.items)} items)"
        case _:
            assert_never(value)


def loaded(value: Value, run: Run, width: int) -> str:
    """Return the beginning of a value that is loaded for it, which may run the author's code."""
    try:
        return clipped(as_text(run.load(value), width))
    except AxlError:
        raise
    except Exception as error:  # noqa: BLE001 (loading runs the author's classes)
        return f"(cannot be loaded: {type(error).__name__}: {error})"


def clipped(text: str) -> str:
    """Return at most some lines and characters of a text, and say that it is longer."""
    lines = text[:_MOST_CHARACTERS].split("\n")
    if len(lines) <= _MOST_LINES and len(text) <= _MOST_CHARACTERS:
        return text
    return "\n".join([*lines[:_MOST_LINES], "..."])


def _stored(ref: Ref, store: Store, width: int) -> str:
    base = ref.handler.partition("+")[0]
    if base not in SAFE:
        return (
            "(not opened; --load opens it, which may run code)"
            if base != "path"
            else "(files; --to copies them)"
        )
    if ref.size > _MOST_BYTES:
        return "(too large to preview; --to copies it)"
    try:
        value = get_handler(ref.handler).load(read_bytes(ref, store), object)
    except AxlError:
        raise
    except Exception as error:  # noqa: BLE001 (stored bytes that verify may still be nothing that a library reads)
        return f"(cannot be read: {type(error).__name__})"
    return _bytes(value) if isinstance(value, bytes) else clipped(as_text(value, width))


def _bytes(value: bytes) -> str:
    return reprlib.repr(value)
