"""A store in the memory of this process, for tests: one for each name, until the process ends."""

from __future__ import annotations

import tempfile
import threading
import time
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from axl.errors import DamagedError, LockedError, UsageError
from axl.io.store import INLINE_LIMIT, ObjectWriter, Stored
from axl.io.stores.digests import digest_of
from axl.io.stores.holder import held_by
from axl.io.stores.scratch import remove

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@dataclass(slots=True)
class _Shelf:
    """What all stores of one name share."""

    objects: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, float] = field(default_factory=dict)
    records: dict[str, bytes] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    holders: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    folder: tempfile.TemporaryDirectory[str] | None = None
    guard: threading.RLock = field(default_factory=threading.RLock)

    def local_folder(self) -> Path:
        """Return a folder for files of objects, made when it is first needed and gone with the process."""
        with self.guard:
            if self.folder is None:
                self.folder = tempfile.TemporaryDirectory(prefix="axl-memory-")
            return Path(self.folder.name)

    def keep(self, digest: str, data: bytes) -> None:
        """Keep an object's bytes, written now."""
        with self.guard:
            self.objects.setdefault(digest, data)
            self.written[digest] = time.time()


_SHELVES: dict[str, _Shelf] = {}


def is_there(name: str) -> bool:
    """Say whether a store of this name was opened before."""
    return name in _SHELVES


class MemoryStore:
    """A store that nobody outside of this process sees; every store of the same name is the same."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._shelf = _SHELVES.setdefault(name, _Shelf())

    @property
    def url(self) -> str:
        return f"memory://{self._name}"

    def write(self, inline: int = INLINE_LIMIT) -> ObjectWriter:
        return _MemoryWriter(self._shelf, inline)

    def read(self, digest: str) -> memoryview:
        data = self._shelf.objects.get(digest)
        if data is None:
            raise DamagedError(f"the object {digest[:100]!r} is missing in {self.url}", digest=digest)
        if digest_of(data) != digest:
            raise DamagedError(f"the object {digest} in {self.url} is damaged", digest=digest)
        return memoryview(bytearray(data))

    def lacks(self, objects: Sequence[tuple[str, int]]) -> set[str]:
        there = self._shelf.objects
        return {digest for digest, size in objects if len(there.get(digest, b"")) != size}

    def local_path(self, digest: str) -> Path:
        data = self.read(digest)
        path = self._shelf.local_folder() / digest
        with self._shelf.guard:
            if not path.exists():
                part = path.with_suffix(".part")
                part.write_bytes(data)
                part.chmod(0o444)
                part.rename(path)
        return path

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        path = Path(tempfile.mkdtemp(prefix="axl-work-"))
        try:
            yield path
        finally:
            remove(path)

    def clean_temp(self) -> None:
        """Nothing is left by the dead: this store dies with its process."""

    def put_record(self, key: str, body: bytes) -> bytes | None:
        _check_key(key)
        with self._shelf.guard:
            there = self._shelf.records.get(key)
            if there is None:
                self._shelf.records[key] = bytes(body)
                insort(self._shelf.keys, key)
            return there

    def get_record(self, key: str) -> bytes | None:
        _check_key(key)
        return self._shelf.records.get(key)

    def put_records(self, records: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        for key, _ in records:
            _check_key(key)
        with self._shelf.guard:
            return [self.put_record(key, body) for key, body in records]

    def get_records(self, keys: Sequence[str]) -> list[bytes | None]:
        return [self.get_record(key) for key in keys]

    def drop_records(self, keys: Iterable[str]) -> None:
        with self._shelf.guard:
            for key in keys:
                _check_key(key)
                if self._shelf.records.pop(key, None) is not None:
                    del self._shelf.keys[bisect_left(self._shelf.keys, key)]

    def list_objects(self) -> Iterator[tuple[str, int, float]]:
        with self._shelf.guard:
            shelf = self._shelf
            found = [(digest, len(data), shelf.written[digest]) for digest, data in shelf.objects.items()]
        yield from sorted(found)

    def drop_objects(self, digests: Iterable[str], before: float) -> None:
        with self._shelf.guard:
            for digest in digests:
                if self._shelf.written.get(digest, before) < before:
                    del self._shelf.objects[digest], self._shelf.written[digest]

    def list_records(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        _check_key(prefix)
        with self._shelf.guard:
            keys = self._shelf.keys
            later = islice(keys, bisect_left(keys, prefix), None)
            found = [
                (key, self._shelf.records[key])
                for key in takewhile(lambda key: key.startswith(prefix), later)
            ]
        yield from found

    def list_keys(self, prefix: str) -> Iterator[str]:
        return (key for key, _ in self.list_records(prefix))

    def commit(self) -> None:
        """Records are seen as soon as they are put."""

    def sync(self) -> None:
        """Nothing here survives the process."""

    @contextmanager
    def lock(self, name: str, note: str) -> Iterator[None]:
        with self._shelf.guard:
            if name in self._shelf.holders:
                raise LockedError(
                    held_by(name, self._shelf.holders[name]), hint="wait for it, or end that process"
                )
            self._shelf.holders[name] = note
        try:
            yield
        finally:
            del self._shelf.holders[name]

    def holder(self, name: str) -> str | None:
        return self._shelf.holders.get(name)

    def claim(self, names: Sequence[str], lock: str) -> list[bool]:
        for name in names:
            _check_key(name)
        with self._shelf.guard:
            return [self._claim(name, lock) for name in names]

    def release(self, names: Sequence[str], lock: str) -> None:
        with self._shelf.guard:
            for name in names:
                if self._shelf.claims.get(name) == lock:
                    del self._shelf.claims[name]

    def _claim(self, name: str, lock: str) -> bool:
        other = self._shelf.claims.setdefault(name, lock)
        if other != lock and other in self._shelf.holders:
            return False
        self._shelf.claims[name] = lock
        return True

    def close(self) -> None:
        """What is stored stays for the next store of this name."""


class _MemoryWriter(ObjectWriter):
    def __init__(self, shelf: _Shelf, inline: int) -> None:
        super().__init__()
        self._shelf = shelf
        self._inline = inline
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return len(self._data)

    def write(self, data: ReadableBuffer, /) -> int:
        self._check_open()
        view = memoryview(data).cast("B")
        self._data += view
        return len(view)

    def finish(self) -> Stored:
        self._check_open()
        data = bytes(self._data)
        digest = digest_of(data)
        self.close()
        if len(data) <= self._inline:
            return Stored(digest, len(data), data)
        self._shelf.keep(digest, data)
        return Stored(digest, len(data))

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the stream of this object is closed")


def _check_key(key: str) -> None:
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"the name of a record must be valid Unicode: {key[:100]!a}") from error
