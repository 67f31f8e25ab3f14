"""Several processes and machines use one store in a bucket."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from axl.errors import LockedError
from axl.io.store import Store
from axl.io.stores import open_store
from axl.io.stores.remote import leases
from axl.io.stores.remote.machine import Process
from tests.remote.servers import Server, keys
from tests.unit.io.other_processes import Start, line, started_at

LEASE = 3.0
HOLD = """
    with store.lock("n", "it is me"):
        print(*store.claim(["a"], "n"), flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def start(url: str) -> Iterator[Start]:
    """Return a function that starts code in another process; it finds the store in `store`."""
    with started_at(url) as start:
        yield start


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process take every other for one of another machine."""
    monkeypatch.setattr(leases, "this_process", lambda: Process("another machine", 1, "1"))
    monkeypatch.setattr(leases, "is_alive", lambda process: False)
    monkeypatch.setattr(leases, "is_dead", lambda process: False)


def test_a_live_holder_of_this_machine_is_told_at_once(start: Start, store: Store) -> None:
    """Nobody waits for a sign of life of a process that can be looked up."""
    process = start(HOLD)
    assert "True" == line(process)
    began = time.monotonic()

    with pytest.raises(LockedError, match="held by it is me"), store.lock("n", ""):
        pass
    assert "it is me" == store.holder("n")
    with store.lock("ours", ""):
        assert [False] == store.claim(["a"], "ours")
    assert time.monotonic() - began < LEASE


def test_a_dead_holder_of_this_machine_is_replaced_at_once(start: Start, store: Store) -> None:
    """What a killed process held is free without waiting for the end of its lease."""
    process = start(HOLD)
    line(process)
    process.kill()
    process.wait()
    began = time.monotonic()

    assert None is store.holder("n")
    with store.lock("ours", ""):
        assert [True] == store.claim(["a"], "ours")
    with store.lock("n", "next"):
        assert "next" == store.holder("n")
    assert time.monotonic() - began < LEASE


@pytest.mark.usefixtures("elsewhere")
def test_a_live_holder_elsewhere_is_told_by_its_next_sign(start: Start, store: Store) -> None:
    """A holder that cannot be looked up is watched until it shows a sign of life."""
    process = start(HOLD)
    line(process)

    for _ in range(2):
        with pytest.raises(LockedError, match="held by it is me"), store.lock("n", ""):
            pass
        assert "it is me" == store.holder("n")


@pytest.mark.usefixtures("elsewhere")
def test_a_dead_holder_elsewhere_is_replaced_after_its_lease(start: Start, store: Store) -> None:
    """Without a sign of life for the time of the lease, the lock and its claims go to the next."""
    process = start(HOLD)
    line(process)
    process.kill()
    process.wait()

    with store.lock("ours", ""):
        assert [False] == store.claim(["a"], "ours")
        time.sleep(LEASE + 0.5)
        assert [True] == store.claim(["a"], "ours")
    with store.lock("n", "next"):
        assert "next" == store.holder("n")


@pytest.mark.usefixtures("elsewhere")
def test_who_was_stopped_for_too_long_does_not_commit(start: Start, store: Store) -> None:
    """A holder that slept through its lease learns that another took over."""
    process = start(
        """
        from axl.errors import StoreError
        with store.lock("n", "sleeper"):
            print("held", flush=True)
            sys.stdin.readline()
            for _ in range(100):
                try:
                    store.commit()
                except StoreError as error:
                    print(error.what, flush=True)
                    break
                time.sleep(0.1)
        """
    )
    line(process)
    os.kill(process.pid, 19)
    with store.lock("n", "next"):
        os.kill(process.pid, 18)
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

        assert "n was taken over by another process" in line(process)
        assert "next" == store.holder("n")


def test_a_forked_child_is_refused_and_does_not_hang(start: Start) -> None:
    """A child of a process that uses a bucket is told to start afresh."""
    process = start(
        """
        from axl.errors import StoreError
        store.put_record("k", b"v")
        child = os.fork()
        if child == 0:
            try:
                store.get_record("k")
            except StoreError as error:
                print(error.what, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
        print(store.get_record("k"), flush=True)
        store.close()
        """
    )

    assert "forked" in line(process)
    assert "b'v'" == line(process)
    assert 0 == process.wait(20)


def test_a_store_that_was_opened_before_a_fork_can_be_used_after_it(start: Start) -> None:
    """Opening asks for nothing and starts no thread."""
    process = start(
        """
        began = time.perf_counter()
        again = open_store(sys.argv[1])
        took = time.perf_counter() - began
        assert len(os.listdir("/proc/self/task")) == 1
        if os.fork() == 0:
            print(took < 0.03, again.put_record("k", b"v"), flush=True)
            os._exit(0)
        os.wait()
        print(store.get_record("k"), flush=True)
        """
    )

    assert "True None" == line(process)
    assert "b'v'" == line(process)


def test_processes_that_write_the_same_agree(start: Start, store: Store) -> None:
    """Each key has one winner among processes."""
    code = """
    mine = [(f"k{i}", f"{os.getpid()} {i}".encode()) for i in range(100)]
    told = store.put_records(mine)
    print(*[i for i, there in enumerate(told) if there is None], flush=True)
    store.close()
    """
    processes = [start(code) for _ in range(3)]
    won = [process.communicate()[0].split() for process in processes]

    assert sorted(range(100)) == sorted(int(i) for each in won for i in each)
    assert 100 == len(list(store.list_records("k")))


def test_a_large_object_is_read_once_for_a_machine(store: Store, url: str) -> None:
    """The second reader maps the first one's copy; a spoiled copy is fetched anew."""
    data = os.urandom(20_000_000)
    with store.write() as stream:
        stream.write(data)
        digest = stream.finish().digest
    other = open_store(url)
    copy = other.local_path(digest)
    assert data == other.read(digest)

    copy.chmod(0o600)
    copy.write_bytes(b"spoiled")
    assert data == other.read(digest)
    assert data == other.local_path(digest).read_bytes()
    other.close()


def test_nothing_is_left_on_this_machine(store: Store, tmp_path: Path) -> None:
    """Temporary files and folders are gone when the store is closed."""
    with store.work_folder() as folder:
        (folder / "x").write_text("x")
        stream = store.write()
        stream.write(b"x" * 20_000_000)
        assert folder.is_relative_to(tmp_path)
    stream.close()
    store.close()

    assert [] == list((tmp_path / "cache" / "axl" / "tmp").iterdir())


def test_a_lock_leaves_one_object(store: Store, url: str, server: Server) -> None:
    """However often a name was held, one small object remains of it."""
    for _ in range(3):
        with store.lock("n", ""):
            pass
    prefix = urlsplit(url).path[1:]

    assert [f"{prefix}/locks/n/0000000003"] == keys(server, f"{prefix}/locks/")
    store.commit()


def test_no_lock_is_lost_by_closing_early(store: Store) -> None:
    """A store may be closed while a lock is held; the lock still ends in order."""
    with store.lock("n", ""):
        store.close()

    with store.lock("n", "next"):
        assert "next" == store.holder("n")
