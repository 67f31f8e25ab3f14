"""Chooses how a run is reported: live on a terminal, plain lines elsewhere, JSON lines, or only what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axl.cli.report_plain import plain
from axl.cli.screen import Screen
from axl.ir.nodes import IRWorkflow
from axl.wire.events import Event, Reporter, Stopping


@dataclass(slots=True)
class Heard:
    """A reporter that remembers the signal which stopped the run, for the exit code."""

    tell: Reporter
    signal: str = field(default="")

    def __call__(self, event: Event, /) -> None:
        if isinstance(event, Stopping) and not self.signal:
            self.signal = event.signal
        self.tell(event)


@contextmanager
def reporting(program: IRWorkflow, screen: Screen, quiet: bool) -> Iterator[Heard]:
    """Give the reporter that fits the log format and the terminal."""
    if quiet:
        from axl.cli.report_quiet import Quiet, QuietJson  # noqa: PLC0415 (rarely asked for)

        yield Heard(QuietJson(screen) if screen.log_format == "json" else Quiet(screen))
    elif screen.log_format == "json":
        from axl.cli.report_json import json_lines  # noqa: PLC0415 (rarely asked for)

        with json_lines(screen) as reporter:
            yield Heard(reporter)
    elif screen.err.moves:
        from axl.cli.report_live import live  # noqa: PLC0415 (threads, and only for a terminal)

        with live(program, screen) as reporter:
            yield Heard(reporter)
    else:
        with plain(program, screen) as reporter:
            yield Heard(reporter)
