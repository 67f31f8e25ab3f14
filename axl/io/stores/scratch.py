"""Temporary files and private folders that vanish with their process, at the latest at the next cleaning.

Every process that needs one makes a folder `PID-RANDOM` and claims the file `PID-RANDOM.lock` beside it
first. Whoever can take that claim knows that the owner is dead.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from axl.errors import StoreError
from axl.io.stores.claim import Claim, claim
from axl.io.stores.failure import reported

_LOCK = ".lock"
_TRIES = 100


@dataclass(slots=True)
class Scratch:
    """The temporary part of a store."""

    root: Path
    _claim: Claim | None = field(default=None, init=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False)
    _making: threading.Lock = field(default_factory=threading.Lock, init=False)
    _pid: int = field(default_factory=os.getpid, init=False)

    def new_file(self) -> tuple[int, Path]:
        """Open a new file for writing and return it with its path."""
        path = self._new_path("part")
        with reported("write", path):
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), path

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a private folder that is gone afterwards."""
        path = self._new_path("work")
        with reported("make", path):
            path.mkdir(mode=0o700)
        try:
            yield path
        finally:
            remove(path)

    def clean(self) -> None:
        """Remove what dead processes left."""
        with reported("clean", self.root):
            for entry in sorted(self.root.iterdir()):
                name = entry.name.removesuffix(_LOCK)
                with suppress(FileNotFoundError):
                    _clean_one(self.root / name, self.root / (name + _LOCK))

    def close(self) -> None:
        """Remove what this process left."""
        held, self._claim = self._claim, None
        if held is not None and held.ours:
            with reported("clean", self.root):
                remove(_folder_of(held))
                held.release()

    def _new_path(self, kind: str) -> Path:
        if self._pid != os.getpid():  # a forked child: the parent's folder and lock are not ours
            self._making, self._claim, self._pid = threading.Lock(), None, os.getpid()
        with self._making:
            if self._claim is None:
                self._claim = self._claim_folder()
            return _folder_of(self._claim) / f"{kind}-{next(self._numbers)}"

    def _claim_folder(self) -> Claim:
        with reported("make a folder in", self.root):
            for _ in range(_TRIES):
                name = f"{os.getpid()}-{secrets.token_hex(6)}"
                taken = claim(self.root / (name + _LOCK))
                if taken is not None:
                    (self.root / name).mkdir(mode=0o700)
                    return taken
        raise StoreError(f"cannot claim a folder in {self.root}")


def remove(path: Path) -> None:
    """Remove a file or a folder and all below it, also where a step took away its own permission."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():
            _unlock(path)
            shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _unlock(path: Path) -> None:
    with suppress(OSError):
        path.chmod(0o700)
    for folder, names, _ in os.walk(path):
        for name in names:
            inner = Path(folder, name)
            if not inner.is_symlink():
                with suppress(OSError):
                    inner.chmod(0o700)


def _clean_one(folder: Path, lock: Path) -> None:
    """Remove one entry, unless its owner lives; a folder without a lock has lost its owner."""
    taken = claim(lock)
    if taken is not None:
        remove(folder)
        taken.release()


def _folder_of(held: Claim) -> Path:
    return held.path.with_name(held.path.name.removesuffix(_LOCK))
