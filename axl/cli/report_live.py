"""Reports a run on a terminal: a bar for each map at the bottom, what matters scrolls by above.

The bottom is drawn at most ten times a second, by a thread, so that the engine never waits for a terminal.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from axl.cli.narrate import Narrator, span
from axl.cli.progress import Bar, Progress
from axl.cli.screen import Screen
from axl.ir.nodes import IRWorkflow
from axl.wire.events import Event, Reporter

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
        self._closed = threading.Event()
        self._above: list[str] = []
        self._began = time.monotonic()
        terminal = cast("TextIO", _Terminal(screen))
        self._console = Console(
            file=terminal, force_terminal=True, no_color=not screen.err.colour, highlight=False
        )
        self._bottom = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._bottom.start()

    def __call__(self, event: Event, /) -> None:
        with self._lock:
            self._progress.take(event)
            self._above.extend(self._narrator.lines(event))
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
        self.draw()
        self._bottom.stop()

    def draw(self) -> None:
        """Print what waits, and the bars below it."""
        # A terminal that is held (Ctrl-S) keeps the drawing lock; the engine only needs the other one.
        with self._drawing:
            with self._lock:
                above, self._above = self._above, []
                self._bottom.update(self._bars())
            if above:
                text = "\n".join(self._screen.err.shown(line) for line in above)
                self._console.print(Text.from_ansi(text), soft_wrap=True)
            self._bottom.refresh()

    def _bars(self) -> RenderableType:
        progress = self._progress
        failed = f", {progress.failed} failed" if progress.failed else ""
        elapsed = span(time.monotonic() - self._began)
        head = f"{progress.ended}/{progress.total}{failed}, {len(progress.running)} running, {elapsed}"
        running = ", ".join(list(progress.running)[:5])
        table = Table.grid(padding=(0, 1))
        table.add_column(max_width=24, no_wrap=True)
        table.add_column(max_width=40)
        table.add_column(no_wrap=True)
        for bar in [bar for bar in progress.bars.values() if bar.total][-_MOST_BARS:]:
            table.add_row(Text(bar.label), _drawn(bar), _count(bar))
        return Group(_line(head), table, _line(f"running: {running}" if running else ""))


class _Terminal(io.TextIOBase):
    """Standard error as rich writes to it; a terminal that has gone is no error."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a stream's is an attribute
        stream = self._screen.err.stream
        return (stream.encoding if stream is not None else None) or "utf-8"

    def write(self, text: str, /) -> int:
        self._screen.paste(text)
        return len(text)


def _line(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis")


def _drawn(bar: Bar) -> ProgressBar:
    # rich's own colours are all the same grey where a terminal has sixteen
    return ProgressBar(
        total=bar.total,
        completed=bar.ended,
        style="bright_black",
        complete_style="green",
        finished_style="green",
    )


def _count(bar: Bar) -> Text:
    return _line(f"{bar.ended}/{bar.total}" + (f" ({bar.failed} failed)" if bar.failed else ""))
