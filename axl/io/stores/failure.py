"""Turns what the operating system and SQLite report into errors that say where and what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axl.errors import DamagedError, StoreError

_SPACE = "free some space there, then run the same command again: what is committed is kept"
_ACCESS = "check who owns it and its mode, or choose another place with --store"
_HINTS = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EACCES: _ACCESS,
    errno.EPERM: _ACCESS,
    errno.EROFS: "it is mounted read-only; choose another place with --store",
    errno.EMFILE: "raise the limit of open files: ulimit -n 4096",
    errno.ENFILE: "this machine has no open files left",
    errno.EIO: "look at the disk, then run `axl verify`",
}
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")
_SQL_HINTS = {
    "SQLITE_FULL": _SPACE,
    "SQLITE_READONLY": _ACCESS,
    "SQLITE_CANTOPEN": _ACCESS,
    "SQLITE_BUSY": "another process is writing there for very long; wait for it or end it",
    "SQLITE_IOERR": "look at the disk and its free space, then run `axl verify`",
}

_RESTORE = (
    "restore the file from a copy of the store; without one move it away: the store then has no runs, the"
    " objects beside it stay, and the same commands compute again"
)

SQL_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite's functions raise; the second when a damaged file gets into the message itself."""


@contextmanager
def reported(doing: str, path: Path) -> Iterator[None]:
    """Let an `OSError` out as a `StoreError`: `cannot {doing} {path}: …`."""
    try:
        yield
    except OSError as error:
        raise os_failure(error, doing, path) from error


def os_failure(error: OSError, doing: str, path: Path) -> StoreError:
    """Return the error for what the operating system refused."""
    why = error.strerror or str(error)
    return StoreError(f"cannot {doing} {path}: {why}", hint=_HINTS.get(error.errno or 0, ""))


def sql_failure(error: sqlite3.Error | UnicodeDecodeError, doing: str, path: Path) -> StoreError:
    """Return the error for what SQLite refused; a damaged file is a `DamagedError`."""
    # Python gives errors of its own, such as that of a closed connection, no code
    name: str = getattr(error, "sqlite_errorname", "")
    # Our statements are right, so SQLITE_ERROR means that the table is not the one that we made
    foreign = name == "SQLITE_ERROR" or isinstance(error, UnicodeDecodeError)
    if foreign or name.startswith(_DAMAGED):
        return DamagedError(
            f"the records in {path} are damaged: {error}",
            hint=_RESTORE,
        )
    hint = next((hint for start, hint in _SQL_HINTS.items() if name.startswith(start)), "")
    return StoreError(f"cannot {doing} {path}: {error}", hint=hint)
