"""What a store is: immutable objects by digest, records written once by key, locks by name.

Every implementation keeps these promises, and nothing above this room knows which one it talks to:

- an object's bytes hash to its name, and are checked on every read;
- a record is written once: the first writer wins and every later one is told what stands there;
- what `commit` has returned for is seen by every process, what `sync` has returned for survives a
  power cut, objects before the records that were put after them;
- a lock dies with the process that holds it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
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

    def list_records(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Yield every key that starts with `prefix` and its body, in order of keys."""
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

    def close(self) -> None:
        """Commit, and release what is open."""
        ...
