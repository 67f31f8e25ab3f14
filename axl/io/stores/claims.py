"""Claims of names under a lock: rows beside the records, in the same transaction, void without the lock.

Whether a lock is held is looked up only where two want the same name. A claim is no promise about data,
so it has no seal: a damaged one makes somebody compute a thing twice, or wait for a lock that is held.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from axl.io.stores.records import Records, text_of

_ADD = "INSERT OR IGNORE INTO claims VALUES (?, ?)"
_WHOSE = "SELECT lock FROM claims WHERE name = ?"
_MOVE = "UPDATE claims SET lock = ? WHERE name = ?"
_REMOVE = "DELETE FROM claims WHERE name = ? AND lock = ?"
_LOCKS = "SELECT DISTINCT lock FROM claims"
_REMOVE_ALL = "DELETE FROM claims WHERE lock = ?"


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one store; `is_held` says whether a live process holds a lock."""

    records: Records
    is_held: Callable[[str], bool]

    def claim(self, names: Sequence[str], lock: str) -> list[bool]:
        """Take each name that nobody holds."""
        rows = [(text_of(name), text_of(lock)) for name in names]
        if not rows:
            return []
        live = {lock: True}
        with self.records.writing() as db:
            return [db.execute(_ADD, row).rowcount == 1 or self._take(db, *row, live) for row in rows]

    def release(self, names: Sequence[str], lock: str) -> None:
        """Let go of names, if this lock claimed them."""
        rows = [(text_of(name), text_of(lock)) for name in names]
        if rows:
            with self.records.writing() as db:
                db.executemany(_REMOVE, rows)

    def clean(self) -> None:
        """Remove what was claimed under locks that nobody holds."""
        with self.records.reading() as db:
            void = [row for row in db.execute(_LOCKS).fetchall() if not self.is_held(row[0])]
        if void:
            with self.records.writing() as db:
                db.executemany(_REMOVE_ALL, [row for row in void if not self.is_held(row[0])])
            self.records.commit()

    def _take(self, db: sqlite3.Connection, name: str, lock: str, live: dict[str, bool]) -> bool:
        """Take a name from whoever claimed it before, unless that lock is held."""
        (other,) = db.execute(_WHOSE, (name,)).fetchone()
        if other == lock:
            return True
        if other not in live:
            live[other] = self.is_held(other)
        if not live[other]:
            db.execute(_MOVE, (lock, name))
        return not live[other]
