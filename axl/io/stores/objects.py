"""Immutable files named by their digest: published whole, verified on every read, fsynced in batches.

A finished file is first renamed to `unsynced/DIGEST`, a mark, and then linked to its own name. So no
crash and no process can leave an object that `sync` does not know of, and no writer waits for the disk:
`sync`, in whatever process, fsyncs every marked object and its folder, and then removes the mark.

An object is dropped by renaming it first and then looking when it was written: whoever finds an object
that he wants to write touches it under its name, so either the dropper sees that, and puts it back, or
the toucher finds nothing, and writes it.
"""

from __future__ import annotations

import errno
import io
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from axl.errors import DamagedError
from axl.io.stores.digests import MEND, digest_of, is_digest
from axl.io.stores.failure import os_failure, reported
from axl.io.stores.scratch import Scratch

_MAPPED = 256 << 10
"""Bytes from which on a file is mapped; a smaller one is read, which is faster and holds no file open."""

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_NOT_OURS = (errno.EPERM, errno.EACCES, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Objects:
    """The object files of one store."""

    root: Path
    unsynced: Path
    dropping: Path
    scratch: Scratch

    def path_of(self, digest: str) -> Path:
        """Return where an object is; `DamagedError` for a name that is no digest."""
        if not is_digest(digest):
            raise DamagedError(f"not the name of an object: {digest[:100]!r}", hint=MEND, digest=digest)
        return self.root / digest[:2] / digest

    def read(self, digest: str) -> memoryview:
        """Return an object's bytes, verified, in memory that is the caller's own."""
        path = self.path_of(digest)
        data = _bytes_of(path)
        actual = digest_of(data)
        if actual != digest:
            raise DamagedError(
                f"the object {path} is damaged: expected digest {digest}, found {actual} in {len(data)} bytes",
                hint=MEND,
                digest=digest,
            )
        return data

    def has(self, digest: str) -> bool:
        """Say whether a sound object of this digest is there; if so, it counts as written now."""
        path = self.path_of(digest)
        return os.path.lexists(path) and _is_sound(path, self.read) and _touch(path)

    def lacks(self, objects: Sequence[tuple[str, int]]) -> set[str]:
        """Return which of these objects, given with their sizes, are not there or have another size."""
        return {digest for digest, size in objects if _size_of(self.path_of(digest), size) != size}

    def scan(self) -> Iterator[tuple[str, int, float]]:
        """Yield every object's digest, its bytes, and when it was last written."""
        with reported("list", self.root):
            for folder in sorted(self.root.glob("??/")):
                with os.scandir(folder) as entries:
                    found = sorted((entry.name, entry) for entry in entries if is_digest(entry.name))
                for digest, entry in found:
                    with suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        yield digest, status.st_size, status.st_mtime

    def drop(self, digest: str, before: float) -> None:
        """Remove an object, unless it was written since `before`."""
        path = self.path_of(digest)
        aside = self.dropping / digest
        with reported("drop", path), suppress(FileNotFoundError):  # another collector was faster
            if path.lstat().st_mtime >= before:
                return
            path.rename(aside)
            if aside.lstat().st_mtime >= before:
                self._put_back(aside)
            else:
                aside.unlink()

    def put_back(self) -> None:
        """Give objects that a killed collector was about to drop their names again."""
        with reported("clean", self.root):
            for aside in self.dropping.iterdir():
                with suppress(FileNotFoundError):
                    self._put_back(aside)

    def _put_back(self, aside: Path) -> None:
        with suppress(FileExistsError):  # it was written anew
            os.link(aside, self.path_of(aside.name))
        aside.unlink()

    def adopt(self, temporary: Path, digest: str) -> None:
        """Publish a finished temporary file, unless there is a sound object already."""
        if self.has(digest):
            return
        path, mark = self.path_of(digest), self.unsynced / digest
        with reported("write", path):
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, exist_ok=True)
            temporary.rename(mark)
            self._publish(mark, path)

    def sync(self) -> None:
        """Make every object of the store, whoever wrote it, survive a power cut."""
        with reported("sync", self.root):
            marks = sorted(self.unsynced.iterdir())
            for mark in marks:
                self._sync_marked(mark)
            if not marks:
                return
            for name in sorted({mark.name[:2] for mark in marks}):
                sync_path(self.root / name)
            sync_path(self.root)
            for mark in marks:
                mark.unlink(missing_ok=True)

    def _sync_marked(self, mark: Path) -> None:
        path = self.path_of(mark.name)
        if not path.exists():  # its writer died, or is just about to
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._publish(mark, path)
        sync_path(path)

    def _publish(self, mark: Path, path: Path) -> None:
        """Link a marked file to its name; another writer of the same bytes may be at it too."""
        while True:
            try:
                os.link(mark, path)
            except FileExistsError:
                if not (_is_sound(path, self.read) and _touch(path)):
                    _replace(mark, path)
            except FileNotFoundError:
                # Another writer put its own file in the mark's place, which is linked next time; or
                # a sync has published this one and removed the mark
                if not path.exists() and mark.exists():
                    continue
                if not path.exists():
                    raise
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                _replace(mark, path)
            return


def _touch(path: Path) -> bool:
    try:
        os.utime(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno not in _NOT_OURS:
            raise os_failure(error, "write", path) from error
    return True


def _replace(mark: Path, path: Path) -> None:
    """Put a marked file in the place of whatever has its name, durably, for that may be durable too."""
    try:
        sync_path(mark)
        mark.rename(path)
    except FileNotFoundError:  # another writer was faster
        if not path.exists():
            raise


def sync_path(path: Path) -> None:
    """Make a file's bytes, or a folder's names, survive a power cut."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _is_sound(path: Path, read: Callable[[str], memoryview]) -> bool:
    try:
        read(path.name)
    except DamagedError:
        return False
    return True


def _size_of(path: Path, unknown: int) -> int:
    """Return a file's size; -1 where there is none, `unknown` where that cannot be told."""
    try:
        return path.lstat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return -1
    except OSError:
        return unknown


def _bytes_of(path: Path) -> memoryview:
    try:
        return _load(path)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise DamagedError(f"the object {path} is missing", hint=MEND, digest=path.name) from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise DamagedError(
                f"the object {path} was replaced by a link", hint=MEND, digest=path.name
            ) from error
        raise os_failure(error, "read", path) from error


def _load(path: Path) -> memoryview:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        size = os.fstat(file).st_size
        if size >= _MAPPED:
            return memoryview(mmap.mmap(file, 0, access=mmap.ACCESS_COPY))
        data = bytearray(size)
        with io.FileIO(file, closefd=False) as stream:
            count = stream.readinto(data)
        return memoryview(data)[:count]
    finally:
        os.close(file)
