"""Reports only what went wrong: the steps that failed, and a run that did not succeed."""

from __future__ import annotations

from axl.cli.narrate import Narrator
from axl.cli.screen import Screen
from axl.wire.events import Event, RunFinished, RunStarted, TaskFinished, TaskPrinted


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
        if isinstance(event, RunStarted):
            self._narrator.started(event)  # the narrator learns the run's name
        if isinstance(event, TaskPrinted):
            self._narrator.printed(event)  # and who has a log
        if isinstance(event, TaskFinished) and event.status == "failed":
            return self._narrator.finished(event)
        if isinstance(event, RunFinished) and event.status != "succeeded":
            return self._narrator.ended(event)
        return []
