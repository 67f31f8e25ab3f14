"""Removes what is damaged, and what needs it, so that the same command computes it again.

Of a run that has lost results the rest stays, and it counts as not ended: the command that made it, or
`axl retry`, goes on with it. A run that has lost its header or its program is removed whole. A result
whose log is lost stays, without the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from axl.errors import DamagedError, LockedError
from axl.io.store import Store
from axl.io.stores.holder import note_of_this_process
from axl.runtime.cache.lost import MARGIN, is_sound
from axl.runtime.housekeeping.garbage import drop_run
from axl.runtime.housekeeping.verify import Finding
from axl.wire.record import decode_node, decode_session_end


@dataclass(slots=True)
class Repaired:
    """What was removed; `affected` runs have lost results, `removed` runs are gone.

    `left` is what could not be repaired, because an engine holds the run or nothing here can do it.
    """

    affected: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    records: int = 0
    objects: int = 0
    left: list[Finding] = field(default_factory=list)


def repair(store: Store, findings: Sequence[Finding]) -> Repaired:
    """Remove what is wrong, as `verify` found it, and what needs it.

    Killed at any point it leaves a store in which `verify` finds the rest.
    """
    done = Repaired()
    runs: dict[str, list[Finding]] = {}
    for each in findings:
        if each.kind == "names":
            done.left.append(each)
        else:
            runs.setdefault(each.run, []).append(each)
    for run, wrong in runs.items():
        try:
            with store.lock(f"run-{run}", note_of_this_process()) if run else nullcontext():
                _repair_run(store, run, wrong, done)
                store.commit()
        except LockedError:
            done.left.extend(wrong)
    # An object goes after the records that need it: without them it is only garbage
    _drop_objects(store, {each.digest for each in findings if each.digest}, done)
    store.sync()
    return done


def _repair_run(store: Store, run: str, findings: list[Finding], done: Repaired) -> None:
    """Repair one run, or for no run what belongs to none."""
    if run and any(each.kind == "header" for each in findings):
        drop_run(store, run, [key for key in store.list_keys("same/") if key.endswith(f"/{run}")])
        done.removed.append(run)
        return
    lost: set[str] = set()
    needed = {each.key for each in findings if each.kind in ("record", "need")}
    for each in findings:
        if each.kind == "log" and each.key not in needed:
            _forget_log(store, each.key)
        elif each.key:
            lost.add(each.key)
    store.drop_records(sorted(lost))
    done.records += len(lost)
    if any(key.startswith(("node/", "session/")) for key in lost):
        _reopen(store, run, lost)
        done.affected.append(run)


def _forget_log(store: Store, key: str) -> None:
    """Write a record again, without its log."""
    body = store.get_record(key)
    if body is not None:
        store.drop_records([key])
        store.put_record(key, replace(decode_node(body, key), log=None).encode())


def _reopen(store: Store, run: str, lost: Iterable[str]) -> None:
    """Let a run count as not ended, so that the same command goes on with it."""
    sessions = list(store.list_keys(f"session/{run}/"))
    if any(key.startswith("session/") and not key.endswith("/end") for key in lost):
        # Without its beginning a session has no number, and later ones would take it again
        store.drop_records(sessions)
        return
    for key in sessions:
        if key.endswith("/end") and _succeeded(store, key):
            store.drop_records([key])


def _succeeded(store: Store, key: str) -> bool:
    try:
        body = store.get_record(key)
        return body is not None and decode_session_end(body, key).status == "succeeded"
    except DamagedError:
        return False


def _drop_objects(store: Store, digests: set[str], done: Repaired) -> None:
    """Drop objects that are still damaged: an engine may have written one anew meanwhile."""
    if not digests:
        return
    for digest, _, written in list(store.list_objects()):
        if digest in digests and not is_sound(digest, store):
            store.drop_objects([digest], written + MARGIN)
            done.objects += 1
