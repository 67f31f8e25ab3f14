"""A store in a folder of this machine: files for objects, SQLite for records, kernel locks.

    version         the number of the store's format
    objects/ab/…    immutable objects, read-only, named by their blake3 digest
    unsynced/…      marks of objects that no `sync` has reached yet
    dropping/…      objects that a collector is about to remove
    records.db      records and claims; `records.db-wal` beside it is its log
    locks/…         names that are held
    tmp/…           unfinished objects and private folders of live processes

What is fsynced, when, and why. Writing an object and committing a record wait for no disk: what they
wrote is in the kernel's hands, so it survives the death of every process, though not a power cut.
`sync` makes it survive that too, in this order: every marked object's bytes, the folders that hold their
names, and then the log of the records with its folder. Only after that may the log be folded into the
database. SQLite does so by itself only when the last process closes the database, and so `close` syncs
the objects first. Neither makes a record durable before the objects that were written before it.

Until `sync` returns, a power cut may lose any of it, and the kernel may have written a record earlier
than its object by itself. A lost or half-written object never passes for a sound one: every read compares
the digest and raises `DamagedError`, and whoever asked can compute the value again.

Any number of processes and threads may use one folder. A fork commits what was put; the child then opens
its own connection, makes its own temporary folder, and holds none of its parent's locks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from axl.io.store import INLINE_LIMIT, ObjectWriter
from axl.io.stores.claim import is_claimed
from axl.io.stores.claims import Claims
from axl.io.stores.failure import reported
from axl.io.stores.layout import prepare
from axl.io.stores.locks import Lock, clean_locks, holder_of, lock_path
from axl.io.stores.objects import Objects
from axl.io.stores.records import Records
from axl.io.stores.scratch import Scratch
from axl.io.stores.writer import LocalWriter


class LocalStore:
    """A store in a folder; made if its parent exists and nothing else is in it.

    Raises `StoreError` when the folder cannot be used.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))  # noqa: PTH100 (`resolve` would follow links)
        self._url = self.root.as_uri()
        prepare(self.root)
        self._scratch = Scratch(self.root / "tmp")
        self._objects = Objects(
            self.root / "objects", self.root / "unsynced", self.root / "dropping", self._scratch
        )
        self._records = Records(self.root / "records.db", self._objects.sync)
        self._claims = Claims(self._records, self._is_held)

    @property
    def url(self) -> str:
        return self._url

    def write(self, inline: int = INLINE_LIMIT) -> ObjectWriter:
        return LocalWriter(self._objects, inline)

    def read(self, digest: str) -> memoryview:
        return self._objects.read(digest)

    def lacks(self, objects: Sequence[tuple[str, int]]) -> set[str]:
        return self._objects.lacks(objects)

    def local_path(self, digest: str) -> Path:
        self._objects.read(digest)
        return self._objects.path_of(digest)

    def work_folder(self) -> AbstractContextManager[Path]:
        return self._scratch.folder()

    def clean_temp(self) -> None:
        self._scratch.clean()
        self._objects.put_back()
        self._claims.clean()
        clean_locks(self.root / "locks")

    def put_record(self, key: str, body: bytes) -> bytes | None:
        return self._records.put(key, body)

    def get_record(self, key: str) -> bytes | None:
        return self._records.get(key)

    def put_records(self, records: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        return self._records.put_all(records)

    def get_records(self, keys: Sequence[str]) -> list[bytes | None]:
        return self._records.get_all(keys)

    def drop_records(self, keys: Iterable[str]) -> None:
        self._records.drop(keys)

    def list_objects(self) -> Iterator[tuple[str, int, float]]:
        return self._objects.scan()

    def drop_objects(self, digests: Iterable[str], before: float) -> None:
        for digest in digests:
            self._objects.drop(digest, before)

    def list_records(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        return self._records.scan(prefix)

    def list_keys(self, prefix: str) -> Iterator[str]:
        return self._records.scan_keys(prefix)

    def commit(self) -> None:
        self._records.commit()

    def sync(self) -> None:
        self._records.commit()
        self._objects.sync()
        self._records.sync()

    def shrink(self) -> None:
        """Give space that removed records took back to the file system, unless somebody is at work."""
        self._records.shrink()

    def lock(self, name: str, note: str) -> AbstractContextManager[None]:
        return Lock(lock_path(self.root / "locks", name), name, note)

    def holder(self, name: str) -> str | None:
        return holder_of(lock_path(self.root / "locks", name))

    def claim(self, names: Sequence[str], lock: str) -> list[bool]:
        return self._claims.claim(names, lock)

    def release(self, names: Sequence[str], lock: str) -> None:
        self._claims.release(names, lock)

    def close(self) -> None:
        try:
            self._records.close()
        finally:
            self._scratch.close()

    def _is_held(self, lock: str) -> bool:
        path = lock_path(self.root / "locks", lock)
        with reported("look at", path):
            return is_claimed(path)
