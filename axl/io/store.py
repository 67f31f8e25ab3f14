"""What a store is: immutable objects by digest, records written once by key, locks by name.

Every implementation keeps these promises, and nothing above this room knows which one it talks to:

- an object's bytes hash to its name, and are checked on every read;
- a record is written once: the first writer wins and every later one is told what stands there;
- what `commit` has returned for is seen by every process, what `sync` has returned for survives a
  power cut, objects before the records that were put after them;
- a lock dies with the process that holds it, and with it every claim that was made under it.

Garbage is collected beside running engines. What a collector must do, in this order: choose a time far
enough in the past, list the objects, read all records that are to stay and so which objects they need,
drop the other records, `sync`, and then drop the objects that nobody needs and that nobody wrote since
that time. Killed at any point it leaves objects that nobody needs, never a record without its object.
Writing bytes that are there already counts as writing them, so what a running engine has just reused
stays; the time must lie further back than any engine takes from writing an object to its record.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

INLINE_LIMIT = 4096
"""Bytes up to which a value travels inside its record instead of becoming an object."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of written bytes; `data` holds them when they are small enough to travel along."""

    digest: str
    size: int
    data: bytes | None = None


class ObjectWriter(io.RawIOBase):
    """A writable stream that becomes an object when `finish` is called, and nothing otherwise."""

    def finish(self) -> Stored:
        """Make the bytes an object, unless they are small, and return what they are."""
        raise NotImplementedError


class Store(Protocol):
    """A place for everything that runs leave behind."""

    @property
    def url(self) -> str:
        """The URL that opens this store again."""
        ...

    def write(self, inline: int = INLINE_LIMIT) -> ObjectWriter:
        """Open a stream for a new object; closing it without `finish` leaves nothing.

        Up to `inline` bytes are handed back by `finish` instead of becoming an object.
        """
        ...

    def read(self, digest: str) -> memoryview:
        """Return an object's bytes, verified; they may be mapped, and writing to them stays private.

        Raises `DamagedError` when the object is missing or does not hash to its name.
        """
        ...

    def lacks(self, objects: Sequence[tuple[str, int]]) -> set[str]:
        """Return the digests of those objects that are lost or cut short, each given with its size.

        A quick look before results are used again, and no promise: where it would take a request, it is
        not taken, and nothing is said to be lost. Whoever reads an object learns the truth.
        """
        ...

    def local_path(self, digest: str) -> Path:
        """Return a read-only local file of an object's bytes, verified."""
        ...

    def work_folder(self) -> AbstractContextManager[Path]:
        """Give a private folder on this machine that is gone afterwards, even after a crash."""
        ...

    def clean_temp(self) -> None:
        """Remove what processes that have died left unfinished."""
        ...

    def put_record(self, key: str, body: bytes) -> bytes | None:
        """Write a record if there is none; return `None`, or the body that was there first."""
        ...

    def get_record(self, key: str) -> bytes | None:
        """Return a record's body, or `None`."""
        ...

    def put_records(self, records: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        """Write many records as one batch; what `put_record` returns, for each."""
        ...

    def get_records(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the body of each record, or `None`."""
        ...

    def drop_records(self, keys: Iterable[str]) -> None:
        """Remove records, if they are there; like new ones, this is seen after `commit`."""
        ...

    def list_objects(self) -> Iterator[tuple[str, int, float]]:
        """Yield every object's digest, its bytes, and when it was last written, in seconds of the epoch."""
        ...

    def drop_objects(self, digests: Iterable[str], before: float) -> None:
        """Remove those of the objects that were not written since `before`, in seconds of the epoch."""
        ...

    def list_records(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Yield every key that starts with `prefix` and its body, in order of keys."""
        ...

    def list_keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with `prefix`, in order, also of records that cannot be read."""
        ...

    def commit(self) -> None:
        """Make the records put so far visible to other processes."""
        ...

    def sync(self) -> None:
        """Make everything written so far survive a power cut."""
        ...

    def lock(self, name: str, note: str) -> AbstractContextManager[None]:
        """Hold a name until the context ends or the process dies.

        `note` says who holds it. Raises `LockedError`, with the holder's note, when it is taken.
        """
        ...

    def holder(self, name: str) -> str | None:
        """Return the note of the live holder of a lock, or `None`; nobody is kept from taking it."""
        ...

    def claim(self, names: Sequence[str], lock: str) -> list[bool]:
        """Take each name that nobody holds, and say of each whether it is held by `lock` now.

        A claim belongs to whoever holds the lock of that name, which the caller does. It is void once
        no live process holds that lock; so a name that was claimed under the same lock before is given
        again. Like a record, a claim keeps other processes from writing until `commit`, which then
        find it taken.
        """
        ...

    def release(self, names: Sequence[str], lock: str) -> None:
        """Let go of the names among these that `lock` claimed; others may take them soon after `commit`."""
        ...

    def close(self) -> None:
        """Commit, and release what is open."""
        ...
