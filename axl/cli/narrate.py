"""What is said of a run's events, as lines of text; where the lines go is a reporter's business."""

from __future__ import annotations

import textwrap
from typing import assert_never

from axl.cli.screen import Channel, harmless
from axl.cli.table import counted
from axl.wire.address import instance_text
from axl.wire.events import (
    Event,
    MapStarted,
    Noted,
    RunFinished,
    RunStarted,
    Stopping,
    TaskFinished,
    TaskPrinted,
    TaskRetried,
    TaskStarted,
)
from axl.wire.outcome import Failure

STATUS_COLOURS = {
    "done": "green",
    "cached": "green",
    "succeeded": "green",
    "failed": "red",
    "tolerated": "yellow",
    "cancelled": "yellow",
    "interrupted": "yellow",
    "running": "blue",
}
_TRACEBACKS = 5
_LINES = 40


def span(seconds: float) -> str:
    """Return a duration as people read it.

    >>> span(0.1234), span(75), span(7384)
    ('0.12s', '1m15s', '2h03m')
    """
    if seconds < 60:
        return f"{seconds:.2f}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02d}s" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}m"


class Narrator:
    """Turns events into lines, coloured for one stream; only the first failures get their traceback."""

    def __init__(self, channel: Channel) -> None:
        self._paint = channel.paint
        self._run = ""
        self._told = 0
        self._printed: set[str] = set()

    def lines(self, event: Event) -> list[str]:
        """Return what there is to say of an event: nothing of a success and of what only begins."""
        match event:
            case RunStarted():
                return self.started(event)
            case TaskFinished():
                lines = self.finished(event)
                return lines if event.failure else []
            case TaskRetried():
                return self.retried(event)
            case TaskPrinted():
                return self.printed(event)
            case Noted():
                return [f"note: {event.text}"]
            case Stopping():
                return self.stopping(event)
            case RunFinished():
                return self.ended(event)
            case MapStarted() | TaskStarted():
                return []
            case _:
                assert_never(event)

    def started(self, event: RunStarted) -> list[str]:
        self._run = event.run
        workers = counted(event.workers, "worker")
        verb = "going on with" if event.continued else "starting"
        lines = [f"{verb} {event.run} ({event.executor}, {workers})"]
        if event.continued:
            lines.append("  what is committed is not run again; --fresh starts anew")
        return lines

    def finished(self, event: TaskFinished) -> list[str]:
        name = instance_text(event.node, event.index)
        tries = f" (attempt {event.attempt})" if event.attempt > 1 else ""
        status = self._paint(event.status, STATUS_COLOURS.get(event.status, "dim"))
        if event.failure is None:
            self._printed.discard(name)
            return [f"{name} {status} in {span(event.seconds)}{tries}"]
        head = f"{name} {status} in {span(event.seconds)}{tries}: {headline(event.failure)}"
        return [head, *self._details(event.failure, name)]

    def retried(self, event: TaskRetried) -> list[str]:
        name = instance_text(event.node, event.index)
        again = f"again in {span(event.wait)}" if event.wait else "again"
        return [
            f"{name} {self._paint('retried', 'yellow')} after attempt {event.attempt}: {headline(event.failure)}; {again}"
        ]

    def printed(self, event: TaskPrinted) -> list[str]:
        plain = instance_text(event.node, event.index)
        self._printed.add(plain)
        name = self._paint(plain, "dim")
        return [f"{name} | {line}" for line in harmless(event.text).removesuffix("\n").split("\n")]

    def stopping(self, event: Stopping) -> list[str]:
        waiting = counted(event.waiting, "step")
        if not event.waiting:
            return [f"stopping ({event.signal})"]
        return [f"stopping ({event.signal}): {waiting} may take {event.grace:g} s to end; once more to force"]

    def ended(self, event: RunFinished) -> list[str]:
        counts = ", ".join(f"{count} {name}" for name, count in event.counts) or "nothing was run"
        status = self._paint(event.status, STATUS_COLOURS.get(event.status, "dim"))
        lines = [f"{event.run} {status} in {span(event.seconds)}: {counts}"]
        if event.status == "failed":
            lines.append(f"  `axl retry {event.run}` goes on from here, also after a step was mended")
        elif event.status != "succeeded":
            lines.append(f"  the same command goes on from here; `axl show {event.run}` says more")
        return lines

    def _details(self, failure: Failure, name: str) -> list[str]:
        self._told += 1
        if self._told > _TRACEBACKS:
            return []
        lines = details(failure).splitlines()
        cut = lines if len(lines) <= _LINES else [*lines[:10], "...", *lines[10 - _LINES :]]
        body = textwrap.indent("\n".join(cut), "    ").splitlines()
        more = ["    (what follows is told in one line each)"] if self._told == _TRACEBACKS else []
        log = [f"    what it printed: axl logs {self._run} '{name}'"] if name in self._printed else []
        return [*body, *log, *more]


def details(failure: Failure) -> str:
    """Return the author's frames and the exception, or without frames what the headline leaves out; and the hint."""
    trace = harmless(failure.traceback).strip("\n")
    shown = trace if "  File " in trace else trace.partition("\n")[2].strip("\n")
    hint = harmless(failure.message).partition("\n\nhint: ")[2].strip()
    return shown if not hint or hint in shown else f"{shown}\n\nhint: {hint}".strip("\n")


def headline(failure: Failure) -> str:
    """Return a failure in one line."""
    message = harmless(failure.message).strip().partition("\n")[0]
    if failure.kind in {"timeout", "signal", "exit"}:
        return message
    return f"{failure.error}: {message}" if message else failure.error
