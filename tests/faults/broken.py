"""Stores with one promise broken each, which the rigs have to notice; never used but by their tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from pkgutil import resolve_name

from axl.io.store import INLINE_LIMIT, ObjectWriter, Stored
from axl.io.stores import local
from axl.io.stores.digests import digest_of
from axl.io.stores.local import LocalStore


class _InPlace(ObjectWriter):
    """Writes an object where it belongs, and takes what is there for whole."""

    def __init__(self, root: Path, inline: int) -> None:
        super().__init__()
        self._root = root
        self._inline = inline
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return len(self._data)

    def write(self, data: bytes) -> int:  # type: ignore[override]  # the sound one takes any buffer, too
        view = memoryview(data).cast("B")
        self._data += view
        return len(view)

    def finish(self) -> Stored:
        digest = digest_of(self._data)
        if len(self._data) <= self._inline:
            return Stored(digest, len(self._data), bytes(self._data))
        path = self._root / "objects" / digest[:2] / digest
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(file, self._data)
            os.close(file)
        return Stored(digest, len(self._data))


class InPlace(LocalStore):
    """An object that is half written has its name already."""

    def write(self, inline: int = INLINE_LIMIT) -> ObjectWriter:
        return _InPlace(self.root, inline)


class Unsynced(LocalStore):
    """`sync` waits for no disk."""

    def sync(self) -> None:
        self.commit()


class Unverified(LocalStore):
    """`read` believes what it reads."""

    def read(self, digest: str) -> memoryview:
        return memoryview((self.root / "objects" / digest[:2] / digest).read_bytes())


class _Late(ObjectWriter):
    """Gives an object its name, and leaves the writing until the records are committed."""

    def __init__(self, store: RecordsFirst, inline: int) -> None:
        super().__init__()
        self._store = store
        self._inline = inline
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return len(self._data)

    def write(self, data: bytes) -> int:  # type: ignore[override]  # the sound one takes any buffer, too
        view = memoryview(data).cast("B")
        self._data += view
        return len(view)

    def finish(self) -> Stored:
        digest = digest_of(self._data)
        if len(self._data) <= self._inline:
            return Stored(digest, len(self._data), bytes(self._data))
        self._store.later[digest] = bytes(self._data)
        return Stored(digest, len(self._data))


class RecordsFirst(LocalStore):
    """A record is committed before the objects that it names are written."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.later: dict[str, bytes] = {}

    def write(self, inline: int = INLINE_LIMIT) -> ObjectWriter:
        return _Late(self, inline)

    def read(self, digest: str) -> memoryview:
        return memoryview(self.later[digest]) if digest in self.later else super().read(digest)

    def commit(self) -> None:
        super().commit()
        self._write_out()

    def sync(self) -> None:
        self.commit()
        super().sync()

    def _write_out(self) -> None:
        for data in self.later.values():
            with super().write(inline=0) as stream:
                stream.write(data)
                stream.finish()
        self.later.clear()


class Forgetful(LocalStore):
    """Of a batch of records the last one is forgotten."""

    def put_records(self, records: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        return [*super().put_records(records[:-1]), None]


class Overwriting(LocalStore):
    """The last writer of a record wins."""

    def put_record(self, key: str, body: bytes) -> bytes | None:
        self.drop_records([key])
        return super().put_record(key, body)


BROKEN: dict[str, type[LocalStore]] = {
    "in-place": InPlace,
    "unsynced": Unsynced,
    "unverified": Unverified,
    "records-first": RecordsFirst,
    "forgetful": Forgetful,
    "overwriting": Overwriting,
}


def main(words: list[str]) -> int:
    """Be another entry with a broken store in the place of the local one; the words name the store and the entry."""
    vars(local)["LocalStore"] = BROKEN[words[0]]
    sys.argv = ["axl", *words[2:]]
    entry: Callable[[list[str]], int] = resolve_name(words[1])
    return entry(words[2:])
