"""Claims a file for as long as a process lives: a kernel lock that no crash leaves behind.

The lock belongs to the open file. A child made by `fork` would share it and keep it after its
parent's death, so every child closes its copies at once; a child made by `exec` never gets them.
No fork happens between the opening of a file and its listing among those to close.
"""

from __future__ import annotations

import fcntl
import os
import threading
from dataclasses import dataclass
from pathlib import Path

_FILES: set[int] = set()
_FORKING = threading.Lock()
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


def _after_fork() -> None:
    for file in _FILES:
        os.close(file)
    _FILES.clear()
    _FORKING.release()


os.register_at_fork(before=_FORKING.acquire, after_in_parent=_FORKING.release, after_in_child=_after_fork)


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that this process, and no other, has claimed."""

    path: Path
    file: int
    pid: int

    @property
    def ours(self) -> bool:
        """Whether this process made the claim; a forked child is another process."""
        return self.pid == os.getpid()

    def release(self) -> None:
        """Remove the file and let go of it; in a forked child nothing happens."""
        if not self.ours:
            return
        with _FORKING:
            if self.file not in _FILES:
                return
            _FILES.remove(self.file)
            try:
                self.path.unlink(missing_ok=True)
            finally:
                os.close(self.file)


def claim(path: Path) -> Claim | None:
    """Claim a file, making it if need be; `None` when somebody alive has it.

    The file is removed by whoever releases it. So the one that was opened may be gone when its lock
    is granted; then the path leads to another file or to none, and this begins again.
    """
    with _FORKING:
        return _claim(path)


def is_claimed(path: Path) -> bool:
    """Say whether somebody alive has claimed a file, without keeping anybody from claiming it.

    The lock that is tried is shared: it disturbs nobody who looks, and whoever claims at this moment
    and is refused looks likewise, and so learns that it was only a look.
    """
    with _FORKING:
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(file)
    return False


def _claim(path: Path) -> Claim | None:
    while True:
        file = os.open(path, _FLAGS, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        except OSError:
            os.close(file)
            raise
        if _is_at(file, path):
            _FILES.add(file)
            return Claim(path, file, os.getpid())
        os.close(file)


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), os.lstat(path))
    except FileNotFoundError:
        return False
