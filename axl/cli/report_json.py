"""Reports a run as JSON lines, one for each event, for programs that follow along."""

from __future__ import annotations

import json
import re
import time
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

    def report(event: Event) -> None:
        screen.say(as_json(event, time.time()))

    yield report


def as_json(event: Event, now: float) -> str:
    """Return one event as a line of JSON."""
    line: dict[str, object] = {"time": round(now, 3), "event": _kind(event)}
    if not isinstance(event, RunStarted | RunFinished | Stopping | Noted):
        line["name"] = instance_text(event.node, event.index)
    for field in fields(event):
        line[field.name] = getattr(event, field.name)
    if "counts" in line:
        line["counts"] = dict(event.counts) if isinstance(event, RunFinished) else {}
    return json.dumps({name: value for name, value in line.items() if value is not None}, default=_plain)


def _kind(event: Event) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def _plain(value: object) -> object:
    if isinstance(value, Failure):
        return value.to_json()
    raise TypeError(f"an event holds a {type(value).__name__}")
