"""Reads everything that is in a store, and finds what is lost or damaged, and whom it concerns.

Nothing is loaded. Records come one after the other, objects are hashed by a few threads, and what engines
and collectors do meanwhile is no finding: whatever looks wrong is looked at once more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from blake3 import blake3

from axl.errors import DamagedError
from axl.io.store import Store
from axl.runtime.cache.results import read_parts
from axl.runtime.housekeeping.needs import IR, LOG, Needs, Owner, needs_of, owner_of
from axl.wire.address import run_key
from axl.wire.record import decode_node
from axl.wire.values import Ref

_BATCH = 500
_THREADS = 4
_AHEAD = 32
_SHORT = 12
"""Digits of a digest that a person is shown."""

_RESTORE = "restore the store from a copy; without one move it away, and run the same commands again"

Kind = Literal["object", "record", "need", "log", "header", "names"]
"""What is wrong: an object's bytes, a record's, what a record needs, its log, a run that has lost its
header or its program, or the list of records itself, which nothing here can repair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, with the record and the object it is about, where they are known.

    `run` and `step` name whom it concerns, as in `load[3]`; `what` says it to a person, and `hint` what
    helps where `repair` does not.
    """

    kind: Kind
    what: str
    key: str = ""
    digest: str = ""
    run: str = ""
    step: str = ""
    hint: str = ""


@dataclass(slots=True)
class Verdict:
    """What was read, and what is wrong with it."""

    records: int = 0
    objects: int = 0
    bytes: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Seen:
    """What is known while records are read: the objects that are sound, those that are not, and the runs."""

    sound: set[str]
    damaged: dict[str, str]
    runs: set[str]
    named: set[str] = field(default_factory=set)


def verify(store: Store) -> Verdict:
    """Return everything that is wrong in a store.

    Raises `StoreError` where it cannot be reached, or holds records of a newer release.
    """
    verdict = Verdict()
    sound, damaged = _hashed(store, verdict)
    seen = _Seen(sound, damaged, set())
    try:
        seen.runs = {key.partition("/")[2] for key in store.list_keys("run/")}
        for keys in _batches(_in_order(store, verdict), _BATCH):
            for key, body in _bodies(store, keys, verdict):
                verdict.records += 1
                verdict.findings.extend(_checked(store, key, body, seen))
    except DamagedError as error:
        verdict.findings.append(Finding(kind="names", what=error.what, hint=error.hint or _RESTORE))
    whose = "" if any(each.kind == "names" for each in verdict.findings) else "; no record needs it"
    others = {each: damaged[each] for each in damaged.keys() - seen.named}
    verdict.findings.extend(_not_needed(store, others, whose))
    return verdict


def _not_needed(store: Store, damaged: dict[str, str], whose: str) -> Iterator[Finding]:
    # A collector may have dropped some of them before they were read
    for digest, _, _ in store.list_objects() if damaged else ():
        if digest in damaged:
            yield Finding(kind="object", what=f"{damaged[digest]}{whose}", digest=digest)


def _hashed(store: Store, verdict: Verdict) -> tuple[set[str], dict[str, str]]:
    """Return the objects whose bytes are what they were, and what is wrong with the others."""
    sound: set[str] = set()
    damaged: dict[str, str] = {}
    with ThreadPoolExecutor(min(_THREADS, (os.cpu_count() or 1) + 1)) as pool:
        listed = iter(store.list_objects())
        waiting: list[tuple[str, Future[str]]] = []
        while True:
            for digest, size, _ in islice(listed, _AHEAD - len(waiting)):
                verdict.objects += 1
                verdict.bytes += size
                waiting.append((digest, pool.submit(_wrong, store, digest)))
            if not waiting:
                return sound, damaged
            digest, future = waiting.pop(0)
            what = future.result()
            if not what:
                sound.add(digest)
            else:
                damaged[digest] = what


def _wrong(store: Store, digest: str) -> str:
    try:
        store.read(digest).release()
    except DamagedError as error:
        return error.what
    return ""


def _in_order(store: Store, verdict: Verdict) -> Iterator[str]:
    """Yield all keys; where they are not in order, a key itself was damaged, and others may be hidden."""
    last = ""
    for key in store.list_keys(""):
        if key < last:
            what = f"the list of records is damaged: {key!r} comes after {last!r}"
            verdict.findings.append(Finding(kind="names", what=what, key=key, hint=_RESTORE))
        last = key
        yield key


def _batches(keys: Iterator[str], size: int) -> Iterator[list[str]]:
    while some := list(islice(keys, size)):
        yield some


def _bodies(store: Store, keys: Sequence[str], verdict: Verdict) -> Iterator[tuple[str, bytes]]:
    """Yield the records that can be read and are still there; the others become findings."""
    try:
        found = store.get_records(keys)
    except DamagedError as error:
        if len(keys) == 1:
            verdict.records += 1
            verdict.findings.append(_unreadable(keys[0], error))
            return
        for key in keys:
            yield from _bodies(store, [key], verdict)
        return
    yield from ((key, body) for key, body in zip(keys, found, strict=True) if body is not None)


def _unreadable(key: str, error: DamagedError) -> Finding:
    try:
        owner = owner_of(key)
    except DamagedError:
        owner = Owner(kind="")
    kind: Kind = "header" if owner.kind == "run" else "record"
    return Finding(kind=kind, what=error.what, key=key, run=owner.run, step=owner.step)


def _checked(store: Store, key: str, body: bytes, seen: _Seen) -> Iterator[Finding]:
    """Yield what is wrong with one record."""
    try:
        owner, needs = owner_of(key), needs_of(key, body)
        if owner.kind == "code":
            read_parts(store, key.partition("/")[2])
    except DamagedError as error:
        yield _unreadable(key, error)
        return
    if owner.run and owner.run not in seen.runs and not _is_begun(store, owner.run, seen):
        if store.get_record(key) is not None:
            what = f"the run {owner.run} has records, but its header is lost"
            yield Finding(kind="header", what=what, key=key, run=owner.run, step=owner.step)
        return
    found = list(_lacking(store, key, needs, owner, seen))
    if found and store.get_record(key) is not None:  # else a collector dropped it meanwhile
        yield from found


def _is_begun(store: Store, run: str, seen: _Seen) -> bool:
    """Say whether a run began only after the headers were listed."""
    if store.get_record(run_key(run)) is None and store.holder(f"run-{run}") is None:
        return False
    seen.runs.add(run)
    return True


def _lacking(store: Store, key: str, needs: Needs, owner: Owner, seen: _Seen) -> Iterator[Finding]:
    told: set[str] = set()
    places: dict[str, list[tuple[str, Ref]]] = {}
    for name, ref in needs.refs:
        if ref.data is None and ref.at:
            places.setdefault(ref.at, []).append((name, ref))
            continue
        what = _object_wrong(store, ref, seen) if ref.is_object else _bytes_wrong(ref)
        if what and ref.digest not in told:
            told.add(ref.digest)
            yield _finding(key, owner, name, ref, what)
    for at in sorted(places):
        held = _held_at(store, at)
        for name, ref in places[at]:
            if ref.digest not in held:
                yield _finding(key, owner, name, ref, f"is gone from the record {at}")


def _finding(key: str, owner: Owner, name: str, ref: Ref, what: str) -> Finding:
    kind: Kind = "header" if name == IR else "log" if name == LOG else "need"
    digest = ref.digest if ref.is_object else ""
    return Finding(kind=kind, what=f"{name} {what}", key=key, digest=digest, run=owner.run, step=owner.step)


def _object_wrong(store: Store, ref: Ref, seen: _Seen) -> str:
    if ref.digest in seen.sound:
        return ""
    seen.named.add(ref.digest)
    if ref.digest in seen.damaged:
        return f"is damaged, the object {ref.digest[:_SHORT]}"
    what = _wrong(store, ref.digest)  # it may have been written after the objects were listed
    if not what:
        seen.sound.add(ref.digest)
    return f"is lost, the object {ref.digest[:_SHORT]}" if what else ""


def _bytes_wrong(ref: Ref) -> str:
    if ref.data is None or blake3(ref.data).hexdigest() == ref.digest:
        return ""
    return f"is damaged, {ref.size} bytes of digest {ref.digest[:_SHORT]}"


def _held_at(store: Store, at: str) -> set[str]:
    """Return the digests of the bytes that a record holds."""
    try:
        body = store.get_record(at)
        values = decode_node(body, at).outputs if body is not None else ()
    except DamagedError:
        return set()
    return {value.digest for _, value in values if isinstance(value, Ref) and value.data is not None}
