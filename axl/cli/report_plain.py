"""Reports a run as plain lines with the time and a count, one for each step that ends.

A map of many items would drown everything else, so its successes share a line a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from axl.cli.narrate import Narrator
from axl.cli.progress import Progress
from axl.cli.screen import Screen
from axl.ir.nodes import IRWorkflow
from axl.wire.events import Event, Noted, Reporter, TaskFinished, TaskPrinted

MANY = 200


@contextmanager
def plain(program: IRWorkflow, screen: Screen) -> Iterator[Reporter]:
    """Give a reporter that prints lines."""
    yield _Plain(program, screen)


class _Plain:
    def __init__(self, program: IRWorkflow, screen: Screen) -> None:
        self._screen = screen
        self._progress = Progress(program)
        self._narrator = Narrator(screen.err)
        self._spoken = 0.0

    def __call__(self, event: Event, /) -> None:
        self._progress.take(event)
        for line in self._lines(event):
            self._screen.say(line)

    def _lines(self, event: Event) -> list[str]:
        if isinstance(event, TaskFinished):
            return self._finished(event)
        lines = self._narrator.lines(event)
        return lines if isinstance(event, TaskPrinted | Noted) or not lines else self._stamped(lines)

    def _finished(self, event: TaskFinished) -> list[str]:
        if event.status in {"continued", "cached"}:
            return []
        if event.failure is None and event.index and self._progress.total > MANY and not self._is_due():
            return []
        self._spoken = time.monotonic()
        first, *rest = self._narrator.finished(event)
        return [*self._stamped([f"{self._progress.ended}/{self._progress.total} {first}"]), *rest]

    def _is_due(self) -> bool:
        return time.monotonic() - self._spoken >= 1.0

    @staticmethod
    def _stamped(lines: list[str]) -> list[str]:
        return [f"{time.strftime('%H:%M:%S')} {lines[0]}", *lines[1:]]
