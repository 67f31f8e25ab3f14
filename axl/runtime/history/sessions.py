"""The engines' sessions on a run, as records tell them: when, how long, and how each left it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from axl.errors import DamagedError
from axl.io.store import Store
from axl.runtime.history.timeline import scan
from axl.wire.record import RunStatus, SessionEnd, SessionRecord, decode_session, decode_session_end


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """An engine's time with a run; `end` is `None` while it works, and when it was killed."""

    number: int
    record: SessionRecord
    end: SessionEnd | None

    @property
    def seconds(self) -> float:
        """How long it took, 0 while it has no end; by the wall clock where its record does not tell."""
        if self.end is None:
            return 0.0
        known = self.end.seconds
        return known if known is not None else max(0.0, self.end.ended - self.record.started)


def sessions_of(run: str, store: Store) -> tuple[SessionView, ...]:
    """Return every engine's time with a run, in order."""
    prefix = f"session/{run}/"
    records: dict[int, SessionRecord] = {}
    ends: dict[int, SessionEnd] = {}
    for key, body in store.list_records(prefix):
        number, _, end = key.removeprefix(prefix).partition("/")
        if not number.isdigit():
            raise DamagedError(f"the record {key!r} has no session number that axl writes")
        if end:
            ends[int(number)] = decode_session_end(body, key)
        else:
            records[int(number)] = decode_session(body, key)
    return tuple(
        SessionView(number=number, record=record, end=ends.get(number))
        for number, record in sorted(records.items())
    )


def last_begun(store: Store) -> dict[str, float]:
    """Return when the last session of each run began, in seconds since the epoch."""
    begun: dict[str, float] = {}
    for key, body in store.list_records("session/"):
        if not key.endswith("/end"):
            run = key.split("/")[1]
            begun[run] = max(begun.get(run, 0.0), decode_session(body, key).started)
    return begun


def status_of(run: str, sessions: tuple[SessionView, ...], store: Store) -> RunStatus:
    """Return how the last engine left a run; without that, whether one still holds it."""
    if sessions and sessions[-1].end is not None:
        return sessions[-1].end.status
    return "interrupted" if store.holder(f"run-{run}") is None else "running"


def seconds_of(run: str, sessions: tuple[SessionView, ...], store: Store) -> float:
    """Return what all sessions took together; a killed one counts up to its last record."""
    total = sum(session.seconds for session in sessions)
    killed = [session for session in sessions if session.end is None]
    if not killed:
        return total
    if killed[-1] is sessions[-1] and status_of(run, sessions, store) == "running":
        return total + max(0.0, time.time() - killed[-1].record.started)
    return total + _time_of_killed(run, killed, sessions, store)


def _time_of_killed(
    run: str, killed: list[SessionView], sessions: tuple[SessionView, ...], store: Store
) -> float:
    limits = [session.record.started for session in sessions[1:]] + [float("inf")]
    spans = {
        each.number: (each.record.started, limit)
        for each, limit in zip(sessions, limits, strict=True)
        if each in killed
    }
    last = {number: started for number, (started, _) in spans.items()}
    for instance in scan(store, run):
        ended = instance.started + instance.seconds
        for number, (started, limit) in spans.items():
            if started <= ended < limit:
                last[number] = max(last[number], ended)
    return sum(last[number] - started for number, (started, _) in spans.items())
