"""A store in a folder gives back the space of removed records, and is in nobody's way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from axl.io.stores.local import LocalStore
from tests.unit.io.other_processes import Start, line, started_at, tell

BODY = bytes(1000)
MEGABYTE = 1_000_000


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalStore]:
    """A store in which 4 MB of records have been."""
    store = LocalStore(tmp_path / "store")
    store.put_records([(f"k/{i:04}", BODY) for i in range(4000)])
    store.sync()
    yield store
    store.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Run code in another process on that store."""
    with started_at(str(tmp_path / "store")) as begin:
        yield begin


def drop(store: LocalStore, count: int) -> None:
    """Remove records, durably, so that nothing but free pages is left of them."""
    store.drop_records([f"k/{i:04}" for i in range(count)])
    store.sync()


def size(store: LocalStore) -> int:
    """Return the bytes of the file of records and of its log."""
    return sum(path.stat().st_size for path in store.root.glob("records.db*"))


def test_much_free_space_is_given_back(local: LocalStore) -> None:
    """While the store is open; what stays can be read, and more can be written."""
    drop(local, 3990)
    before = size(local)
    local.put_record("late", b"not committed before")

    local.shrink()

    assert (True, True) == (before > 4 * MEGABYTE, size(local) < MEGABYTE)
    assert [f"k/{i:04}" for i in range(3990, 4000)] == list(local.list_keys("k/"))
    assert b"not committed before" == local.get_record("late")
    assert local.put_record("more", b"x") is None


def test_little_free_space_stays(local: LocalStore) -> None:
    """A quarter of the file is soon written again."""
    drop(local, 1000)
    before = size(local)

    local.shrink()

    assert before == size(local)


def test_whoever_has_it_open_reads_and_writes_on(local: LocalStore, start: Start) -> None:
    """Another process that had read before."""
    other = start("""
        print(len(list(store.list_records("k/"))), flush=True)
        sys.stdin.readline()
        print(len(list(store.list_records("k/"))), store.put_record("theirs", b"t"), flush=True)
        store.close()
    """)
    assert "4000" == line(other)
    drop(local, 3990)

    local.shrink()
    tell(other)

    assert "10 None" == line(other)
    other.wait()
    assert (True, b"t") == (size(local) < MEGABYTE, local.get_record("theirs"))


def test_nobody_is_waited_for(local: LocalStore, start: Start) -> None:
    """While another process writes nothing is done, and nothing is raised; afterwards it works."""
    drop(local, 3990)
    before = size(local)
    other = start("""
        import sqlite3
        db = sqlite3.connect(os.path.join(sys.argv[1], "records.db"), isolation_level=None)
        db.execute("BEGIN IMMEDIATE")
        print("writing", flush=True)
        sys.stdin.readline()
    """)
    assert "writing" == line(other)

    begun = time.monotonic()
    local.shrink()

    assert (before, True) == (size(local), time.monotonic() - begun < 5)
    tell(other)
    other.wait()
    local.shrink()
    assert size(local) < MEGABYTE
