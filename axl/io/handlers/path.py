"""Stores a file or a folder as a tar archive that depends on names, contents and nothing else."""

from __future__ import annotations

import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from axl.io.handlers.refusal import kind, refusal
from axl.io.handlers.unpack import unpack
from axl.io.store import ObjectWriter

_CHUNK = 8 << 20
_RECORD = 10240
_REAL = "store the file or folder itself: return path.resolve(), or copy what the link points to"


class PathHandler:
    """A `pathlib.Path` to a file or folder; its content is stored, not its place.

    A file is an archive with one entry, so that its name is kept and whether it may be executed.
    Entries are in the order of their names; times and owners are zero. `load` unpacks into a fresh
    folder of the process's temporary directory, and the copy belongs to whoever asked for it.
    """

    name = "path"
    ext = "tar"

    @property
    def library(self) -> str:
        return "path 1"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        if not isinstance(value, Path):
            raise refusal(
                "path", f"a value of type {kind(value)}, only pathlib.Path", hint="return a pathlib.Path"
            )
        root = Path(os.path.abspath(value))  # noqa: PTH100 (`resolve` would follow links)
        if not root.name:
            raise refusal("path", "the root folder", hint="return a folder of your own")
        written = 0
        for path in _walk(root):
            written += _write_entry(path, path.relative_to(root.parent).as_posix(), out)
        out.write(bytes(-(written + 1024) % _RECORD + 1024))

    def load(self, data: memoryview, hint: object, /) -> Path:
        del hint
        return unpack(data, Path(tempfile.mkdtemp(prefix="axl-")))


def _walk(root: Path) -> Iterator[Path]:
    """Yield a path and everything below it, folders before their contents, in the order of names."""
    waiting = [root]
    while waiting:
        path = waiting.pop()
        yield path
        if stat.S_ISDIR(path.lstat().st_mode):
            waiting.extend(sorted(path.iterdir(), key=os.fsencode, reverse=True))


def _write_entry(path: Path, name: str, out: ObjectWriter) -> int:
    entry = tarfile.TarInfo(name)
    try:
        status = path.lstat()
    except FileNotFoundError as error:
        raise refusal(
            "path", f"{path}: there is no such file or folder", hint="write it before returning it"
        ) from error
    if stat.S_ISDIR(status.st_mode):
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        return _write_header(entry, out)
    if not stat.S_ISREG(status.st_mode):
        raise refusal("path", f"{path}: it is {_special(status.st_mode)}", hint=_REAL)
    entry.mode = 0o755 if status.st_mode & stat.S_IXUSR else 0o644
    entry.size = status.st_size
    return _write_header(entry, out) + _write_file(path, entry.size, out)


def _write_header(entry: tarfile.TarInfo, out: ObjectWriter) -> int:
    header = entry.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    out.write(header)
    return len(header)


def _write_file(path: Path, size: int, out: ObjectWriter) -> int:
    buffer = memoryview(bytearray(min(size, _CHUNK) + 1))
    left = size
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            left -= count
            if left < 0:
                break
            out.write(buffer[:count])
    if left:
        raise refusal(
            "path", f"{path}: it changed while it was read", hint="close the file before returning its path"
        )
    padding = -size % tarfile.BLOCKSIZE
    out.write(bytes(padding))
    return size + padding


def _special(mode: int) -> str:
    names = {stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")


HANDLER = PathHandler()
