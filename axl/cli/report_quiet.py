"""Reports only what went wrong: steps that failed, a run that did not succeed, and that failures were tolerated."""

from __future__ import annotations

from axl.cli.narrate import Narrator
from axl.cli.report_json import tell
from axl.cli.screen import Screen
from axl.wire.events import Event, RunFinished, TaskFinished


class Quiet:
    """A reporter that has nothing to say of a run that goes well."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._narrator = Narrator(screen.err)

    def __call__(self, event: Event, /) -> None:
        """Take one event."""
        if isinstance(event, TaskFinished) and event.status == "tolerated":
            return
        lines = self._narrator.lines(event)  # of every event: it learns the run's name, and who has a log
        for line in lines if _is_told(event) else []:
            self._screen.say(line)


class QuietJson:
    """The same as JSON lines."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def __call__(self, event: Event, /) -> None:
        """Take one event."""
        if _is_told(event):
            tell(event, self._screen)


def _is_told(event: Event) -> bool:
    if isinstance(event, RunFinished):
        return event.status != "succeeded" or "tolerated" in dict(event.counts)
    return isinstance(event, TaskFinished) and event.status == "failed"
