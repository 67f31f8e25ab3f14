"""Every store lists its objects and drops those that nobody wrote lately."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from axl.errors import DamagedError, StoreError, UsageError
from axl.io.store import Store
from axl.io.stores import existing_store, open_store
from tests.unit.io.stored_bytes import put


def soon() -> float:
    return time.time() + 60


def test_objects_are_listed_with_size_and_time(store: Store) -> None:
    """Every object comes once, in order of digests, with its bytes and the time of its writing."""
    sizes = {put(store, bytes([i]) * (i + 1)): i + 1 for i in range(40)}
    store.put_record("k", b"no object")

    found = list(store.list_objects())
    assert sorted(sizes) == [digest for digest, _, _ in found]
    assert sizes == {digest: size for digest, size, _ in found}
    assert all(abs(written - time.time()) < 60 for _, _, written in found)


def test_an_empty_store_has_no_objects(store: Store) -> None:
    """A listing of nothing is empty."""
    assert [] == list(store.list_objects())
    store.drop_objects([], soon())


def test_dropped_objects_are_missing_and_may_come_again(store: Store) -> None:
    """What is dropped is gone, the rest stays; the same bytes can be written again."""
    kept, dropped = put(store, b"keep"), put(store, b"drop")
    store.sync()

    store.drop_objects([dropped, "0" * 64, dropped], soon())
    assert [kept] == [digest for digest, _, _ in store.list_objects()]
    with pytest.raises(DamagedError):
        store.read(dropped)
    with pytest.raises(DamagedError):
        store.local_path(dropped)
    assert dropped == put(store, b"drop")
    assert b"drop" == store.read(dropped)


def test_what_was_written_lately_is_not_dropped(store: Store) -> None:
    """An object that was written, or written again, since the given time stays."""
    digest = put(store, b"x")
    first = next(store.list_objects())[2]

    store.drop_objects([digest], first)
    assert b"x" == store.read(digest)
    time.sleep(0.05)
    assert digest == put(store, b"x")
    store.drop_objects([digest], first + 0.01)
    assert b"x" == store.read(digest)


def test_an_object_that_a_killed_collector_had_set_aside_comes_back(tmp_path: Path) -> None:
    """Killed between the two steps of dropping, the object is there again after the next cleaning."""
    store = open_store(str(tmp_path / "s"))
    digest = put(store, b"x")
    path = store.local_path(digest)
    path.rename(tmp_path / "s" / "dropping" / digest)

    store.clean_temp()
    assert b"x" == store.read(digest)
    assert [] == list((tmp_path / "s" / "dropping").iterdir())
    store.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_written_again_while_it_is_dropped_stays(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes the bytes just before or just after they are set aside finds them afterwards."""
    store, other = open_store(str(tmp_path / "s")), open_store(str(tmp_path / "s"))
    digest = put(store, b"x")
    os.utime(store.local_path(digest), (1, 1))
    rename = Path.rename

    def beside(path: Path, target: Path) -> Path:
        if target.parent.name != "dropping":
            return rename(path, target)
        if when == "before":
            put(other, b"x")
            return rename(path, target)
        rename(path, target)
        put(other, b"x")
        return target

    monkeypatch.setattr(Path, "rename", beside)
    store.drop_objects([digest], time.time() - 60)
    assert b"x" == store.read(digest)
    assert [] == list((tmp_path / "s" / "dropping").iterdir())
    store.close()
    other.close()


def test_a_store_that_is_there_is_opened(store: Store) -> None:
    """A command that only reads opens what another made."""
    store.put_record("k", b"")
    again = existing_store(store.url)

    assert store.url == again.url
    again.close()


@pytest.mark.parametrize("url", ["{}/none", "file://{}/none", "{}", "memory://never-opened"])
def test_a_store_that_is_not_there_is_not_made(url: str, tmp_path: Path) -> None:
    """A command that only reads makes no folder."""
    with pytest.raises(StoreError, match="there is no store at"):
        existing_store(url.format(tmp_path))
    assert [] == list(tmp_path.iterdir())


def test_a_bad_url_is_a_mistake_of_use() -> None:
    """What no store can have as its URL is refused as when opening."""
    for url in ("", "file://host/x", "ftp://x"):
        with pytest.raises(UsageError):
            existing_store(url)
