"""Every store lists the names of its records, those of damaged ones too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from axl.errors import DamagedError, UsageError
from axl.io.store import Store
from axl.io.stores import open_store


def test_keys_come_in_order(store: Store, many: int) -> None:
    """A listing has each key once, however many there are, and none with another beginning."""
    keys = sorted(f"a/{number:05d}" for number in range(many))
    store.put_records([(key, b"x") for key in (*keys, "b/1", "a0")])

    assert keys == list(store.list_keys("a/"))
    assert [*keys, "a0", "b/1"] == list(store.list_keys(""))
    assert [] == list(store.list_keys("c"))


def test_a_prefix_must_be_text(store: Store) -> None:
    """Half of a surrogate pair begins no key."""
    with pytest.raises(UsageError):
        list(store.list_keys("\ud800"))


def test_a_damaged_record_does_not_hide_the_others(tmp_path: Path) -> None:
    """A listing of keys names a record that cannot be read, and goes on."""
    store = open_store(str(tmp_path / "s"))
    store.put_records([("a", b"1"), ("b", b"2"), ("c", b"3")])
    store.commit()
    change(tmp_path, "UPDATE records SET body = x'00' WHERE key = 'b'")

    with pytest.raises(DamagedError):
        list(store.list_records(""))
    assert ["a", "b", "c"] == list(store.list_keys(""))
    store.close()


def test_a_key_that_is_no_text_is_damage(tmp_path: Path) -> None:
    """The bytes of a key that changed into none of UTF-8 are told as damage."""
    store = open_store(str(tmp_path / "s"))
    store.put_record("a", b"1")
    store.commit()
    change(tmp_path, "UPDATE records SET key = CAST(x'ff' AS TEXT)")

    with pytest.raises(DamagedError, match="the name of a record"):
        list(store.list_keys(""))
    store.close()


def change(folder: Path, statement: str) -> None:
    """Change the database behind the store's back."""
    with closing(sqlite3.connect(folder / "s" / "records.db")) as db:
        db.execute(statement)
        db.commit()
