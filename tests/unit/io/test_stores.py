"""Every store keeps the same promises."""

from __future__ import annotations

import array
import json
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from axl.errors import DamagedError, LockedError, UsageError
from axl.io.store import INLINE_LIMIT, Store, Stored
from axl.io.stores import open_store

SIZES = [
    0,
    1,
    INLINE_LIMIT - 1,
    INLINE_LIMIT,
    INLINE_LIMIT + 1,
    100_000,
    (1 << 20) - 1,
    1 << 20,
    (1 << 20) + 1,
    20_000_003,
]
KEYS = [
    "a",
    "",
    "a/b",
    "../../etc/passwd",
    "x\0y",
    "häß",
    "\U0010ffff",
    "\ud7ff",
    "k" * 5000,
    "' OR 1=1 --",
    "%",
    "_",
]


def put(store: Store, pieces: Iterable[Any], inline: int = INLINE_LIMIT) -> Stored:
    with store.write(inline) as stream:
        for piece in pieces:
            stream.write(piece)
        return stream.finish()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("piece", [1 << 30, 65_536, 1_500_000])
def test_bytes_come_back_under_their_digest(size: int, piece: int, store: Store) -> None:
    """Whatever their number and however they were written, bytes are found by their blake3 digest."""
    data = bytes(range(251)) * (size // 251) + b"x" * (size % 251)
    stored = put(store, (data[i : i + piece] for i in range(0, size, piece)))

    assert (blake3(data).hexdigest(), size) == (stored.digest, stored.size)
    assert (data if size <= INLINE_LIMIT else None) == stored.data
    if stored.data is None:
        assert data == store.read(stored.digest)
        assert data == store.local_path(stored.digest).read_bytes()


def test_the_writer_says_how_much_stays_inline(store: Store) -> None:
    """A limit of zero makes an object of every byte; a high one of none."""
    assert None is put(store, [b"x"], inline=0).data
    assert b"x" * 9999 == put(store, [b"x" * 9999], inline=10_000).data


def test_numbers_and_views_are_written_as_their_bytes(store: Store) -> None:
    """A stream takes every contiguous buffer and says how many bytes it took."""
    numbers = array.array("d", range(1000))

    with store.write() as stream:
        assert [8000, 3, 2] == [
            stream.write(numbers),
            stream.write(bytearray(b"abc")),
            stream.write(memoryview(b"xyz")[1:]),
        ]
        assert 8005 == stream.tell()
        assert numbers.tobytes() + b"abcyz" == store.read(stream.finish().digest)


@pytest.mark.parametrize("size", [10, 10_000, 3_000_000])
def test_a_stream_that_is_not_finished_leaves_nothing(size: int, store: Store) -> None:
    """Only `finish` makes an object."""
    data = b"q" * size

    with store.write(inline=0) as stream:
        stream.write(data)
    with pytest.raises(DamagedError):
        store.read(blake3(data).hexdigest())
    for use in (stream.finish, lambda: stream.write(b"")):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_an_object_can_be_written_again(store: Store) -> None:
    """The same bytes are the same object."""
    first, second = (put(store, [b"z" * 2_000_000]) for _ in range(2))

    assert first == second
    assert b"z" * 2_000_000 == store.read(first.digest)


def test_what_is_there_is_not_lacking(store: Store) -> None:
    """Whatever a quick look may say of others, nobody computes again what is stored."""
    first = put(store, [b"a" * 5000])
    second = put(store, [b"b" * 20_000])

    assert set() == store.lacks([(first.digest, 5000), (second.digest, 20_000)])
    assert set() == store.lacks([])


@pytest.mark.parametrize("size", [5000, 3_000_000])
def test_what_is_read_is_private(size: int, store: Store) -> None:
    """A reader may write into the bytes; nobody else sees it."""
    stored = put(store, [b"a" * size])

    view = store.read(stored.digest)
    view[:3] = b"bbb"
    assert b"a" * size == store.read(stored.digest)


@pytest.mark.parametrize(
    "digest", ["0" * 64, "", "x", "../../etc/passwd", "0" * 63, "A" * 64, "0" * 64 + "\n", "/" * 64]
)
def test_what_is_not_there_is_damage(digest: str, store: Store) -> None:
    """A missing object, or a name that is no digest, is one error of ours."""
    for read in (store.read, store.local_path):
        with pytest.raises(DamagedError):
            read(digest)


@pytest.mark.parametrize("key", KEYS)
def test_a_record_is_written_once(key: str, store: Store) -> None:
    """The first writer wins and the second is told, before and after a commit, whatever the key is."""
    assert None is store.get_record(key)
    assert None is store.put_record(key, b"first")
    assert b"first" == store.put_record(key, b"second")
    store.commit()

    assert b"first" == store.put_record(key, b"third")
    assert b"first" == store.get_record(key)
    assert [(key, b"first")] == list(store.list_records(key))


@pytest.mark.parametrize("body", [b"", b"\0", b"x" * 5_000_000])
def test_a_record_holds_any_bytes(body: bytes, store: Store) -> None:
    """An empty body is a body."""
    assert None is store.put_record("k", body)
    assert body == store.get_record("k")
    assert body == store.put_record("k", b"other")


def test_a_key_must_be_text(store: Store) -> None:
    """Half of a surrogate pair is told as a mistake of whoever named it."""
    for use in (
        store.get_record,
        lambda key: store.put_record(key, b""),
        lambda key: list(store.list_records(key)),
    ):
        with pytest.raises(UsageError):
            use("a\ud800")


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "b", "\U0010ffff", "\ud7ff", "zz"])
def test_records_are_listed_by_prefix_in_order(prefix: str, store: Store) -> None:
    """Exactly the keys that start with the prefix come, sorted by code points."""
    keys = [
        "a",
        "a/b",
        "a/b/c",
        "a0",
        "a\U0010ffff",
        "b",
        "é",
        "\ud7ff1",
        "\ue000",
        "\U0010ffff",
        "\U0010ffff2",
        "A",
    ]
    for key in reversed(keys):
        store.put_record(key, key.encode())

    expected = [(key, key.encode()) for key in sorted(keys) if key.startswith(prefix)]
    assert expected == list(store.list_records(prefix))


def test_many_records_are_listed(store: Store, many: int) -> None:
    """A list longer than a page is whole, and records may be put while it is read."""
    keys = [f"k/{i:05d}" for i in range(many)]
    store.put_records([(key, b"") for key in keys])
    store.commit()

    seen = []
    for key, _ in store.list_records("k/"):
        seen.append(key)
        if len(seen) % 10 == 0:
            store.put_record(f"other/{key}", b"")
    assert keys == seen


def test_a_store_can_be_opened_again(store: Store) -> None:
    """The URL leads back to everything that was committed."""
    stored = put(store, [b"y" * 10_000])
    store.put_record("k", b"v")
    store.sync()
    store.close()

    again = open_store(store.url)
    assert store.url == again.url
    assert b"v" == again.get_record("k")
    assert b"y" * 10_000 == again.read(stored.digest)
    again.close()


def test_closing_twice_and_syncing_nothing_is_fine(store: Store) -> None:
    """Nothing to do is no error."""
    for act in (store.sync, store.commit, store.clean_temp, store.close, store.close):
        act()


@pytest.mark.parametrize("name", ["run-1", "", "a/b", "../up", "x" * 300, "\0", "ü", ".", "a\ud800"])
def test_a_name_is_held_by_one(name: str, store: Store) -> None:
    """The second is told who holds it, however odd the name; then the name is free again."""
    note = json.dumps({"pid": 12, "host": "here", "started": "noon", "run": "r"})

    with store.lock(name, note):
        with (
            pytest.raises(LockedError, match="held by process 12 on here since noon"),
            store.lock(name, "other"),
        ):
            pass
        with store.lock(name + "2", ""):
            pass
    with store.lock(name, "next"):
        pass


@pytest.mark.parametrize(
    ("note", "words"),
    [("", "another process"), ("me, myself", "me, myself"), ("[1]", r"\[1\]"), ("{}", "{}")],
)
def test_any_note_is_shown(note: str, words: str, store: Store) -> None:
    """A note that is no JSON object is shown as it is."""
    with store.lock("n", note), pytest.raises(LockedError, match=words), store.lock("n", ""):
        pass


def test_an_error_inside_frees_the_name(store: Store) -> None:
    """A lock ends with its context, however that ends."""
    with pytest.raises(ZeroDivisionError), store.lock("n", ""):
        raise ZeroDivisionError

    with store.lock("n", ""):
        pass


def test_a_work_folder_is_private_and_goes_away(store: Store) -> None:
    """Two folders differ, and both are gone afterwards, whatever a step did in them."""
    with store.work_folder() as one, store.work_folder() as two:
        assert one != two
        assert 0o700 == one.stat().st_mode & 0o777
        (one / "sub").mkdir()
        (one / "sub" / "f").write_text("x")
        (one / "sub" / "f").chmod(0o000)
        (one / "sub").chmod(0o500)
        (one / "link").symlink_to(Path(__file__))

    assert not one.exists()
    assert not two.exists()
    assert Path(__file__).exists()


def test_threads_share_a_store(store: Store, many: int) -> None:
    """Of many threads that write the same records, one wins each key, and all objects are whole."""
    start = threading.Barrier(8)

    def work(me: int) -> list[bool]:
        start.wait()
        won = []
        for i in range(many // 35):
            stored = put(store, [bytes([i]) * 6000])
            assert 6000 == len(store.read(stored.digest))
            won.append(store.put_record(f"k{i}", str(me).encode()) is None)
            if i % 10 == 0:
                store.commit()
        return won

    with ThreadPoolExecutor(8) as pool:
        rounds = list(pool.map(work, range(8)))
    assert [1] * (many // 35) == [sum(won) for won in zip(*rounds, strict=True)]


@pytest.mark.parametrize("size", [6000, 1_100_000])
def test_threads_that_write_the_same_bytes_at_once_agree(size: int, store: Store, many: int) -> None:
    """However the steps of publishing interleave, with a sync between, the object is there and sound."""
    start = threading.Barrier(6)

    def work(me: int) -> None:
        for i in range(many // 90):
            start.wait()
            stored = put(store, [i.to_bytes(4, "big") * (size // 4)])
            if me == 0:
                store.sync()
            assert size == len(store.read(stored.digest))

    with ThreadPoolExecutor(6) as pool:
        assert [None] * 6 == list(pool.map(work, range(6)))
