"""Makes the database of a store as small as what is in it, where that frees much and nobody is in the way."""

from __future__ import annotations

import sqlite3
import time

from axl.io.stores.database import BUSY_SECONDS

LONGEST = 10.0
"""Seconds that it takes at most: whoever wants to write waits meanwhile, and not for longer than that."""

_LEAST = 1 << 20
_PATIENCE = 100
_LOOK_EVERY = 10_000


def vacuum(db: sqlite3.Connection) -> bool:
    """Write the database anew without its free pages, and say whether that was done.

    Not where less than half of it is free or less than 1 MB, and not in the way of others: a database that
    is written to, no room for a copy, or too little time leave it as it is, for another time.
    """
    if not _is_worth_it(db):
        return False
    deadline = time.monotonic() + LONGEST
    db.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
    db.set_progress_handler(lambda: time.monotonic() > deadline, _LOOK_EVERY)
    try:
        db.execute("VACUUM")
    except sqlite3.OperationalError:  # a damaged database is another error, and is told
        return False
    finally:
        db.set_progress_handler(None, 0)
        db.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    return True


def _is_worth_it(db: sqlite3.Connection) -> bool:
    free, pages, size = (_number(db, name) for name in ("freelist_count", "page_count", "page_size"))
    return free * size > _LEAST and free * 2 > pages


def _number(db: sqlite3.Connection, name: str) -> int:
    (number,) = db.execute(f"PRAGMA {name}").fetchone()
    return int(number)
