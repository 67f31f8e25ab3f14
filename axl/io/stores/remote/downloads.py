"""A folder of this user on this machine for what a remote store needs locally.

    objects/…   large objects that were read or written here, named by their digest, so that the
                processes of a machine read them once
    tmp/…       unfinished files and the private folders of live processes

What lies here is never trusted: every use compares the digest. The oldest is removed when all of it
takes more than `LIMIT` bytes; what was used within the last hours stays.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from axl.errors import DamagedError, StoreError
from axl.io.stores.digests import MEND, digest_of
from axl.io.stores.failure import reported
from axl.io.stores.scratch import Scratch

LIMIT = 10 << 30
_USED_LATELY = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Part:
    """An open temporary file."""

    file: int
    path: Path


@dataclass(slots=True)
class Downloads:
    """The folder; it is made when it is first needed."""

    _root: Path | None = field(default=None, init=False)
    _scratch: Scratch | None = field(default=None, init=False)

    @property
    def scratch(self) -> Scratch:
        """Temporary files and folders, beside the objects."""
        if self._scratch is None:
            self._scratch = Scratch(self._folder("tmp"))
        return self._scratch

    def path_of(self, digest: str) -> Path:
        """Return where an object is, if it is here."""
        return self._folder("objects") / digest

    def find(self, digest: str) -> memoryview | None:
        """Return the bytes of an object that is here and sound, mapped; writing to them stays private."""
        path = self.path_of(digest)
        with reported("read", path):
            try:
                file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            except FileNotFoundError:
                return None
            try:
                data = _map(file)
            finally:
                os.close(file)
        if digest_of(data) != digest:
            path.unlink(missing_ok=True)
            return None
        with suppress(OSError):
            os.utime(path)  # used now
        return data

    def adopt(self, file: Path, digest: str) -> None:
        """Keep a finished temporary file of this object; it is gone from its place afterwards."""
        with reported("write", file):
            file.chmod(0o444)
            file.replace(self.path_of(digest))

    def keep(self, data: bytearray, digest: str) -> None:
        """Keep a copy of an object's bytes, where there is room for it."""
        with suppress(StoreError, OSError), self.part() as part:
            view = memoryview(data)
            while view:
                view = view[os.write(part.file, view) :]
            self.adopt(part.path, digest)

    def forget(self, digest: str) -> None:
        """Remove an object's copy."""
        self.path_of(digest).unlink(missing_ok=True)

    @contextmanager
    def part(self) -> Iterator[Part]:
        """Give a new temporary file, which is gone afterwards unless it was adopted."""
        file, path = self.scratch.new_file()
        try:
            yield Part(file, path)
        finally:
            os.close(file)
            path.unlink(missing_ok=True)

    def clean(self) -> None:
        """Remove what the dead left, and the oldest objects where there are too many bytes."""
        self.scratch.clean()
        folder, late = self._folder("objects"), time.time() - _USED_LATELY
        with reported("clean", folder):
            found = []
            for path in folder.iterdir():
                with suppress(FileNotFoundError):
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
            left = sum(size for _, size, _ in found)
            for used, size, path in sorted(found):
                if left <= LIMIT or used > late:
                    break
                path.unlink(missing_ok=True)
                left -= size

    def close(self) -> None:
        """Remove the temporary files of this process."""
        if self._scratch is not None:
            self._scratch.close()

    def _folder(self, name: str) -> Path:
        if self._root is None:
            self._root = _find_root()
        path = self._root / name
        with reported("make", path):
            path.mkdir(mode=0o700, exist_ok=True)
        return path


def check(data: memoryview | bytearray, digest: str, url: str) -> None:
    """Raise `DamagedError` if bytes do not hash to their name."""
    actual = digest_of(data)
    if actual != digest:
        raise DamagedError(
            f"an object in {url} is damaged: expected digest {digest}, found {actual} in {len(data)} bytes",
            hint=MEND,
            digest=digest,
        )


def _map(file: int) -> memoryview:
    if os.fstat(file).st_size == 0:
        return memoryview(bytearray())
    return memoryview(mmap.mmap(file, 0, access=mmap.ACCESS_COPY))


def _find_root() -> Path:
    """Return the user's cache folder, or where there is none, a folder of ours for temporary files."""
    named = os.environ.get("XDG_CACHE_HOME")
    root = Path(named) / "axl" if named else Path.home() / ".cache" / "axl"
    with suppress(OSError, RuntimeError):
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(root, os.W_OK) and root.stat().st_uid == os.geteuid():
            return root
    own = Path(tempfile.gettempdir()) / f"axl-{os.geteuid()}"
    with reported("make", own):
        own.mkdir(mode=0o700, exist_ok=True)
    if own.is_symlink() or own.stat().st_uid != os.geteuid():  # somebody waits for us there
        return Path(tempfile.mkdtemp(prefix="axl-"))
    return own
