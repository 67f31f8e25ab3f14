"""Opens the SQLite database of a store: to write, or to read where we may not write."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from axl.io.stores.failure import SQL_ERRORS, sql_failure

BUSY_SECONDS = 30
"""Seconds that SQLite waits for another process."""
_PAUSE = 0.002
_TABLE = "CREATE TABLE IF NOT EXISTS records(key TEXT PRIMARY KEY, body BLOB, seal BLOB) WITHOUT ROWID"
_CLAIMS = "CREATE TABLE IF NOT EXISTS claims(name TEXT PRIMARY KEY, lock TEXT) WITHOUT ROWID"


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to the database at a path, which is made if it is not there."""
    try:
        with suppress(OSError):  # SQLite says better what is wrong, and can read where it may not write
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        return _open_to_write(path) if os.access(path.parent, os.W_OK) else _open_to_read(path)
    except SQL_ERRORS as error:
        raise sql_failure(error, "open", path) from error


def _open_to_write(path: Path) -> sqlite3.Connection:
    db = _open(path.as_uri())
    deadline = time.monotonic() + BUSY_SECONDS
    try:
        while not _is_ready(db, deadline):
            time.sleep(_PAUSE)
    except SQL_ERRORS:
        db.close()
        raise
    return db


def _is_ready(db: sqlite3.Connection, deadline: float) -> bool:
    """Set a connection up, and make what is not there; false when another process does so right now.

    SQLite waits for nobody while it goes over to a log: whoever comes second is told at once.
    """
    try:
        if db.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute(_TABLE)
        db.execute(_CLAIMS)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY") and time.monotonic() < deadline:
            return False
        raise
    return True


def _open_to_read(path: Path) -> sqlite3.Connection:
    """Open the database of a folder that is not ours to write to: SQLite could not make its log there."""
    log = path.with_name(path.name + "-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    return _open(f"{path.as_uri()}?{mode}")


def _open(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
