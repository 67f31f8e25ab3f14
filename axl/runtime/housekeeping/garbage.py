"""Removes runs, and then what no other run needs: results, the parts of code, and stored bytes.

Safe beside running engines, and when it is killed at any point. The order is what makes it so:

1. The objects are listed. Only those that were not written for a while can be garbage: an engine takes
   far less time from writing bytes, or finding them written, to the record that needs them.
2. Runs are dropped one by one, each under its lock, so no engine takes up what is about to go. Of a run
   the header goes last; until then the next collection finds it, and takes the rest.
3. The results for other runs are listed, then all records of the runs that stay are read, and then
   those results are dropped that none of these runs has. A result that an engine has just written
   stays: it was listed before its run's records were read, or it was not listed.
4. An engine that found a result just before it was dropped writes the record of its own run right after
   that. It gets a moment, and then all records are read once more: what they name stays. Should an
   engine that is at work be held up longer than that, by a stop or a busy machine, then the objects
   of results that were dropped just now stay until the next collection.
5. Only now are objects dropped, and of those none that was written since the first step.
6. Where no engine is at work, the file of records gives back the space of those that are gone.

The parts of code are explanations only. They stay while any engine runs, which may have written them
before its first record.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from axl.errors import LockedError
from axl.io.store import Store
from axl.io.stores.holder import note_of_this_process
from axl.io.stores.local import LocalStore
from axl.runtime.cache.results import Cache
from axl.runtime.housekeeping.keeping import Keep, Old, old_runs
from axl.runtime.housekeeping.needs import needs_of
from axl.wire.address import run_key
from axl.wire.values import Ref

LOCK = "gc"
_NEAR = ("file", "memory")
_BATCH = 500
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long an object may wait for its record, and an engine for its own after finding a result."""

    grace: float
    settle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What was removed, or would be: runs, results for other runs, parts of code, objects and their bytes.

    `busy` are runs that would have gone, but an engine held them. `later` counts the objects that stay
    until the next collection, because engines are at work that may have found them.
    """

    runs: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()
    results: int = 0
    codes: int = 0
    objects: int = 0
    bytes: int = 0
    later: int = 0


@dataclass(slots=True)
class _Used:
    """What the records of the runs that stay have: the keys of results, and fingerprints of code."""

    results: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)


def pace_of(store: Store) -> Pace:
    """Return how long to wait in a store; a bucket is told less often what is still in use."""
    if store.url.partition("://")[0] in _NEAR:
        return Pace(grace=3600.0, settle=1.0)
    return Pace(grace=86400.0, settle=30.0)


def preview(store: Store, keep: Keep, pace: Pace) -> Swept:
    """Return what a collection would remove now; nothing is changed."""
    now = time.time()
    old = [each.record.run for each in old_runs(store, keep, now, pace.grace)]
    busy = [run for run in old if store.holder(f"run-{run}") is not None]
    gone = frozenset(old).difference(busy)
    sizes = _listed(store, now - pace.grace)
    results, codes = list(store.list_keys("cache/")), list(store.list_keys("code/"))
    used = _used(store, gone)
    unused = frozenset(_unused(results, used.results))
    for digest in _needed(store, gone, unused):
        sizes.pop(digest, None)
    return Swept(
        runs=tuple(run for run in old if run in gone),
        busy=tuple(busy),
        results=len(unused),
        codes=0 if _live(store) else len(_unused(codes, used.codes)),
        objects=len(sizes),
        bytes=sum(sizes.values()),
    )


def collect(store: Store, keep: Keep, pace: Pace) -> Swept:
    """Remove runs that are not to stay, and what no other run needs.

    Raises `LockedError` when another collection is under way, `DamagedError` when a record cannot be
    read: what it needs is not known then, so nothing more is removed.
    """
    with store.lock(LOCK, note_of_this_process()):
        store.clean_temp()
        swept = _collect(store, keep, pace)
        _shrink(store)
        return swept


def _collect(store: Store, keep: Keep, pace: Pace) -> Swept:
    limit = time.time() - pace.grace
    sizes = _listed(store, limit)
    dropped, busy = _drop_runs(store, old_runs(store, keep, time.time(), pace.grace))
    results, codes = list(store.list_keys("cache/")), list(store.list_keys("code/"))
    used = _used(store, _NONE)
    unused, live = _unused(results, used.results), _live(store)
    unused_codes = [] if live else _unused(codes, used.codes)
    found = _objects_of(store, unused) if live else set[str]()
    store.drop_records([*unused, *unused_codes])
    store.sync()
    later = 0
    if sizes:
        time.sleep(pace.settle)
        later = _leave_needed(store, sizes, found, live)
        store.drop_objects(sizes, limit)
    return Swept(
        runs=tuple(dropped),
        busy=tuple(busy),
        results=len(unused),
        codes=len(unused_codes),
        objects=len(sizes),
        bytes=sum(sizes.values()),
        later=later,
    )


def _shrink(store: Store) -> None:
    """Make the list of records as small as what is in it; only a file does not do so by itself."""
    if isinstance(store, LocalStore) and not _live(store):
        store.shrink()


def _leave_needed(store: Store, sizes: dict[str, int], found: set[str], live: AbstractSet[str]) -> int:
    """Take out of `sizes` what must stay, and return how much of it only for now."""
    for digest in _needed(store, _NONE, _NONE):
        sizes.pop(digest, None)
    later = found & sizes.keys() if found and live & _live(store) else _NONE
    for digest in later:
        del sizes[digest]
    return len(later)


def _listed(store: Store, limit: float) -> dict[str, int]:
    """Return the objects that were not written since a time, with their bytes."""
    return {digest: size for digest, size, written in store.list_objects() if written < limit}


def _drop_runs(store: Store, old: Iterable[Old]) -> tuple[list[str], list[str]]:
    """Drop runs, and return which, and which not because somebody works on them."""
    old = list(old)
    same: dict[str, list[str]] = {}
    for key in store.list_keys("same/") if old else ():
        same.setdefault(key.rpartition("/")[2], []).append(key)
    dropped, busy = list[str](), list[str]()
    for each in old:
        run = each.record.run
        try:
            with store.lock(f"run-{run}", note_of_this_process()):
                gone = _drop_run(store, each, same.get(run, ()))
        except LockedError:
            gone = False
        (dropped if gone else busy).append(run)
    return dropped, busy


def _drop_run(store: Store, old: Old, same: Iterable[str]) -> bool:
    """Drop a run, unless an engine has worked on it since it was found to be old."""
    run = old.record.run
    if tuple(store.list_keys(f"session/{run}/")) != old.sessions:
        return False
    # Where records go one by one, a run that is half gone can neither be continued nor look unfinished
    drop_run(store, run, same)
    store.commit()
    return True


def drop_run(store: Store, run: str, same: Iterable[str]) -> None:
    """Drop all records of a run, the header last; `same` are the keys by which it is found."""
    store.drop_records(same)
    for prefix in ("attempt", "node"):
        store.drop_records(list(store.list_keys(f"{prefix}/{run}/")))
    sessions = list(store.list_keys(f"session/{run}/"))
    store.drop_records([key for key in sessions if not key.endswith("/end")])
    store.drop_records([key for key in sessions if key.endswith("/end")])
    store.drop_records([run_key(run)])


def _used(store: Store, without: AbstractSet[str]) -> _Used:
    used = _Used()
    split = Cache(store, "", {}, "use", _say_nothing).split_key
    for key, body in _records(store, "node/", without):
        needs = needs_of(key, body)
        assert needs.node is not None
        if needs.node.key:
            used.results.add(needs.node.key)
        if needs.node.code:
            used.codes.add(needs.node.code)
        # A list that is stored item by item has no record of its own where a map runs over several
        used.results.update(split(ref) for _, ref in needs.refs if ref.count is not None)
    for key, body in _records(store, "attempt/", without):
        node = needs_of(key, body).node
        assert node is not None
        used.codes.add(node.code)
    return used


def _needed(store: Store, without: AbstractSet[str], unused: AbstractSet[str]) -> Iterator[str]:
    """Yield the objects that records name, but for those of some runs and some results."""
    for prefix in ("run/", "session/", "node/", "attempt/"):
        for key, body in _records(store, prefix, without):
            yield from _objects(key, body)
    for key, body in store.list_records("cache/"):
        if key not in unused:
            yield from _objects(key, body)


def _records(store: Store, prefix: str, without: AbstractSet[str]) -> Iterator[tuple[str, bytes]]:
    for key, body in store.list_records(prefix):
        if not without or key.split("/", 2)[1] not in without:
            yield key, body


def _objects(key: str, body: bytes) -> Iterator[str]:
    refs: Iterable[tuple[str, Ref]] = needs_of(key, body).refs
    return (ref.digest for _, ref in refs if ref.is_object)


def _objects_of(store: Store, keys: list[str]) -> set[str]:
    out: set[str] = set()
    for start in range(0, len(keys), _BATCH):
        some = keys[start : start + _BATCH]
        for key, body in zip(some, store.get_records(some), strict=True):
            if body is not None:
                out.update(_objects(key, body))
    return out


def _unused(keys: Iterable[str], used: AbstractSet[str]) -> list[str]:
    return [key for key in keys if key.partition("/")[2] not in used]


def _live(store: Store) -> set[str]:
    """Return the runs that an engine holds now; it has begun a session, and not ended it."""
    open_: dict[str, bool] = {key.partition("/")[2]: True for key in store.list_keys("run/")}
    for key in store.list_keys("session/"):
        open_[key.split("/")[1]] = not key.endswith("/end")
    return {run for run, unended in open_.items() if unended and store.holder(f"run-{run}") is not None}


def _say_nothing(_why: str) -> None:
    return
