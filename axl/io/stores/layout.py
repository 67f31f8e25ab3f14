"""The folder of a local store: what lies where, who may see it, and which release can read it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from axl.errors import DamagedError, StoreError
from axl.io.stores.failure import reported
from axl.io.stores.objects import sync_path

FORMAT = 1
"""The store format of this release."""

_FOLDERS = ("objects", "unsynced", "dropping", "tmp", "locks")
_OURS = ("records.db", "version", ".gitignore", *_FOLDERS)


def prepare(root: Path) -> None:
    """Make a store of a new or empty folder, or check that it is one that this release reads.

    Raises `StoreError` when the folder cannot be used, or belongs to something else.
    """
    with reported("open the store", root):
        if root.exists() and not root.is_dir():
            raise StoreError(f"cannot open the store {root}: it is a file", hint="name a folder with --store")
        if not (root / "version").exists():
            _make(root)
        _check_version(root / "version")
        for name in _FOLDERS:
            if not (root / name).is_dir():
                (root / name).mkdir(mode=0o700, exist_ok=True)


def _make(root: Path) -> None:
    if not root.parent.is_dir():
        raise StoreError(
            f"cannot open the store {root}: there is no folder {root.parent}", hint="make that folder first"
        )
    root.mkdir(mode=0o700, exist_ok=True)
    foreign = sorted(path.name for path in root.iterdir() if not path.name.startswith(_OURS))
    if foreign:
        raise StoreError(
            f"the folder {root} is not a store: it holds {foreign[0]!r}",
            hint="name an empty folder, or one that does not exist yet, with --store",
        )
    (root / "tmp").mkdir(mode=0o700, exist_ok=True)
    _write_new(root / ".gitignore", "*\n")
    _write_new(root / "version", f"{FORMAT}\n")
    sync_path(root)
    with suppress(PermissionError):  # a folder that we may not list; its own file system decides
        sync_path(root.parent)


def _write_new(path: Path, text: str) -> None:
    """Write a small file so that nobody ever sees a part of it, not even after a power cut.

    The temporary file is where a cleaning finds it if this process is killed. A cleaning that comes
    too early belongs to somebody who has made the store meanwhile.
    """
    temporary = path.with_name("tmp") / f"{path.name}-{secrets.token_hex(6)}"
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, text.encode())
        os.fsync(file)
        with suppress(FileNotFoundError):
            temporary.rename(path)
    finally:
        os.close(file)
        with suppress(FileNotFoundError):
            temporary.unlink()


def _check_version(path: Path) -> None:
    text = path.read_text("utf-8", "replace").strip()
    if not text.isascii() or not text.isdigit():
        raise DamagedError(
            f"the file {path} is damaged: {text[:40]!r}", hint=f"this release writes {FORMAT} there"
        )
    if int(text) > FORMAT:
        raise StoreError(
            f"the store {path.parent} has format {text}, this axl reads up to {FORMAT}",
            hint="use the axl release that wrote it, or a newer one",
        )
