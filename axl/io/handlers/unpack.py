"""Unpacks an archive of files and folders, and trusts nothing in it: no links, no way out.

Python's own `extractall` is not used: its filters came with 3.11.4, and this way a file is written
straight from the memory of the archive, under names that were checked, never over anything.
"""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from axl.errors import DamagedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE)


def unpack(data: memoryview, folder: Path) -> Path:
    """Unpack an archive into an empty private folder and return the path of its one root.

    Raises `DamagedError` at the first entry that the `path` handler would not have written.
    """
    try:
        with tarfile.open(fileobj=_Window(data), mode="r:") as archive:
            entries = list(archive)
    except (tarfile.TarError, ValueError, UnicodeError) as error:
        raise DamagedError(f"a stored path is not an archive: {error}") from error
    for entry in entries:
        _check(entry, data)
    roots = {PurePosixPath(entry.name).parts[0] for entry in entries}
    if len(roots) != 1:
        raise DamagedError(f"a stored path has {len(roots)} roots instead of one")
    for entry in entries:
        _write(entry, data, folder)
    return folder / roots.pop()


def _check(entry: tarfile.TarInfo, data: memoryview) -> None:
    parts = entry.name.split("/")
    if entry.name.startswith("/") or "\0" in entry.name or any(part in ("", ".", "..") for part in parts):
        raise DamagedError(f"a stored path has an entry with the name {entry.name!r}")
    if entry.sparse is not None or entry.type not in (*_FILES, tarfile.DIRTYPE):
        raise DamagedError(f"a stored path has an entry {entry.name!r} that is neither a file nor a folder")
    if entry.size < 0 or entry.offset_data + entry.size > len(data):
        raise DamagedError(f"a stored path has an entry {entry.name!r} that ends outside the archive")


def _write(entry: tarfile.TarInfo, data: memoryview, folder: Path) -> None:
    target = folder / entry.name
    try:
        if entry.type == tarfile.DIRTYPE:
            target.mkdir(mode=0o755)
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        file = os.open(target, flags, 0o755 if entry.mode & 0o100 else 0o644)
    except (FileExistsError, FileNotFoundError, NotADirectoryError) as error:
        raise DamagedError(
            f"a stored path has an entry {entry.name!r} out of place: {error.strerror}"
        ) from error
    with io.FileIO(file, "wb") as out:
        _write_all(out, data[entry.offset_data : entry.offset_data + entry.size])


def _write_all(out: io.FileIO, data: memoryview) -> None:
    while data:
        data = data[out.write(data) :]


class _Window(io.RawIOBase):
    """Memory that can be read as a file, without a copy of the whole."""

    def __init__(self, data: memoryview) -> None:
        super().__init__()
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._data)}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer).cast("B")
        part = self._data[self._at : self._at + len(target)]
        target[: len(part)] = part
        self._at += len(part)
        return len(part)
