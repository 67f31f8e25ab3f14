"""A store in a bucket: an object for every value, record, lock and claim.

    version          the number of the store's format
    objects/DIGEST   immutable objects, named by their blake3 digest
    records/KEY      records, each written once because it did not exist, sealed with its key
    locks/NAME/N     who holds a name: see `leases`
    claims/DIGEST    names that are claimed under a lock: see `claims`

Every write is durable, and seen by everybody, when it returns: `commit` and `sync` have nothing to do.
`commit` only refuses to go on where another process has taken over a lock. Batches are as many requests,
many of them under way at once.

Small objects are written without asking whether they are there, which costs one request and makes them
new for a collector. Large ones that were written within half a day are not sent again. So a collector's
time must lie at least a day back, and it should run while few engines do: a bucket cannot look at an
object and remove it in one step.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from axl.errors import DamagedError
from axl.io.store import INLINE_LIMIT, ObjectWriter
from axl.io.stores.digests import MEND, is_digest
from axl.io.stores.remote import frames
from axl.io.stores.remote.claims import Claims
from axl.io.stores.remote.client import Client, until_sound
from axl.io.stores.remote.downloads import Downloads, check
from axl.io.stores.remote.leases import Leases
from axl.io.stores.remote.place import parse_place
from axl.io.stores.remote.version import make_version, read_version
from axl.io.stores.remote.writer import IN_MEMORY, RemoteWriter, object_path

_WINDOW = 256


class RemoteStore:
    """A store in a bucket. Nothing is asked of the bucket before it is first used."""

    def __init__(self, url: str) -> None:
        self._client = Client(parse_place(url))
        self._leases = Leases(self._client)
        self._claims = Claims(self._client, self._leases)
        self._downloads = Downloads()
        self._guard = threading.Lock()
        self._ready = False

    @property
    def url(self) -> str:
        return self._client.place.url

    def is_there(self) -> bool:
        """Say whether there is a store, and make none."""
        return read_version(self._client) is not None

    def write(self, inline: int = INLINE_LIMIT) -> ObjectWriter:
        return RemoteWriter(self._client, self._downloads, inline)

    def read(self, digest: str) -> memoryview:
        path = _object(digest, self.url)
        if self._downloads.path_of(digest).exists():
            return self._local(digest)
        return until_sound(lambda: self._read(path, digest))

    def lacks(self, objects: Sequence[tuple[str, int]]) -> set[str]:
        return set()  # each would be a request

    def local_path(self, digest: str) -> Path:
        self._local(digest)
        return self._downloads.path_of(digest)

    def work_folder(self) -> AbstractContextManager[Path]:
        return self._downloads.scratch.folder()

    def clean_temp(self) -> None:
        self._downloads.clean()

    def put_record(self, key: str, body: bytes) -> bytes | None:
        return self.put_records([(key, body)])[0]

    def get_record(self, key: str) -> bytes | None:
        return self.get_records([key])[0]

    def put_records(self, records: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        paths = [frames.record_path(key) for key, _ in records]
        self._prepare()
        first = {path: place for place, path in reversed(list(enumerate(paths)))}
        new = sorted(first.values())
        told = dict(zip(new, self._client.each(lambda place: self._put(*records[place]), new), strict=True))
        return [
            told[place] if place in told else _first(told[first[path]], records[first[path]][1])
            for place, path in enumerate(paths)
        ]

    def get_records(self, keys: Sequence[str]) -> list[bytes | None]:
        paths = [frames.record_path(key) for key in keys]
        self._prepare()
        found = self._client.each(self._get, paths)
        return [None if frame is None else frame.body for frame in found]

    def drop_records(self, keys: Iterable[str]) -> None:
        paths = [frames.record_path(key) for key in keys]
        self._prepare()
        self._client.delete(paths)

    def list_records(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        folder = frames.record_folder(prefix)
        self._prepare()
        found = self._keys(folder, prefix)
        for start in range(0, len(found), _WINDOW):
            some = found[start : start + _WINDOW]
            read = self._client.each(self._get, [path for _, path in some])
            yield from ((frame.key, frame.body) for frame in read if frame is not None)

    def list_keys(self, prefix: str) -> Iterator[str]:
        self._prepare()
        yield from (key for key, _ in self._keys(frames.record_folder(prefix), prefix))

    def list_objects(self) -> Iterator[tuple[str, int, float]]:
        self._prepare()
        entries = sorted(self._client.entries("objects"), key=lambda entry: entry.path)
        for entry in entries:
            digest = entry.path.removeprefix("objects/")
            if is_digest(digest):
                yield digest, entry.size, entry.written

    def drop_objects(self, digests: Iterable[str], before: float) -> None:
        self._prepare()
        limit = math.floor(before)  # a bucket may count whole seconds
        self._client.each(lambda digest: self._drop(digest, limit), list(dict.fromkeys(digests)))

    def commit(self) -> None:
        self._leases.check()

    def sync(self) -> None:
        self._claims.settle()
        self._leases.check()

    def lock(self, name: str, note: str) -> AbstractContextManager[None]:
        self._prepare()
        return self._leases.lock(name, note)

    def holder(self, name: str) -> str | None:
        self._prepare()
        return self._leases.holder(name)

    def claim(self, names: Sequence[str], lock: str) -> list[bool]:
        self._prepare()
        return self._claims.claim(names, lock)

    def release(self, names: Sequence[str], lock: str) -> None:
        self._claims.release(names, lock)

    def close(self) -> None:
        self._claims.settle()
        self._client.close()
        self._downloads.close()

    def _prepare(self) -> None:
        """Look once whether the store is there and of a format that we read, or make it."""
        with self._guard:
            if not self._ready:
                if read_version(self._client) is None:
                    make_version(self._client)
                self._ready = True

    def _put(self, key: str, body: bytes) -> bytes | None:
        path = frames.record_path(key)
        there = self._client.create(path, frames.seal(key, body))
        return None if there is None else frames.unseal(there, path).body

    def _get(self, path: str) -> frames.Frame | None:
        return self._client.get(path, lambda data: _unseal(data, path))

    def _keys(self, folder: str, prefix: str) -> list[tuple[str, str]]:
        """Return the keys that start with a prefix and their paths, in order of keys."""
        named, unnamed = [], []
        for entry in self._client.entries(folder):
            key = frames.key_at(entry.path)
            if key is None:
                unnamed.append(entry.path)
            elif key.startswith(prefix):
                named.append((key, entry.path))
        for path, frame in zip(unnamed, self._client.each(self._get, unnamed), strict=True):
            if frame is not None and frame.key.startswith(prefix):
                named.append((frame.key, path))
        return sorted(named)

    def _read(self, path: str, digest: str) -> memoryview:
        found = self._client.read(path, IN_MEMORY)
        if found is None:
            raise self._missing(digest)
        if isinstance(found, int):
            return self._fetch(path, digest, found)
        check(found, digest, self.url)
        return memoryview(found)

    def _local(self, digest: str) -> memoryview:
        """Return an object's bytes from this machine's copy, which is made if need be."""
        path = _object(digest, self.url)
        there = self._client.head(path)
        if there is None:
            raise self._missing(digest)
        data = self._downloads.find(digest)
        return data if data is not None else until_sound(lambda: self._fetch(path, digest, there.size))

    def _fetch(self, path: str, digest: str, size: int) -> memoryview:
        with self._downloads.part() as part:
            self._client.download(path, size, part.file)
            self._downloads.adopt(part.path, digest)
        data = self._downloads.find(digest)
        if data is None:
            raise DamagedError(f"the object {digest} in {self.url} is damaged", hint=MEND, digest=digest)
        return data

    def _drop(self, digest: str, limit: int) -> None:
        path = _object(digest, self.url)
        there = self._client.head(path)
        if there is not None and there.written < limit:
            self._client.delete([path])
            self._downloads.forget(digest)

    def _missing(self, digest: str) -> DamagedError:
        return DamagedError(f"the object {digest} is missing in {self.url}", hint=MEND, digest=digest)


def _first(there: bytes | None, ours: bytes) -> bytes:
    """Return what stands under a key that comes again in one batch."""
    return ours if there is None else there


def _object(digest: str, url: str) -> str:
    if not is_digest(digest):
        raise DamagedError(f"not the name of an object in {url}: {digest[:100]!r}", hint=MEND, digest=digest)
    return object_path(digest)


def _unseal(data: bytes, path: str) -> frames.Frame:
    """Return a record that stands where its key belongs."""
    frame = frames.unseal(data, path)
    if frames.record_path(frame.key) != path:
        raise DamagedError(
            f"the record {path} is another's: {frame.key[:100]!r}",
            hint="run `axl verify`; with --repair it removes what is damaged",
        )
    return frame
