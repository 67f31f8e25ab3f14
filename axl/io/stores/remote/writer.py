"""The stream that becomes an object in a bucket: hashed while it is written, large ones through a file.

An object's name is the digest of all its bytes, which is known only at the end, and object stores cannot
rename. So what is more than a few megabytes goes to a file first, and from there in parts to the bucket.
The file then stays as this machine's copy.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from blake3 import blake3

from axl.io.store import ObjectWriter, Stored
from axl.io.stores.digests import MANY, digest_of, hasher
from axl.io.stores.failure import os_failure
from axl.io.stores.remote.client import Client
from axl.io.stores.remote.downloads import Downloads

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

IN_MEMORY = 8 << 20
"""Bytes up to which an object is sent from memory in one request."""

_FRESH = 12 * 3600.0
_NOWHERE = Path()


class RemoteWriter(ObjectWriter):
    """Collects bytes in memory, and in a file when there are many."""

    def __init__(self, client: Client, downloads: Downloads, inline: int) -> None:
        super().__init__()
        self._client = client
        self._downloads = downloads
        self._inline = inline
        self._pending = bytearray()
        self._size = 0
        self._hash: blake3 | None = None
        self._file = -1
        self._path = _NOWHERE

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: ReadableBuffer, /) -> int:
        self._check_open()
        view = memoryview(data).cast("B")
        if self._hash is None and len(self._pending) + len(view) <= IN_MEMORY:
            self._pending += view
        elif len(view) >= MANY:
            self._flush()
            self._append(view)
        else:
            self._pending += view
            if len(self._pending) >= MANY:
                self._flush()
        self._size += len(view)
        return len(view)

    def finish(self) -> Stored:
        self._check_open()
        stored = self._finish_small() if self._hash is None else self._finish_large(self._hash)
        self.close()
        return stored

    def close(self) -> None:
        if self._file >= 0:
            file, self._file = self._file, -1
            os.close(file)
            with suppress(OSError):  # what remains is cleaned later
                self._path.unlink(missing_ok=True)
        super().close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the stream of this object is closed")

    def _finish_small(self) -> Stored:
        digest = digest_of(self._pending)
        if self._size <= self._inline:
            return Stored(digest, self._size, bytes(self._pending))
        self._client.put(object_path(digest), self._pending)
        return Stored(digest, self._size)

    def _finish_large(self, running: blake3) -> Stored:
        self._flush()
        digest = running.hexdigest()
        there = self._client.head(object_path(digest))
        if there is None or there.size != self._size or time.time() - there.written > _FRESH:
            self._client.upload(object_path(digest), self._path, self._size)
        self._downloads.adopt(self._path, digest)
        return Stored(digest, self._size)

    def _flush(self) -> None:
        if self._pending:
            self._append(memoryview(self._pending))
            self._pending = bytearray()

    def _append(self, view: memoryview) -> None:
        if self._hash is None:
            self._hash = hasher()
            self._file, self._path = self._downloads.scratch.new_file()
        self._hash.update(view)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            raise os_failure(error, "write", self._path) from error


def object_path(digest: str) -> str:
    """Return where an object is in the bucket."""
    return f"objects/{digest}"
