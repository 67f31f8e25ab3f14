"""Every store reads and writes many records at once as it does one by one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from axl.errors import UsageError
from axl.io.store import Store


def test_a_batch_is_written_and_read_whole(store: Store, many: int) -> None:
    """However many records there are, each comes back under its key, in the order asked for."""
    records = [(f"k/{i:04d}", str(i).encode()) for i in range(many)]

    assert [None] * many == store.put_records(records)
    assert [body for _, body in reversed(records)] == store.get_records([key for key, _ in reversed(records)])
    store.commit()
    assert records == list(store.list_records("k/"))


def test_a_batch_tells_what_was_there_first(store: Store) -> None:
    """Those of a batch that are there already keep their bodies, and the others are written."""
    store.put_record("b", b"first")

    assert [None, b"first", None] == store.put_records([("a", b"1"), ("b", b"2"), ("c", b"3")])
    assert [b"1", b"first", b"3", None] == store.get_records(["a", "b", "c", "d"])


def test_a_key_twice_in_a_batch_is_written_once(store: Store) -> None:
    """Within a batch too the first writer wins, also with the same body; reading twice gives it twice."""
    batch = [("a", b"1"), ("b", b"2"), ("a", b"3"), ("b", b"2")]

    assert [None, None, b"1", b"2"] == store.put_records(batch)
    assert [b"1", b"1", None, None] == store.get_records(["a", "a", "z", "z"])


@pytest.mark.parametrize("count", [0, 1, 2, 250, 251, 500])
def test_batches_of_every_size(count: int, store: Store) -> None:
    """A batch may be empty, and no size is special."""
    keys = [f"{i}" for i in range(count)]

    assert [None] * count == store.get_records(keys)
    assert [None] * count == store.put_records([(key, key.encode()) for key in keys])
    assert [key.encode() for key in keys] == store.get_records(keys)


@pytest.mark.parametrize("key", ["", "x\0y", "\ud7ff", "k" * 5000, "' OR 1=1 --", "%", "../up"])
def test_odd_keys_in_a_batch(key: str, store: Store) -> None:
    """Any text is a key."""
    assert [None, None] == store.put_records([(key, b""), (key + "2", b"\0")])
    assert [b"", b"\0", None] == store.get_records([key, key + "2", key + "3"])


def test_keys_of_a_batch_must_be_text(store: Store) -> None:
    """One half of a surrogate pair refuses the batch before any of it is written."""
    for use in (
        lambda keys: store.put_records([(key, b"") for key in keys]),
        store.get_records,
        store.drop_records,
    ):
        with pytest.raises(UsageError):
            use(["fine", "a\ud800"])
        assert None is store.get_record("fine")


def test_threads_that_write_the_same_batches_agree(store: Store, many: int) -> None:
    """Of many threads one wins each key, and every loser is told the winner's body."""
    start, count = threading.Barrier(4), many // 10

    def work(me: int) -> list[bytes | None]:
        start.wait()
        return [
            there
            for i in range(0, count, 20)
            for there in store.put_records([(f"k{j}", b"%d" % me) for j in range(i, min(i + 20, count))])
        ]

    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(work, range(4)))
    bodies = store.get_records([f"k{j}" for j in range(count)])
    told = [{there for there in each if there is not None} for each in zip(*rounds, strict=True)]
    assert [1] * count == [each.count(None) for each in zip(*rounds, strict=True)]
    assert [{body} for body in bodies] == told


def test_dropped_records_are_gone_and_may_come_again(store: Store) -> None:
    """A key that was dropped is free; one that is not there is no error."""
    store.put_records([("a", b"1"), ("b", b"2"), ("c", b"3")])
    store.commit()

    store.drop_records(["a", "z", "c", "a"])
    store.commit()
    assert [None, b"2", None] == store.get_records(["a", "b", "c"])
    assert [("b", b"2")] == list(store.list_records(""))
    assert None is store.put_record("a", b"new")
    assert [("a", b"new"), ("b", b"2")] == list(store.list_records(""))
