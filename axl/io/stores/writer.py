"""The stream that becomes an object file: small ones never leave memory, large ones are not copied."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from blake3 import blake3

from axl.io.store import ObjectWriter, Stored
from axl.io.stores.digests import MANY, digest_of, hasher
from axl.io.stores.failure import os_failure, reported
from axl.io.stores.objects import Objects

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PIECE = 16 << 20


_NOWHERE = Path()


class LocalWriter(ObjectWriter):
    """Collects bytes in memory, hashes and writes them in large pieces, and opens a file only if it must."""

    def __init__(self, objects: Objects, inline: int) -> None:
        super().__init__()
        self._objects = objects
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
        if len(view) >= MANY:
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
            with suppress(OSError):  # what remains is cleaned later, and an error is on its way already
                self._path.unlink(missing_ok=True)
        super().close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the stream of this object is closed")

    def _finish_small(self) -> Stored:
        digest = digest_of(self._pending)
        if self._size <= self._inline:
            return Stored(digest, self._size, bytes(self._pending))
        if not self._objects.has(digest):
            self._open()
            self._write_out(memoryview(self._pending))
            self._publish(digest)
        return Stored(digest, self._size)

    def _finish_large(self, running: blake3) -> Stored:
        self._flush()
        digest = running.hexdigest()
        self._publish(digest)
        return Stored(digest, self._size)

    def _flush(self) -> None:
        if self._pending:
            self._append(memoryview(self._pending))
            self._pending = bytearray()

    def _append(self, view: memoryview) -> None:
        if self._hash is None:
            self._hash = hasher()
            self._open()
        for start in range(0, len(view), _PIECE):
            piece = view[start : start + _PIECE]
            # Both let other threads run, and the kernel is as slow to take bytes as blake3 is to hash them.
            hashing = threading.Thread(target=self._hash.update, args=(piece,))
            hashing.start()
            try:
                self._write_out(piece)
            finally:
                hashing.join()

    def _open(self) -> None:
        self._file, self._path = self._objects.scratch.new_file()

    def _write_out(self, view: memoryview) -> None:
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            raise os_failure(error, "write", self._path) from error

    def _publish(self, digest: str) -> None:
        with reported("write", self._path):
            os.fchmod(self._file, 0o444)
        self._objects.adopt(self._path, digest)
