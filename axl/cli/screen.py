"""Where the command line writes: data to standard output, talk to standard error.

A reader that goes away ends the printing, never the work. Text that comes from steps, names or stores
is made harmless for a terminal, and every character that the locale cannot say is written escaped.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TextIO

from axl.errors import StoreError

_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "dim": "2", "bold": "1"}
_OWN = re.compile(rf"(\x1b\[(?:0|{'|'.join(_COLOURS.values())})m)")
NARROWEST, WIDEST = 40, 160


@dataclass(slots=True)
class Channel:
    """One of the two standard streams; `stream` is `None` when it is closed or its reader has gone."""

    stream: TextIO | None
    terminal: bool = field(init=False)
    moves: bool = field(init=False)
    colour: bool = field(init=False)

    def __post_init__(self) -> None:
        self.terminal = self.stream is not None and _is_terminal(self.stream)
        self.moves = self.terminal and os.environ.get("TERM", "") not in {"", "dumb", "unknown"}
        self.colour = self.moves and not os.environ.get("NO_COLOR")

    def paint(self, text: str, colour: str) -> str:
        """Return text in a colour where that is wanted; untrusted text goes through `harmless` first."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.colour else text

    def shown(self, text: str) -> str:
        """Return text as this stream may get it: a terminal sees our colours and no other control."""
        if not self.terminal:
            return text
        parts = _OWN.split(text) if self.colour else [text]
        return "".join(part if place % 2 else harmless(part) for place, part in enumerate(parts))

    def write(self, text: str) -> None:
        """Write text as it is and flush it.

        Raises `OSError` when it cannot be written, but for a reader that has gone, which is no error.
        """
        if self.stream is None:
            return
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            self.leave()
        except OSError:
            self.leave()
            raise

    def write_bytes(self, data: bytes) -> None:
        """Write bytes as they are; otherwise like `write`."""
        if not isinstance(self.stream, io.TextIOWrapper):
            self.write(data.decode("utf-8", "backslashreplace"))
            return
        try:
            self.stream.buffer.write(data)
            self.stream.buffer.flush()
        except BrokenPipeError:
            self.leave()
        except OSError:
            self.leave()
            raise

    def leave(self) -> None:
        """Write nothing more; what is still buffered goes nowhere, so that leaving Python says nothing."""
        stream, self.stream = self.stream, None
        if stream is None:
            return
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


LogFormat = Literal["text", "json"]


class Screen:
    """What a command prints to; with the log format `json` every line of talk is a JSON object."""

    def __init__(self, out: TextIO | None, err: TextIO | None) -> None:
        self.out = Channel(out)
        self.err = Channel(err)
        self.log_format: LogFormat = "text"

    def data(self, text: str) -> None:
        """Print what was asked for; `StoreError` when standard output cannot take it."""
        try:
            self.out.write(self.out.shown(text) + "\n")
        except OSError as error:
            raise StoreError(f"cannot write to standard output: {_reason(error)}") from error

    def data_bytes(self, data: bytes) -> None:
        """Print bytes as they are, for files and pipes."""
        try:
            self.out.write_bytes(data)
        except OSError as error:
            raise StoreError(f"cannot write to standard output: {_reason(error)}") from error

    def say(self, text: str) -> None:
        """Print talk; where nobody can hear it, nothing happens."""
        if self.log_format == "json":
            self.log("message", {"text": text.strip("\n")})
            return
        with contextlib.suppress(OSError):
            self.err.write(self.err.shown(text) + "\n")

    def log(self, event: str, facts: Mapping[str, object]) -> None:
        """Print talk as one JSON object on a line: `time` in seconds since the epoch, `event`, and the facts."""
        line = {"time": round(time.time(), 3), "event": event, **facts}
        self.paste(json.dumps(line, allow_nan=False) + "\n")

    def paste(self, text: str) -> None:
        """Write to standard error as it is; whoever calls this has made it harmless."""
        with contextlib.suppress(OSError):
            self.err.write(text)

    @property
    def width(self) -> int:
        """How many columns there are, within reason."""
        return readable_width()


def readable_width() -> int:
    """Return the terminal's columns, within what is readable."""
    return min(max(terminal_size()[0], NARROWEST), WIDEST)


def terminal_size() -> tuple[int, int]:
    """Return columns and rows: what COLUMNS and LINES say, else the terminal, else 100 by 24.

    `shutil` has the same, and loads every archive format for it.
    """
    columns, rows = 100, 24
    for number in (2, 1):
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(number)
            break
    return _number("COLUMNS") or columns or 100, _number("LINES") or rows or 24


def _number(variable: str) -> int:
    text = os.environ.get(variable, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def harmless(text: str) -> str:
    r"""Return text without what steers a terminal: control characters are shown as `\x1b`.

    Of a line that overwrites itself with carriage returns, as progress bars do, the last state is kept.

    >>> harmless("a\x1b]0;title\x07b")
    'a\\x1b]0;title\\x07b'
    """
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(_last_state(line) for line in text.split("\n"))
    return _STEERS.sub(_escaped, text)


def _last_state(line: str) -> str:
    states = [state for state in line.split("\r") if state]
    return states[-1] if states else ""


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def open_screen() -> Screen:
    """Take the standard streams of this process, able to write any text whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return Screen(sys.stdout, sys.stderr)


def reserve_standard_files() -> None:
    """Open /dev/null in place of closed standard files, so that no other file gets their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
