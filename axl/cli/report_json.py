"""Reports a run as JSON lines, one for each event, for programs that follow along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

from axl.cli.screen import Screen
from axl.wire.address import instance_text
from axl.wire.events import Event, Noted, Reporter, RunFinished, RunStarted, Stopping
from axl.wire.outcome import Failure


@contextmanager
def json_lines(screen: Screen) -> Iterator[Reporter]:
    """Give a reporter that prints a JSON object a line.

    Each has `time` (seconds since the epoch), `event`, the event's own fields and, where the event is
    about an instance, its `name`.
    """
    yield lambda event: tell(event, screen)


def tell(event: Event, screen: Screen) -> None:
    """Print one event as a line of JSON."""
    screen.log(_kind(event), _facts(event))


def _facts(event: Event) -> dict[str, object]:
    line: dict[str, object] = {}
    if not isinstance(event, RunStarted | RunFinished | Stopping | Noted):
        line["name"] = instance_text(event.node, event.index)
    for field in fields(event):
        line[field.name] = getattr(event, field.name)
    if "counts" in line:
        line["counts"] = dict(event.counts) if isinstance(event, RunFinished) else {}
    return {name: _plain(value) for name, value in line.items() if value is not None}


def _kind(event: Event) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def _plain(value: object) -> object:
    return value.to_json() if isinstance(value, Failure) else value
