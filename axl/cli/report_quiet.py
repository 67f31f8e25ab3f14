"""Reports only what went wrong: the steps that failed, and a run that did not succeed."""

from __future__ import annotations

from axl.cli.narrate import Narrator
from axl.cli.screen import Screen
from axl.wire.events import Event, RunFinished, TaskFinished


class Quiet:
    """A reporter that has nothing to say of a run that goes well."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._narrator = Narrator(screen.err)

    def __call__(self, event: Event, /) -> None:
        """Take one event."""
        for line in self._lines(event):
            self._screen.say(line)

    def _lines(self, event: Event) -> list[str]:
        lines = self._narrator.lines(event)  # of every event: it learns the run's name, and who has a log
        match event:
            case TaskFinished(status="failed"):
                return lines
            case RunFinished() if event.status != "succeeded":
                return lines
            case _:
                return []
