"""Damage to stored bytes is found on every read, and never taken for what was written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from axl.errors import DamagedError, StoreError
from axl.io.store import Store
from axl.io.stores import open_store
from tests.unit.io.stored_bytes import put

SMALL = b"small object " * 1000
LARGE = b"large object " * 100_000


def object_path(store: Store, digest: str) -> Path:
    return store.local_path(digest)


def flip(path: Path) -> None:
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def longer(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def link(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


HARMS: list[Callable[[Path], None]] = [flip, cut, empty, zero, longer, link, folder, Path.unlink]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_a_damaged_object_is_found_on_every_read(
    harm: Callable[[Path], None], data: bytes, local: Store
) -> None:
    """The error names the file, and for changed bytes both digests."""
    digest = put(local, data)
    path = object_path(local, digest)
    harm(path)

    for read in (local.read, local.local_path):
        with pytest.raises(DamagedError) as caught:
            read(digest)
        assert str(path) in str(caught.value)
        assert ("expected digest" in str(caught.value)) == (harm in (flip, cut, empty, zero, longer))


@pytest.mark.parametrize(
    "harm", [flip, cut, empty, zero, longer, link, Path.unlink], ids=lambda harm: harm.__name__
)
@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
def test_writing_a_damaged_object_again_repairs_it(
    harm: Callable[[Path], None], data: bytes, local: Store
) -> None:
    """Who computes the value again puts a sound object in its place."""
    digest = put(local, data)
    harm(object_path(local, digest))

    assert digest == put(local, data)
    assert data == local.read(digest)
    local.sync()
    assert data == local.read(digest)


def test_two_objects_that_were_swapped_are_found(local: Store) -> None:
    """An object under another's name is damage, though each is sound by itself."""
    one, two = put(local, SMALL), put(local, LARGE)
    object_path(local, two).rename(object_path(local, one))

    with pytest.raises(DamagedError):
        local.read(one)


def test_no_byte_of_the_records_changes_unnoticed(tmp_path: Path) -> None:
    """After any flip a record is as it was, or gone, or told to be damaged; never different."""
    bodies = {f"node/run/{i}": bytes([i]) * 40 for i in range(40)}
    store = open_store(str(tmp_path / "s"))
    for key, body in bodies.items():
        store.put_record(key, body)
    store.close()
    database = tmp_path / "s" / "records.db"
    sound = database.read_bytes()

    for place in range(0, len(sound), 11):
        database.write_bytes(sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :])
        for name in ("records.db-wal", "records.db-shm"):
            (tmp_path / "s" / name).unlink(missing_ok=True)
        harmed = open_store(str(tmp_path / "s"))
        for key, body in bodies.items():
            try:
                assert harmed.get_record(key) in (body, None)
            except StoreError:
                continue
        try:
            found = dict(harmed.list_records(""))
            assert found.items() <= bodies.items()
            harmed.close()
        except StoreError:
            continue


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_database_that_is_none_is_damage(content: bytes, tmp_path: Path) -> None:
    """The error names the file and says what to do."""
    open_store(str(tmp_path / "s")).close()
    (tmp_path / "s" / "records.db").write_bytes(content)
    store = open_store(str(tmp_path / "s"))

    for use in (
        lambda: store.get_record("k"),
        lambda: store.put_record("k", b""),
        lambda: list(store.list_records("")),
    ):
        with pytest.raises(DamagedError, match="records") as caught:
            use()
        assert caught.value.hint


def test_a_lost_mark_is_the_only_trace_of_a_crash_between_two_names(tmp_path: Path) -> None:
    """An object that was marked and not yet linked when its writer died is published by the next sync."""
    store = open_store(str(tmp_path / "s"))
    digest = put(store, SMALL)
    object_path(store, digest).unlink()
    store.sync()

    assert SMALL == store.read(digest)
    assert [] == list((tmp_path / "s" / "unsynced").iterdir())
    store.close()
