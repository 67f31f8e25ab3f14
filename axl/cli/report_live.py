"""Reports a run on a terminal: a bar for each map at the bottom, what matters scrolls by above.

The bottom is drawn at most ten times a second, by a thread, so that the engine never waits for a terminal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from axl.cli.narrate import Narrator, span
from axl.cli.progress import Bar, Progress
from axl.cli.screen import Screen, terminal_size
from axl.ir.nodes import IRWorkflow
from axl.wire.events import (
    Event,
    MapStarted,
    Noted,
    Reporter,
    RunFinished,
    RunStarted,
    Stopping,
    TaskFinished,
    TaskPrinted,
    TaskRetried,
    TaskStarted,
)

_EVERY = 0.1
_MOST_BARS = 12
_KEPT = 10_000


@contextmanager
def live(program: IRWorkflow, screen: Screen) -> Iterator[Reporter]:
    """Give a reporter that keeps the bottom of the terminal up to date, and leaves it clean."""
    reporter = _Live(program, screen)
    drawing = threading.Thread(target=reporter.draw_until_closed, name="axl-progress", daemon=True)
    drawing.start()
    try:
        yield reporter
    finally:
        reporter.close()
        drawing.join()


class _Live:
    def __init__(self, program: IRWorkflow, screen: Screen) -> None:
        self._screen = screen
        self._progress = Progress(program)
        self._narrator = Narrator(screen.err)
        self._lock = threading.Lock()
        self._drawing = threading.Lock()
        self._full, self._empty = ("█", "░") if screen.err.speaks("█░") else ("#", ".")
        self._closed = threading.Event()
        self._above: list[str] = []
        self._height = 0
        self._began = time.monotonic()

    def __call__(self, event: Event, /) -> None:
        with self._lock:
            self._progress.take(event)
            self._above.extend(self._lines(event))
            flood = len(self._above) > _KEPT
        if flood:
            self.draw()

    def draw_until_closed(self) -> None:
        """Draw again and again; the engine's thread only leaves lines to be drawn."""
        while not self._closed.wait(_EVERY):
            self.draw()

    def close(self) -> None:
        """Print what is left and take the bars away."""
        self._closed.set()
        self.draw(bars=False)

    def _lines(self, event: Event) -> list[str]:
        match event:
            case RunStarted():
                return self._narrator.started(event)
            case TaskFinished():
                return self._narrator.finished(event) if event.failure else []
            case TaskRetried():
                return self._narrator.retried(event)
            case TaskPrinted():
                return self._narrator.printed(event)
            case Stopping():
                return self._narrator.stopping(event)
            case RunFinished():
                return self._narrator.ended(event)
            case Noted():
                return [f"note: {event.text}"]
            case MapStarted() | TaskStarted():
                return []

    def draw(self, *, bars: bool = True) -> None:
        """Print what waits, and the bars below it."""
        # A terminal that is held (Ctrl-S) keeps the drawing lock; the engine only needs the other one.
        with self._drawing:
            with self._lock:
                above, self._above = self._above, []
                bottom = self._bottom() if bars and not self._closed.is_set() else []
            back = f"\x1b[{self._height}A" if self._height else ""
            lines = [*(self._screen.err.shown(line) for line in above), *bottom]
            self._height = len(bottom)
            if lines or back:
                self._screen.paste(f"{back}\r\x1b[J" + "".join(f"{line}\n" for line in lines))

    def _bottom(self) -> list[str]:
        columns, rows = terminal_size()
        progress, width = self._progress, max(columns - 1, 1)
        failed = f", {progress.failed} failed" if progress.failed else ""
        elapsed = span(time.monotonic() - self._began)
        lines = [f"{progress.ended}/{progress.total}{failed}, {len(progress.running)} running, {elapsed}"]
        bars = [bar for bar in progress.bars.values() if bar.total]
        shown = bars[-max(1, min(_MOST_BARS, rows - 4)) :]
        label = min(max((len(bar.label) for bar in shown), default=0), 24, width // 3)
        lines += [self._bar(bar, label, width) for bar in shown]
        running = ", ".join(list(progress.running)[:5])
        return [line[:width] for line in (*lines, f"running: {running}" if running else "")]

    def _bar(self, bar: Bar, label: int, width: int) -> str:
        count = f"{bar.ended}/{bar.total}" + (f" ({bar.failed} failed)" if bar.failed else "")
        room = max(min(width - label - len(count) - 3, 40), 0)
        filled = room * bar.ended // max(bar.total, 1)
        name = bar.label if len(bar.label) <= label else f"{bar.label[: max(label - 2, 0)]}.."
        return f"{name:<{label}} {self._full * filled}{self._empty * (room - filled)} {count}"
