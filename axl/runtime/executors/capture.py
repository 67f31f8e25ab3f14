"""Catches what steps print when they share a process: one listener per thread, the terminal untouched."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable
from typing import TextIO

from axl.runtime.executors.base import Printed, Ticket


class _Tee(io.TextIOBase):
    """Stands in for a standard stream: text of a thread with a listener goes there, other text on."""

    def __init__(self, below: TextIO, local: threading.local) -> None:
        self._below = below
        self._local = local

    def write(self, text: str) -> int:
        listen: Callable[[str], None] | None = vars(self._local).get("listen")
        if listen is None:
            return self._below.write(text)
        listen(text)
        return len(text)

    def flush(self) -> None:
        self._below.flush()

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._below.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a plain attribute in the base class
        return "utf-8"


class Capture:
    """Holds the standard streams until `close`."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._before = (sys.stdout, sys.stderr)
        sys.stdout, sys.stderr = _Tee(sys.stdout, self._local), _Tee(sys.stderr, self._local)

    def listen(self, ticket: Ticket, tell: Callable[[Printed], None]) -> None:
        """Tell what this thread prints from now on."""

        def say(text: str) -> None:
            tell(Printed(ticket, text.encode("utf-8", "backslashreplace")))

        self._local.listen = say

    def silence(self) -> None:
        """Let this thread print to the streams below again."""
        self._local.listen = None

    def close(self) -> None:
        """Give the standard streams back."""
        sys.stdout, sys.stderr = self._before


def capture() -> Capture:
    """Take the standard streams of this process."""
    return Capture()
