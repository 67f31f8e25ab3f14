"""Locks in an object store: leases that their holders renew, and that nobody's clock decides about.

Each holding of a name is an object `locks/NAME/NUMBER` that was written because it did not exist. The
highest number is the one that counts. Its holder writes it anew every few seconds, and at last as
released; it stays then, so that numbers only grow. Who wants the name and finds a holder watches: one
sign of life and the name is taken; none for the time of the lease, and the next number is free to be
won, by one. On the machine of a holder that is dead nobody waits: its process is looked up.

A holder that was stopped for longer than its lease may go on and not know that another took over. It
learns so at its next sign of life, and its store refuses to commit. Until then it can only repeat work:
records are written once, by whomever.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from axl.errors import DamagedError, LockedError, StoreError
from axl.io.stores.holder import held_by
from axl.io.stores.remote.client import Client, Entry
from axl.io.stores.remote.frames import part_of, seal, unseal
from axl.io.stores.remote.machine import Process, is_alive, is_dead, this_process

_BEATS = 6
"""Signs of life within the time of a lease."""

_HINT = "wait for it, or end that process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What stands in a lock's highest object."""

    number: int
    note: str
    owner: str
    beat: int
    released: bool
    process: Process

    def encode(self, path: str) -> bytes:
        """Return the body of the object."""
        facts = {
            "note": self.note,
            "owner": self.owner,
            "beat": self.beat,
            "released": self.released,
            "machine": self.process.machine,
            "pid": self.process.pid,
            "started": self.process.started,
        }
        return seal(path, json.dumps(facts).encode())


@dataclass(slots=True)
class Leases:
    """The locks of one store."""

    client: Client
    _seen: dict[str, tuple[str, float]] = field(default_factory=dict, init=False)
    _live: dict[str, float] = field(default_factory=dict, init=False)
    _lost: set[str] = field(default_factory=set, init=False)

    @property
    def seconds(self) -> float:
        """After how long without a sign of life a lease is over."""
        return self.client.place.lease

    @contextmanager
    def lock(self, name: str, note: str) -> Iterator[None]:
        """Hold a name; raises `LockedError` when it is taken."""
        lease = self._take(name, note)
        over = threading.Event()
        thread = threading.Thread(
            target=self._renew, args=(name, lease, over), name=f"axl-lease-{name[:40]!a}", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self._release(name, lease)

    def holder(self, name: str) -> str | None:
        """Return the note of the live holder of a lock, as far as a single look can tell."""
        entry, lease = self._highest(name)
        if entry is None or lease is None or lease.released or is_dead(lease.process):
            return None
        if is_alive(lease.process) or time.time() - entry.written < 2 * self.seconds:
            return lease.note
        return None

    def is_live(self, name: str) -> bool:
        """Say whether a lock is held; one that shows no sign of life from now on is at last not."""
        now = time.monotonic()
        if self._live.get(name, 0) > now:
            return True
        _, lease = self._highest(name)
        if lease is None or lease.released or is_dead(lease.process):
            return False
        sign = f"{lease.number} {lease.owner} {lease.beat}"
        if self._seen.get(name, ("", 0.0))[0] != sign:
            self._seen[name] = sign, now
        live = is_alive(lease.process) or now - self._seen[name][1] < self.seconds
        if live:
            self._live[name] = now + self.seconds / _BEATS / 2
        return live

    def check(self) -> None:
        """Raise `StoreError` if another has taken over a lock that this store held."""
        if self._lost:
            name = min(self._lost)
            raise StoreError(
                f"{name} was taken over by another process: this one showed no sign of life for too long",
                hint="let the other one finish; nothing that was committed is lost",
            )

    def _take(self, name: str, note: str) -> Lease:
        while True:
            _, there = self._highest(name)
            if there is not None and not self._is_over(name, there):
                raise LockedError(held_by(name, there.note), hint=_HINT)
            mine = Lease(
                number=1 if there is None else there.number + 1,
                note=note,
                owner=secrets.token_hex(8),
                beat=0,
                released=False,
                process=this_process(),
            )
            path = _path(name, mine.number)
            if self.client.create(path, mine.encode(path)) is None and self._is_highest(name, mine):
                self._lost.discard(name)
                return mine

    def _is_highest(self, name: str, mine: Lease) -> bool:
        """Say whether ours counts; then remove those before it, else ours."""
        paths = [entry.path for entry in self._entries(name)]
        own = _path(name, mine.number)
        if paths[-1:] == [own]:
            self.client.delete(paths[:-1])
            return True
        self.client.delete([own])
        return False

    def _is_over(self, name: str, there: Lease) -> bool:
        """Say whether a lease has ended; if need be, watch for a sign of life for as long as it lasts."""
        if there.released or is_dead(there.process):
            return True
        if is_alive(there.process):
            return False
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            time.sleep(self.seconds / _BEATS / 2)
            _, now = self._highest(name)
            if now is None or now.released:
                return True
            if (now.number, now.beat) != (there.number, there.beat):
                return False
        return True

    def _renew(self, name: str, lease: Lease, over: threading.Event) -> None:
        """Show signs of life until the lock ends; a failed one is made up by the next."""
        path, beat = _path(name, lease.number), 0
        while not over.wait(self.seconds / _BEATS):
            beat += 1
            with suppress(StoreError):
                if self._is_taken_over(name, lease):
                    self._lost.add(name)
                    return
                self.client.put(path, replace(lease, beat=beat).encode(path), self.seconds / 2)

    def _is_taken_over(self, name: str, lease: Lease) -> bool:
        return any(entry.path > _path(name, lease.number) for entry in self._entries(name))

    def _release(self, name: str, lease: Lease) -> None:
        if name in self._lost:
            return
        path = _path(name, lease.number)
        with suppress(StoreError):  # without a sign of life the lease is soon over anyway
            self.client.put(path, replace(lease, released=True).encode(path), self.seconds)

    def _highest(self, name: str) -> tuple[Entry | None, Lease | None]:
        """Return the object that counts; again, if it was replaced between two looks."""
        while True:
            entries = self._entries(name)
            if not entries:
                return None, None
            path = entries[-1].path
            lease = self.client.get(path, lambda data: _decode(data, path))  # noqa: B023 (called at once)
            if lease is not None:
                return entries[-1], lease

    def _entries(self, name: str) -> list[Entry]:
        return sorted(self.client.entries(f"locks/{part_of(name)}"), key=lambda entry: entry.path)


def _path(name: str, number: int) -> str:
    return f"locks/{part_of(name)}/{number:010d}"


def _decode(data: bytes, path: str) -> Lease:
    match json.loads(unseal(data, path).body):
        case {
            "note": str(note),
            "owner": str(owner),
            "beat": int(beat),
            "released": bool(released),
            "machine": str(machine),
            "pid": int(pid),
            "started": str(started),
        }:
            return Lease(
                number=int(path.rpartition("/")[2]),
                note=note,
                owner=owner,
                beat=beat,
                released=released,
                process=Process(machine, pid, started),
            )
        case _:
            raise DamagedError(f"the lock {path} was not written by axl", hint="remove that object")
