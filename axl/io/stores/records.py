"""Records in one SQLite file: the first writer of a key wins, and every body is sealed with its key.

The seal is a digest over key and body, checked on every read, because SQLite does not notice a byte
that changed inside a value. Nothing here waits for the disk but `sync`. The journal is SQLite's
write-ahead log; where the file system cannot carry it, SQLite's older journal does, more slowly.

SQLite keeps a list of its locks for each process, which a forked child would inherit and believe. So no
connection lives through a fork: before it what was put is committed and the connection is closed, and
afterwards parent and child each open their own when they need one.

No other code may open and close the database file: closing any descriptor of it would drop the locks
that SQLite holds on it in this process. The log beside it carries no locks.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from weakref import WeakSet

from blake3 import blake3

from axl.errors import DamagedError, StoreError, UsageError
from axl.io.stores.database import BUSY_SECONDS, connect
from axl.io.stores.failure import SQL_ERRORS, os_failure, sql_failure
from axl.io.stores.linger import LONGEST, Linger
from axl.io.stores.objects import sync_path
from axl.io.stores.turn import Turn
from axl.io.stores.vacuum import vacuum

_PAGE = 1000
_LOG_LIMIT = 8 << 20
_PUT = "INSERT OR IGNORE INTO records VALUES (?, ?, ?)"
_GET = "SELECT body, seal FROM records WHERE key = ?"
_DROP = "DELETE FROM records WHERE key = ?"
_BATCH = 250
_LIST_KEYS = "SELECT CAST(key AS BLOB) FROM records WHERE key >= ? AND (? OR key < ?) ORDER BY key LIMIT ?"
_LIST = "SELECT key, body, seal FROM records WHERE key >= ? AND (? OR key < ?) ORDER BY key LIMIT ?"


class Records:
    """The records of one store, which threads share.

    `before_folding` is called before SQLite may move the log into the database by itself,
    `before_commit` inside every transaction before it ends. `transaction` counts them.
    """

    def __init__(self, path: Path, before_folding: Callable[[], None]) -> None:
        self._path = path
        self._log = path.with_name(path.name + "-wal")
        self._before_folding = before_folding
        self._guard = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._turn: Turn | None = None
        self._writing = False
        self._begun = 0.0
        self._late: StoreError | None = None
        self._linger = Linger(self._end_late)
        self.transaction = 0
        self.before_commit: Callable[[sqlite3.Connection], None] = _nothing
        _ALL.add(self)

    def __del__(self) -> None:
        self._let_go()  # newer Pythons warn of a connection that nobody closed

    def put(self, key: str, body: bytes) -> bytes | None:
        """Write a record if there is none; return `None`, or the body that was there first."""
        seal = _seal(key, body)
        with self.writing() as db:
            if db.execute(_PUT, (key, body, seal)).rowcount == 1:
                return None
        return self.get(key)

    def put_all(self, records: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        """Write many records; what `put` returns, for each."""
        if len(records) == 1:
            return [self.put(*records[0])]
        rows = [(key, body, _seal(key, body)) for key, body in records]
        if not rows or self._put_new(rows):
            return [None] * len(rows)
        there = self.get_all([key for key, _ in records])
        return [
            self.put(*record) if body is None else body for record, body in zip(records, there, strict=True)
        ]

    def get(self, key: str) -> bytes | None:
        """Return a record's body, or `None`."""
        with self.reading() as db:
            try:
                row = db.execute(_GET, (key,)).fetchone()
            except UnicodeEncodeError as error:
                raise _not_text(key) from error
        return None if row is None else self._checked(key, *row)

    def get_all(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the body of each record, or `None`."""
        if len(keys) == 1:
            return [self.get(keys[0])]
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), _BATCH):
            for key, body, seal in self._some(keys[start : start + _BATCH]):
                found[key] = self._checked(key, body, seal)
        return [found.get(key) for key in keys]

    def drop(self, keys: Iterable[str]) -> None:
        """Remove records, if they are there."""
        rows = [(text_of(key),) for key in keys]
        if rows:
            with self.writing() as db:
                db.executemany(_DROP, rows)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for a moment, and say what goes wrong in our words."""
        with self._guard:
            try:
                yield self._db()
            except SQL_ERRORS as error:
                raise self._failed(error, "read") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside the transaction that `commit` ends; other processes wait for it."""
        with self._guard:
            try:
                yield self._begin()
            except SQL_ERRORS as error:
                if not self._db().in_transaction:  # a full disk made SQLite take back all that was begun
                    self._writing = False
                raise self._failed(error, "write") from error

    def scan(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Yield keys and bodies in order, a page at a time, so that nobody waits for the consumer."""
        start, end = prefix, _after(prefix)
        while True:
            rows = self._page(start, end)
            for key, body, seal in rows:
                yield key, self._checked(key, body, seal)
            if len(rows) < _PAGE:
                return
            start = rows[-1][0] + "\0"

    def scan_keys(self, prefix: str) -> Iterator[str]:
        """Yield keys in order, a page at a time; `DamagedError` for one that is no text."""
        start, end = text_of(prefix), _after(prefix)
        while True:
            with self.reading() as db:
                rows = db.execute(_LIST_KEYS, (start, not end, end, _PAGE)).fetchall()
            for (key,) in rows:
                start = self._text(key)
                yield start
            if len(rows) < _PAGE:
                return
            start += "\0"

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Keep other threads of this process out, and the transaction as it is."""
        with self._guard:
            yield

    def commit(self) -> None:
        """Make what was put visible to other processes."""
        with self._guard:
            self._raise_late()
            if not self._writing:
                return
            self._writing = False
            if not self._db().in_transaction:
                raise self._lost()
            try:
                self.before_commit(self._db())
                self._db().execute("COMMIT")
            except SQL_ERRORS as error:
                self._roll_back()
                raise self._failed(error, "write") from error

    def sync(self) -> None:
        """Make what was committed survive a power cut, and fold a long log into the database."""
        with self._guard:
            try:
                sync_path(self._log)
                sync_path(self._path.parent)
                size = self._log.stat().st_size
            except FileNotFoundError:  # nothing was written since the log was folded
                return
            except OSError as error:
                raise os_failure(error, "sync", self._log) from error
            if size > _LOG_LIMIT and not self._writing:
                self._fold()

    def shrink(self) -> None:
        """Give the space of removed records back to the file system, if it is much and nobody is in the way."""
        with self._guard:
            self.commit()
            with self.reading() as db:
                if vacuum(db):
                    self._before_folding()
                    self._fold()

    def close(self) -> None:
        """Commit and close the connection."""
        with self._guard:
            try:
                self.commit()
                if self._connection is not None and os.access(self._path.parent, os.W_OK):
                    self._before_folding()
            finally:
                self._let_go()

    def suspend(self) -> None:
        """Be without a connection until `resume`; a failure is told at the next use."""
        self._guard.acquire()
        writing = self._writing
        try:
            self.close()
        except StoreError:
            self._writing = writing

    def resume(self) -> None:
        """Go on after a fork."""
        self._guard.release()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        turn, self._turn = self._turn, None
        if connection is not None:
            connection.close()
        if turn is not None:
            turn.close()

    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self._path)
        return self._connection

    def _begin(self) -> sqlite3.Connection:
        self._raise_late()
        db = self._db()
        if not self._writing:
            with self._in_turn():
                db.execute("BEGIN IMMEDIATE")
            self._writing = True
            self.transaction += 1
            self._begun = time.monotonic()
            self._linger.begun()
        elif not db.in_transaction:
            raise self._lost()
        return db

    def _end_late(self) -> None:
        with self._guard:
            if not self._writing or time.monotonic() - self._begun < LONGEST:
                return
            try:
                self.commit()
            except StoreError as error:
                self._late = error

    def _raise_late(self) -> None:
        """Raise what went wrong behind the owner's back."""
        late, self._late = self._late, None
        if late is not None:
            raise late

    def _in_turn(self) -> AbstractContextManager[None]:
        try:
            if self._turn is None:
                self._turn = Turn(self._path.with_name(self._path.name + "-turn"))
        except OSError as error:
            raise os_failure(error, "write", self._path) from error
        return self._turn.taken()

    def _roll_back(self) -> None:
        if self._db().in_transaction:
            self._db().execute("ROLLBACK")

    def _fold(self) -> None:
        """Move the log into the database; a reader that is in the way only puts it off."""
        db = self._db()
        try:
            db.execute("PRAGMA busy_timeout = 0")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except SQL_ERRORS as error:
            raise self._failed(error, "write") from error
        finally:
            db.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")

    def _put_new(self, rows: list[tuple[str, bytes, bytes]]) -> bool:
        """Write records of which none is there; else write none."""
        with self.writing() as db:
            db.execute("SAVEPOINT batch")
            new = db.executemany(_PUT, rows).rowcount == len(rows)
            if not new:
                db.execute("ROLLBACK TO batch")
            db.execute("RELEASE batch")
        return new

    def _some(self, keys: Sequence[str]) -> list[tuple[str, bytes, bytes]]:
        with self.reading() as db:
            return db.execute(_get_many(len(keys)), [text_of(key) for key in keys]).fetchall()

    def _page(self, start: str, end: str) -> list[tuple[str, bytes, bytes]]:
        with self.reading() as db:
            try:
                return db.execute(_LIST, (start, not end, end, _PAGE)).fetchall()
            except UnicodeEncodeError as error:
                raise _not_text(start) from error

    def _checked(self, key: object, body: object, seal: object) -> bytes:
        """Return the body of a row; in a damaged database its columns may be of any type."""
        if isinstance(key, str) and isinstance(body, bytes) and _seal(key, body) == seal:
            return body
        raise DamagedError(
            f"the record {key} in {self._path} is damaged",
            hint="run `axl verify`; with --repair it removes what is damaged",
        )

    def _text(self, key: bytes) -> str:
        try:
            return key.decode()
        except UnicodeDecodeError as error:
            raise DamagedError(f"the name of a record in {self._path} is damaged: {key[:100]!r}") from error

    def _lost(self) -> StoreError:
        """Return the error for what SQLite took back after a failure elsewhere; it is told once."""
        self._writing = False
        hint = "free some space there, then run the same command again"
        return StoreError(f"the records put last into {self._path} were lost", hint=hint)

    def _failed(self, error: sqlite3.Error | UnicodeDecodeError, doing: str) -> StoreError:
        return sql_failure(error, doing, self._path)


def _nothing(_db: sqlite3.Connection) -> None:
    return


_ALL: WeakSet[Records] = WeakSet()


def _before_fork() -> None:
    for records in list(_ALL):
        records.suspend()


def _after_fork() -> None:
    for records in list(_ALL):
        records.resume()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


@lru_cache
def _get_many(count: int) -> str:
    marks = ",".join("?" * count)
    return f"SELECT key, body, seal FROM records WHERE key IN ({marks})"  # noqa: S608 (marks only)


def text_of(key: str) -> str:
    """Return a name that SQLite can keep; raises `UsageError` for half of a surrogate pair."""
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise _not_text(key) from error
    return key


def _seal(key: str, body: bytes) -> bytes:
    try:
        name = key.encode()
    except UnicodeEncodeError as error:
        raise _not_text(key) from error
    return blake3(b"%d:%b%b" % (len(name), name, body)).digest(length=16)


def _not_text(key: str) -> UsageError:
    return UsageError(f"the name of a record must be valid Unicode: {key[:100]!a}")


def _after(prefix: str) -> str:
    """Return the first text after all that start with a prefix; empty when there is none."""
    while prefix:
        last = ord(prefix[-1]) + 1
        if last == 0xD800:  # no text holds a surrogate
            last = 0xE000
        if last <= 0x10FFFF:
            return prefix[:-1] + chr(last)
        prefix = prefix[:-1]
    return ""
