"""Looks into stored values without running anyone's code.

Of pickles only those are opened that name no class and no function: numbers, text, lists and the like.
"""

from __future__ import annotations

import io
import pickle
import reprlib
from collections.abc import Callable
from typing import assert_never

from axl.cli.present import as_text
from axl.cli.sketch import heading, sketch
from axl.errors import AxlError
from axl.io.handlers import get_handler
from axl.io.store import Store
from axl.runtime.history.run import Run
from axl.runtime.task.values import read_bytes
from axl.wire.failed import Failed
from axl.wire.values import Lit, Many, Ref, Value

SAFE = frozenset({"json", "text", "bytes", "numpy", "parquet", "arrow"})
"""The handlers whose bytes are data and nothing else; what a third party's does, nobody knows."""

_CLOSED = "(not opened; --load opens it, which may run code)"
_MOST_BYTES = 4 << 20
_TABULAR, _MOST_OF_TABLES = frozenset({"numpy", "parquet", "arrow"}), 256 << 20
_MOST_LINES, _MOST_CHARACTERS = 30, 4000
_GLANCE, _GLANCE_BYTES = 40, 4096


def preview(value: Value, store: Store, width: int) -> str:
    """Return the beginning of a value, or a remark in brackets why it is not shown."""
    match value:
        case Ref():
            return _stored(value, store, lambda found: sketch(found, width))
        case Lit():
            return clipped(value.json)
        case Failed():
            return f"(failed: {value.error}: {value.message})"
        case Many():
            return _items(value, store)
        case _:
            assert_never(value)


def glance(value: Value, store: Store) -> str:
    """Return a value in a few words; nothing where it is long, or would have to be opened."""
    if isinstance(value, Ref) and value.size > _GLANCE_BYTES:
        return ""
    if isinstance(value, Many):
        return f"({len(value.items)} items)"
    text = _stored(value, store, _in_short) if isinstance(value, Ref) else preview(value, store, 10_000)
    line, more, _ = text.partition("\n")
    if text.startswith("(not opened"):
        return ""
    return line if len(line) <= _GLANCE and not more else f"{line[: _GLANCE - 3]}..."


def _in_short(value: object) -> str:
    return heading(value) or as_text(value, 10_000)


def loaded(value: Value, run: Run, width: int) -> str:
    """Return the beginning of a value that is loaded for it, which may run the author's code."""
    try:
        return clipped(sketch(run.load(value), width))
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


def _items(value: Many, store: Store) -> str:
    names = value.keys or tuple(map(str, range(len(value.items))))
    lines = [f"{name}: {glance(item, store)}" for name, item in zip(names, value.items, strict=True)]
    about = [f"{len(value.items):,} items"] if not value.keys else []
    return clipped("\n".join([*about, *lines[: _MOST_LINES + 1]]))


def _stored(ref: Ref, store: Store, show: Callable[[object], str]) -> str:
    base = ref.handler.partition("+")[0]
    if base == "path":
        return "(files; --to copies them)"
    if base not in SAFE and ref.handler != "pickle":
        return _CLOSED
    if ref.size > (_MOST_OF_TABLES if base in _TABULAR else _MOST_BYTES):
        return "(too large to preview; --to copies it)"
    data = read_bytes(ref, store)
    try:
        value = (
            _Plain(io.BytesIO(data)).load()
            if base == "pickle"
            else get_handler(ref.handler).load(data, object)
        )
    except _NamesCodeError:
        return _CLOSED
    except AxlError:
        raise
    except Exception as error:  # noqa: BLE001 (stored bytes that verify may still be nothing that a library reads)
        return f"(cannot be read: {type(error).__name__})"
    return reprlib.repr(value) if isinstance(value, bytes) else clipped(show(value))


class _NamesCodeError(Exception):
    """A pickle names a class or a function."""


class _Plain(pickle.Unpickler):
    """Reads pickles that hold plain data; without a class or a function a pickle can run nothing."""

    def find_class(self, module: str, name: str, /) -> object:
        raise _NamesCodeError(f"{module}.{name}")
