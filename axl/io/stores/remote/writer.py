"""The stream that becomes an object in a bucket: sent from memory, or when it is large, through a file.

An object's name is the digest of all its bytes, which is known only at the end, and object stores cannot
rename. So its bytes wait: in memory up to `HELD`, beyond that in a file, which hashes them meanwhile. What is
more than one request then goes to the bucket in parts, and stays on this machine as a copy. A writer
takes about `HELD` bytes of memory at most; the parts of a file that are under way together take less.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from axl.io.store import ObjectWriter, Stored
from axl.io.stores.digests import MANY, digest_of, hasher
from axl.io.stores.failure import os_failure
from axl.io.stores.remote.client import Client
from axl.io.stores.remote.downloads import Downloads

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

IN_MEMORY = 8 << 20
"""Bytes up to which an object is sent in one request."""

HELD = 64 << 20
"""Bytes up to which an object waits in memory."""

_FRESH = 12 * 3600.0


class RemoteWriter(ObjectWriter):
    """Collects bytes in memory, and in a file when there are more than `HELD`."""

    def __init__(self, client: Client, downloads: Downloads, inline: int) -> None:
        super().__init__()
        self._client = client
        self._downloads = downloads
        self._inline = inline
        self._pending = bytearray()
        self._size = 0
        self._spool: Spool | None = None

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: ReadableBuffer, /) -> int:
        self._check_open()
        view = memoryview(data).cast("B")
        if self._spool is None and len(self._pending) + len(view) <= HELD:
            self._pending += view
        elif len(view) >= MANY:
            self._flush().append(view)
        else:
            self._pending += view
            if len(self._pending) >= MANY:
                self._flush()
        self._size += len(view)
        return len(view)

    def finish(self) -> Stored:
        self._check_open()
        stored = self._finish_held() if self._spool is None else self._finish_spool(self._flush())
        self.close()
        return stored

    def close(self) -> None:
        if self._spool is not None:
            self._spool.close()
        super().close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the stream of this object is closed")

    def _finish_held(self) -> Stored:
        digest = digest_of(self._pending)
        if self._size <= self._inline:
            return Stored(digest, self._size, bytes(self._pending))
        if self._size <= IN_MEMORY:
            self._client.put(object_path(digest), self._pending)
            return Stored(digest, self._size)
        copy = self._client.later(lambda: self._downloads.keep(self._pending, digest))
        self._upload(digest, self._pending)
        copy.result()
        return Stored(digest, self._size)

    def _finish_spool(self, spool: Spool) -> Stored:
        digest = spool.hexdigest()
        self._upload(digest, spool.path)
        self._downloads.adopt(spool.path, digest)
        return Stored(digest, self._size)

    def _upload(self, digest: str, body: bytearray | Path) -> None:
        path = object_path(digest)
        there = self._client.head(path)
        if there is None or there.size != self._size or time.time() - there.written > _FRESH:
            self._client.upload(path, body, self._size)

    def _flush(self) -> Spool:
        if self._spool is None:
            self._spool = Spool(*self._downloads.scratch.new_file())
        if self._pending:
            self._spool.append(memoryview(self._pending))
            self._pending = bytearray()
        return self._spool


class Spool:
    """A file that takes bytes and hashes them at the same time."""

    def __init__(self, file: int, path: Path) -> None:
        self._file = file
        self.path = path
        self._hash = hasher()

    def append(self, view: memoryview) -> None:
        """Add bytes; one thread hashes them while another writes, which needs nobody's turn."""
        failed: list[OSError] = []
        writing = threading.Thread(target=self._write, args=(view, failed), name="axl-spool")
        writing.start()
        self._hash.update(view)
        writing.join()
        if failed:
            raise os_failure(failed[0], "write", self.path) from failed[0]

    def hexdigest(self) -> str:
        """Return the digest of all bytes so far."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Close the file, and remove it from its place."""
        if self._file >= 0:
            file, self._file = self._file, -1
            os.close(file)
            with suppress(OSError):  # what remains is cleaned later
                self.path.unlink(missing_ok=True)

    def _write(self, view: memoryview, failed: list[OSError]) -> None:
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            failed.append(error)


def object_path(digest: str) -> str:
    """Return where an object is in the bucket."""
    return f"objects/{digest}"
