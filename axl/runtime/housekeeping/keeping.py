"""Which runs of a store stay: the newest of each workflow, the young ones, and those that are not at their end."""

from __future__ import annotations

from dataclasses import dataclass

from axl.errors import UsageError
from axl.io.store import Store
from axl.runtime.history.timeline import scan
from axl.wire.record import RunRecord, RunStatus, decode_run, decode_session, decode_session_end

LEAST_HASH = 6
_RESUMABLE: tuple[RunStatus | None, ...] = (None, "cancelled", "interrupted", "running")
"""How a session left a run that somebody may want to go on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What is to stay: the `newest` runs of each workflow, and those worked on in the last `younger` seconds.

    Both together keep a run for either reason. With a `workflow`, a name or the beginning of a hash,
    the runs of all others stay.
    """

    newest: int | None = None
    younger: float | None = None
    workflow: str = ""

    def __post_init__(self) -> None:
        if self.newest is None and self.younger is None:
            raise UsageError(
                "nothing says which runs are to stay",
                hint="axl gc --keep 10, axl gc --older-than 30d, or both",
            )
        for value in (self.newest, self.younger):
            if value is not None and not value >= 0:
                raise UsageError(f"{value!r} is not a number of zero or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """A run that is not to stay; `sessions` are the keys that its sessions had when that was decided."""

    record: RunRecord
    sessions: tuple[str, ...]


@dataclass(slots=True)
class _Life:
    """What the sessions of one run say: when it was last worked on, and how it was left."""

    keys: list[str]
    worked: float = 0.0
    last: int = 0
    status: RunStatus | None = None

    def add(self, key: str, body: bytes) -> None:
        number, _, end = key.split("/", 2)[2].partition("/")
        if end:
            ended = decode_session_end(body, key)
            moment, status = ended.ended, ended.status
        else:
            moment, status = decode_session(body, key).started, None
        self.keys.append(key)
        self.worked = max(self.worked, moment)
        if int(number) >= self.last:
            # The end of a session comes right after its beginning, in the order of keys
            self.last, self.status = int(number), status


def old_runs(store: Store, keep: Keep, now: float, grace: float) -> list[Old]:
    """Return the runs that are not to stay, by what their records say at this moment.

    A run whose last session did not end is old only when nothing was recorded for `younger` seconds,
    one that has no session at all only when it was begun more than `grace` seconds ago.
    """
    lives = _lives(store)
    groups: dict[str, list[RunRecord]] = {}
    for key, body in store.list_records("run/"):
        record = decode_run(body, key)
        groups.setdefault(record.workflow, []).append(record)
    out: list[Old] = []
    for records in groups.values():
        records.sort(key=lambda each: (_worked(each, lives), each.created), reverse=True)
        for record in records[keep.newest or 0 :]:
            life = lives.get(record.run)
            if _is_meant(record, keep.workflow) and _is_old(record, life, keep, now, grace, store):
                out.append(Old(record=record, sessions=tuple(life.keys) if life else ()))
    return out


def _lives(store: Store) -> dict[str, _Life]:
    lives: dict[str, _Life] = {}
    for key, body in store.list_records("session/"):
        lives.setdefault(key.split("/")[1], _Life([])).add(key, body)
    return lives


def _worked(record: RunRecord, lives: dict[str, _Life]) -> float:
    life = lives.get(record.run)
    return max(record.created, life.worked) if life else record.created


def _is_meant(record: RunRecord, workflow: str) -> bool:
    by_hash = len(workflow) >= LEAST_HASH and record.hash.startswith(workflow)
    return not workflow or record.workflow == workflow or by_hash


def _is_old(
    record: RunRecord, life: _Life | None, keep: Keep, now: float, grace: float, store: Store
) -> bool:
    if life is None:  # killed before it did anything, or just about to
        return record.created < now - max(grace, keep.younger or 0)
    worked = max(record.created, life.worked)
    if life.status not in _RESUMABLE:
        return keep.younger is None or worked < now - keep.younger
    if keep.younger is None or worked >= now - keep.younger:
        return False
    last = max((each.started + each.seconds for each in scan(store, record.run)), default=0.0)
    return max(last, worked) < now - keep.younger
