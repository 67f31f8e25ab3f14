"""Makes requests of a bucket through obstore, each until it is done, hopeless, or its time is over.

A request that failed in a way that passes is made again, after a pause that grows and is drawn at random,
until its time is over. Only what is safe is made again: reading, overwriting with the same bytes,
deleting, and a conditional write whose outcome is then read back and compared.

Nothing is opened before the first request. From then on obstore has threads, which a forked child does
not have; so in a child of a process that made requests every request is refused, instead of hanging.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from axl.errors import DamagedError, StoreError
from axl.io.stores.remote.bucket import Bucket, open_bucket
from axl.io.stores.remote.failure import is_bucket_missing, trouble_of, unusable
from axl.io.stores.remote.frames import unseal
from axl.io.stores.remote.outage import PATIENCE, Outage
from axl.io.stores.remote.place import Place

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig

T = TypeVar("T")
S = TypeVar("S")

AT_ONCE = 32
"""Requests of one batch that are under way at the same time."""

SMALL: ClientConfig = {"connect_timeout": "5s", "read_timeout": "15s", "timeout": "30s"}
"""How long one request may take that sends and is sent little; it is made again by us."""

LARGE: ClientConfig = {"connect_timeout": "5s", "read_timeout": "60s", "timeout": "1h"}
"""The same for large objects, whose parts obstore asks for again."""

_BRIEF: ClientConfig = {"connect_timeout": "1s", "read_timeout": "2s", "timeout": "2s"}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_TRIES = 8  # at least: with longer pauses the time could be over before anything is told
_READS = 6
_PART = 8 << 20
_MOST_PARTS = 9000
_PARTS_AT_ONCE = 6
_DELETED_AT_ONCE = 500
_NO_RETRY: RetryConfig = {"max_retries": 0}
_RETRY: RetryConfig = {"max_retries": 8, "retry_timeout": timedelta(seconds=PATIENCE)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a listing says of one object; `written` in seconds of the epoch, by the server's clock."""

    path: str
    size: int
    written: float
    tag: str


@dataclass(slots=True)
class _Process:
    """Whether a parent of this process has made requests."""

    used: bool = False
    child_of_used: bool = False


_PROCESS = _Process()


def _after_fork() -> None:
    _PROCESS.child_of_used = _PROCESS.used


os.register_at_fork(after_in_child=_after_fork)


@dataclass(slots=True)
class Client:
    """The requests that a store makes of its bucket; threads share it."""

    place: Place
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False)
    _small: Bucket | None = field(default=None, init=False)
    _large: Bucket | None = field(default=None, init=False)
    _brief: Bucket | None = field(default=None, init=False)
    _pool: ThreadPoolExecutor | None = field(default=None, init=False)
    _outage: Outage = field(init=False)

    def __post_init__(self) -> None:
        self._outage = Outage(self.place.url)

    def get(self, path: str, read: Callable[[bytes], T]) -> T | None:
        """Return what `read` makes of an object's bytes, or `None` where there is none.

        While `read` raises `DamagedError` the object is read again, a few times.
        """

        def ask() -> T | None:
            try:
                return read(bytes(obstore.get(self._for_small(), path).bytes()))
            except FileNotFoundError as error:
                if is_bucket_missing(error):
                    raise
                return None

        return until_sound(lambda: self._tried(ask))

    def head(self, path: str) -> Entry | None:
        """Return what there is to know of an object, or `None` where there is none."""

        def ask() -> Entry | None:
            try:
                return _entry(obstore.head(self._for_small(), path))
            except FileNotFoundError:
                return None

        return self._tried(ask)

    def put(self, path: str, body: ReadableBuffer, patience: float = PATIENCE) -> None:
        """Write an object, whatever was there."""
        self._tried(
            lambda: obstore.put(self._for_small(), path, memoryview(body), use_multipart=False), patience
        )

    def create(self, path: str, body: bytes) -> bytes | None:
        """Write a sealed body if there is none; return `None`, or the sealed body that was there first.

        No two seals are alike. So a writer that is told that the object exists, perhaps because it
        was not told that it wrote it, takes it for its own if it holds the same.
        """

        def ask() -> bytes | None:
            try:
                obstore.put(self._for_small(), path, body, mode="create", use_multipart=False)
            except AlreadyExistsError:
                there = until_sound(lambda: self._sealed(path))
                return None if there == body else there
            return None

        return self._tried(ask)

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield every object below a folder, in the order in which the store keeps them."""
        found, is_whole = self._tried(partial(self._listed, folder, ""))
        while not is_whole:
            yield from found
            found, is_whole = self._tried(partial(self._listed, folder, found[-1].path))
        yield from found

    def delete(self, paths: Iterable[str]) -> None:
        """Remove objects, if they are there."""
        rest = list(dict.fromkeys(paths))
        while rest:
            some, rest = rest[:_DELETED_AT_ONCE], rest[_DELETED_AT_ONCE:]
            if self.place.scheme != "s3" or len(some) == 1:  # elsewhere a missing one ends the batch
                self.each(self._delete_one, some)
            else:
                self._tried(partial(self._delete, some))

    def upload(self, path: str, body: bytearray | Path, size: int) -> None:
        """Write a large object from memory or a file, in parts, whatever was there."""
        part = max(_PART, -(-size // _MOST_PARTS))

        def ask() -> None:
            try:
                obstore.put(
                    self._for_large(),
                    path,
                    body,
                    use_multipart=True,
                    chunk_size=part,
                    max_concurrency=_PARTS_AT_ONCE,
                )
            except FileNotFoundError:  # the parts may have been joined already, without our being told
                there = self.head(path)
                if there is None or there.size != size:
                    raise

        self._tried(ask)

    def read(self, path: str, most: int) -> bytearray | int | None:
        """Return an object's bytes, the number of bytes if there are more than `most`, or `None`."""

        def ask() -> bytearray | int | None:
            try:
                result = obstore.get(self._for_large(), path)
            except FileNotFoundError as error:
                if is_bucket_missing(error):
                    raise
                return None
            size = result.meta["size"]
            return size if size > most else bytearray(memoryview(result.bytes()))

        return self._tried(ask)

    def download(self, path: str, size: int, file: int) -> None:
        """Read a large object into an open file, in parts."""

        def fetch(start: int) -> None:
            end = min(start + _PART, size)
            data = self._tried(partial(self._range, path, start, end))
            if os.pwrite(file, memoryview(data), start) != end - start:
                raise StoreError(
                    f"a part of {path} in {self.place.url} is short", hint="run the same command again"
                )

        with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
            for _ in pool.map(fetch, range(0, size, _PART)):
                pass

    def each(self, do: Callable[[S], T], items: Sequence[S]) -> list[T]:
        """Do one thing to each of many items, several at once; return the results in order."""
        if len(items) <= 1:
            return [do(item) for item in items]
        return list(self._threads().map(do, items))

    def later(self, do: Callable[[], T]) -> Future[T]:
        """Do something beside what follows."""
        return self._threads().submit(do)

    def close(self) -> None:
        """End the threads."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None and not _PROCESS.child_of_used:
            pool.shutdown()

    def _threads(self) -> ThreadPoolExecutor:
        self._check_process()
        with self._guard:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="axl-store")
            return self._pool

    def _listed(self, folder: str, after: str) -> tuple[list[Entry], bool]:
        """Return what is below a folder, as far as it comes, and whether that is all."""
        found: list[Entry] = []
        try:
            for page in obstore.list(self._for_small(), folder, offset=after or None):
                found.extend(entry for entry in map(_entry, page) if entry.path > after)
        except BaseError:
            if not found or self.place.scheme == "az":  # which cannot go on in the middle
                raise
            return found, False
        return found, True

    def _range(self, path: str, start: int, end: int) -> ReadableBuffer:
        return obstore.get_range(self._for_large(), path, start=start, end=end)

    def _sealed(self, path: str) -> bytes:
        """Return what is there, and was there a moment ago."""
        try:
            data = bytes(obstore.get(self._for_small(), path).bytes())
        except FileNotFoundError as error:
            raise _GoneError(path) from error
        unseal(data, path)
        return data

    def _delete(self, paths: list[str]) -> None:
        obstore.delete(self._for_small(), paths)

    def _delete_one(self, path: str) -> None:
        def ask() -> None:
            with suppress(FileNotFoundError):
                self._delete([path])

        self._tried(ask)

    def _tried(self, ask: Callable[[], T], patience: float = PATIENCE) -> T:
        """Make a request until it succeeds, its time is over, or it cannot succeed."""
        self._check_process()
        began, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            try:
                with self._outage.watched(began):
                    result = ask()
            except _FAILURES as error:
                trouble = trouble_of(error, self.place)
                limit = self._outage.limit(patience, trouble)
                wait = random.uniform(pause / 2, pause)
                waited = time.monotonic() - began + wait
                if trouble.passing and waited > limit:
                    self._outage.ends(patience)
                if not trouble.passing or waited > limit:
                    raise trouble.error(self.place) from error
                self._outage.goes_on(trouble.what, waited, limit)
            else:
                self._outage.answered()
                return result
            time.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE, limit / _TRIES)

    def _check_process(self) -> None:
        if _PROCESS.child_of_used:
            raise StoreError(
                f"a process that was forked from one that uses {self.place.url} cannot use it",
                hint="start processes afresh, with multiprocessing's method `spawn`",
            )
        _PROCESS.used = True

    def _for_small(self) -> Bucket:
        if self._outage.given_up:
            return self._for_a_moment()
        if self._small is None:
            self._small = self._open(SMALL, _NO_RETRY)
        return self._small

    def _for_large(self) -> Bucket:
        if self._large is None:
            self._large = self._open(LARGE, _RETRY)
        return self._large

    def _for_a_moment(self) -> Bucket:
        if self._brief is None:
            self._brief = self._open(_BRIEF, _NO_RETRY)
        return self._brief

    def _open(self, client: ClientConfig, retry: RetryConfig) -> Bucket:
        try:
            return open_bucket(self.place, client, retry)
        except (BaseError, ValueError) as error:
            raise unusable(error, self.place) from error


class _GoneError(OSError):
    """What existed a moment ago does not; asking again settles it."""


_FAILURES = (BaseError, OSError)


def until_sound(read: Callable[[], T]) -> T:
    """Read again, a few times, what arrives damaged: it may have been damaged on the way."""
    for left in reversed(range(_READS)):
        try:
            return read()
        except DamagedError:
            if not left:
                raise
            time.sleep(random.uniform(0, _FIRST_PAUSE))
    raise AssertionError


def _entry(meta: ObjectMeta) -> Entry:
    return Entry(
        path=meta["path"],
        size=meta["size"],
        written=meta["last_modified"].timestamp(),
        tag=meta["e_tag"] or meta["last_modified"].isoformat(),
    )
