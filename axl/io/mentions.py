"""Which of the author's classes and functions a pickle names, heard while it is written.

A pickle holds the state of an object and only the name of its class: what the object does is decided by
the code that its reader finds under that name. So whoever depends on the bytes depends on that code, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_FRAME = 192 << 10
"""Bytes of the longest write that can hold a name: pickle writes long data past its frames."""

Names = Mapping[str, frozenset[str]]
"""Names to listen for: those that a module defines, by the module's name."""


class Writable(Protocol):
    """What a pickle is written to."""

    def write(self, data: ReadableBuffer, /) -> int | None:
        """Write bytes."""
        ...


class Ear:
    """Hears the names in what is pickled, as `module:name` in `heard`."""

    def __init__(self, names: Names) -> None:
        self._modules = {_text(module): module for module in names}
        self._names = {module: {_text(name): name for name in inside} for module, inside in names.items()}
        self._open: dict[str, dict[bytes, str]] = {}
        self.heard: set[str] = set()

    def listen(self, data: ReadableBuffer) -> None:
        """Take a part of a pickle."""
        if memoryview(data).nbytes > _FRAME:
            return
        frame = bytes(data)
        # A module is named once, before its first name; later names stand alone.
        for text, module in list(self._modules.items()):
            if text in frame:
                self._open[self._modules.pop(text)] = self._names[module]
        for module, names in self._open.items():
            for text in [text for text in names if text in frame]:
                self.heard.add(f"{module}:{names.pop(text)}")


_EAR: ContextVar[Ear | None] = ContextVar("ear", default=None)


@contextmanager
def listening(names: Names) -> Iterator[set[str]]:
    """Collect the names that are pickled meanwhile in this thread."""
    ear = Ear(names)
    token = _EAR.set(ear)
    try:
        yield ear.heard
    finally:
        _EAR.reset(token)


def heard(out: Writable) -> Writable:
    """Return a stream that lets the one who listens hear what is written to another."""
    ear = _EAR.get()
    return out if ear is None else _Both(out, ear)


class _Both:
    def __init__(self, out: Writable, ear: Ear) -> None:
        self._out = out
        self._ear = ear

    def write(self, data: ReadableBuffer, /) -> int | None:
        self._ear.listen(data)
        return self._out.write(data)


def _text(name: str) -> bytes:
    """Return a text as protocol 4 and later write it."""
    data = name.encode("utf-8", "surrogatepass")
    return b"\x8c%c%b" % (len(data), data) if len(data) < 256 else data
