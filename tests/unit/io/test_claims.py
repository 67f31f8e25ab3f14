"""Every store lets one holder of a lock claim a name, and lets go of it with the lock."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from axl.errors import UsageError
from axl.io.store import Store
from axl.io.stores import open_store


def soon(store: Store, name: str, lock: str) -> list[bool]:
    """Claim a name that was released a moment ago."""
    for _ in range(100):
        if store.claim([name], lock) == [True]:
            return [True]
        time.sleep(0.05)
    return [False]


def test_a_name_is_claimed_by_one(store: Store) -> None:
    """The second is refused what the first holds, and gets the rest."""
    with store.lock("one", ""), store.lock("two", ""):
        assert [True, True] == store.claim(["a", "b"], "one")
        assert [False, True, False] == store.claim(["b", "c", "a"], "two")
        assert [True, False] == store.claim(["a", "c"], "one")


def test_a_released_name_is_free(store: Store) -> None:
    """Only the one who claimed a name can let go of it."""
    with store.lock("one", ""), store.lock("two", ""):
        store.claim(["a", "b"], "one")
        store.release(["a", "b", "never"], "two")
        assert [False, False] == store.claim(["a", "b"], "two")
        store.release(["a"], "one")
        assert [True] == soon(store, "a", "two")
        assert [True, False] == store.claim(["a", "b"], "two")


def test_a_claim_ends_with_its_lock(store: Store) -> None:
    """Once the lock is free, the next one takes the name; who comes back finds it taken."""
    with store.lock("one", ""):
        store.claim(["a"], "one")
    with store.lock("two", ""):
        assert [True] == store.claim(["a"], "two")
        with store.lock("one", ""):
            assert [False] == store.claim(["a"], "one")


def test_a_claim_is_found_again_under_the_same_lock(store: Store) -> None:
    """Who goes on under the lock of one that ended has what that one claimed."""
    with store.lock("one", ""):
        store.claim(["a"], "one")

    with store.lock("one", ""), store.lock("two", ""):
        assert [False] == store.claim(["a"], "two")
        assert [True] == store.claim(["a"], "one")


def test_claims_hold_between_stores_of_one_place(store: Store) -> None:
    """What is committed in one store is refused in another of the same URL."""
    other = open_store(store.url)
    with store.lock("one", ""), other.lock("two", ""):
        store.claim(["a"], "one")
        store.commit()
        assert [False, True] == other.claim(["a", "b"], "two")
        other.commit()
        store.release(["a"], "one")
        store.commit()
        assert [True] == soon(other, "a", "two")
    other.close()


def test_cleaning_keeps_live_claims(store: Store) -> None:
    """Cleaning removes what is void and nothing else."""
    with store.lock("one", ""):
        store.claim(["a"], "one")
        with store.lock("dead", ""):
            store.claim(["b"], "dead")
        store.commit()

        store.clean_temp()
        with store.lock("two", ""):
            assert [False, True] == store.claim(["a", "b"], "two")


@pytest.mark.parametrize("name", ["", "a/b", "x\0y", "k" * 3000, "../up", "\ud7ff"])
def test_any_text_can_be_claimed(name: str, store: Store) -> None:
    """Names and locks may be odd."""
    with store.lock(name, ""), store.lock("other", ""):
        assert [True] == store.claim([name], name)
        assert [False] == store.claim([name], "other")
    assert [] == store.claim([], "other")


def test_a_name_must_be_text(store: Store) -> None:
    """Half of a surrogate pair is told as a mistake of whoever named it, and nothing is taken."""
    with store.lock("one", ""), store.lock("two", ""):
        with pytest.raises(UsageError):
            store.claim(["fine", "a\ud800"], "one")
        assert [True] == store.claim(["fine"], "two")


def test_of_many_threads_one_gets_each_name(store: Store, many: int) -> None:
    """Claims from threads with locks of their own never overlap."""
    start, count = threading.Barrier(4), many // 35
    over = threading.Barrier(4)

    def work(me: int) -> list[bool]:
        with store.lock(f"lock-{me}", ""):
            start.wait()
            got = [won for i in range(count) for won in store.claim([f"n{i}", f"m{i}"], f"lock-{me}")]
            over.wait()
        return got

    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(work, range(4)))
    assert [1] * (2 * count) == [sum(won) for won in zip(*rounds, strict=True)]


def test_the_holder_of_a_lock_is_known_without_taking_it(store: Store) -> None:
    """The note is told while the lock is held, and nothing before and after."""
    assert None is store.holder("n")
    with store.lock("n", "it is me"):
        assert "it is me" == store.holder("n")
        assert None is store.holder("other")
    assert None is store.holder("n")


def test_looking_keeps_nobody_from_the_lock(store: Store, many: int) -> None:
    """However often others look who holds a lock, it can be taken when it is free."""
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            store.holder("n")

    with ThreadPoolExecutor(3) as pool:
        for _ in range(3):
            pool.submit(look)
        try:
            for _ in range(many // 70):
                with store.lock("n", "me"):
                    pass
        finally:
            over.set()
