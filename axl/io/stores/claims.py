"""Claims of names under a lock: kept in memory while our transaction holds others off, written when it ends.

What is claimed and released within one transaction, as by a step of microseconds, so never touches the
database. Whether a lock is held is looked up only where two want the same name. A claim is no promise
about data, so it has no seal: a damaged one makes somebody compute a thing twice, or wait for a lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from axl.io.stores.records import Records, text_of

_ALL = "SELECT name, lock FROM claims"
_SAVE = "INSERT OR REPLACE INTO claims VALUES (?, ?)"
_REMOVE = "DELETE FROM claims WHERE name = ? AND lock = ?"
_LOCKS = "SELECT DISTINCT lock FROM claims"
_REMOVE_ALL = "DELETE FROM claims WHERE lock = ?"


class Claims:
    """The claims of one store; `is_held` says whether a live process holds a lock."""

    def __init__(self, records: Records, is_held: Callable[[str], bool]) -> None:
        self._records = records
        self._is_held = is_held
        self._there: dict[str, str] = {}
        self._seen = 0
        self._new: dict[str, str] = {}
        self._gone: list[tuple[str, str]] = []
        records.before_commit = self._save

    def claim(self, names: Sequence[str], lock: str) -> list[bool]:
        """Take each name that nobody holds."""
        wanted = [text_of(name) for name in names]
        if not wanted:
            return []
        text_of(lock)
        with self._records.writing() as db:
            self._look(db)
            live = {lock: True}
            return [self._take(name, lock, live) for name in wanted]

    def release(self, names: Sequence[str], lock: str) -> None:
        """Let go of names, if this lock claimed them."""
        with self._records.holding():
            rows = [(text_of(name), text_of(lock)) for name in names]
            written = [row for row in rows if self._new.get(row[0]) != row[1]]
            for name, owner in rows:
                if self._new.get(name) == owner:
                    del self._new[name]
            if written:
                with self._records.writing() as db:
                    self._look(db)
                    self._gone.extend(row for row in written if self._there.get(row[0]) == row[1])
                    for name, owner in written:
                        if self._there.get(name) == owner:
                            del self._there[name]

    def clean(self) -> None:
        """Remove what was claimed under locks that nobody holds."""
        with self._records.reading() as db:
            void = [row for row in db.execute(_LOCKS).fetchall() if not self._is_held(row[0])]
        if void:
            with self._records.writing() as db:
                db.executemany(_REMOVE_ALL, [row for row in void if not self._is_held(row[0])])
            self._records.commit()

    def _look(self, db: sqlite3.Connection) -> None:
        """Know the claims of others: nobody can change them while our transaction is open."""
        if self._seen != self._records.transaction:
            self._there = dict(db.execute(_ALL).fetchall())
            self._seen = self._records.transaction

    def _take(self, name: str, lock: str, live: dict[str, bool]) -> bool:
        """Take a name from whoever claimed it before, unless that lock is held."""
        other = self._new.get(name, self._there.get(name))
        if other == lock:
            return True
        if other is not None:
            if other not in live:
                live[other] = self._is_held(other)
            if live[other]:
                return False
        self._new[name] = lock
        return True

    def _save(self, db: sqlite3.Connection) -> None:
        new, self._new = self._new, {}
        gone, self._gone = self._gone, []
        if gone:
            db.executemany(_REMOVE, gone)
        if new:
            db.executemany(_SAVE, list(new.items()))
