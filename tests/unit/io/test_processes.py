"""Many processes use one store: one wins each key, the dead hold nothing, and forks keep to themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from axl.errors import LockedError
from axl.io.store import Store

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts code in another process; it finds the store in `store`."""
    begun: list[subprocess.Popen[str]] = []

    def run(code: str) -> subprocess.Popen[str]:
        head = "import os, sys, time\nfrom axl.io.stores import open_store\nstore = open_store(sys.argv[1])\n"
        command = [sys.executable, "-c", head + textwrap.dedent(code), str(tmp_path / "store")]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        begun.append(process)
        return process

    yield run
    for process in begun:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def entries(tmp_path: Path, name: str) -> list[str]:
    return sorted(path.name for path in (tmp_path / "store" / name).iterdir())


RACE = """
    won = []
    for i in range(300):
        with store.write(inline=0) as out:
            out.write(bytes([i % 256]) * (5000 + i))
            digest = out.finish().digest
        assert len(store.read(digest)) == 5000 + i
        if store.put_record(f"k{i}", f"{os.getpid()} {digest}".encode()) is None:
            won.append(i)
        store.commit()
    store.sync()
    store.close()
    print(*won)
"""


def test_processes_that_write_the_same_agree(start: Start, local: Store) -> None:
    """Each key has one winner, and every record's object is sound."""
    processes = [start(RACE) for _ in range(3)]
    outputs = [process.communicate()[0].split() for process in processes]

    assert [0, 0, 0] == [process.returncode for process in processes]
    assert sorted(range(300)) == sorted(int(i) for won in outputs for i in won)
    for _, body in local.list_records("k"):
        local.read(body.decode().split()[1])


def test_what_is_committed_is_seen_by_others(start: Start, local: Store) -> None:
    """Another process sees a record after the commit, not before."""
    process = start(
        """
        store.put_record("k", b"v"); print("put", flush=True); sys.stdin.readline()
        store.commit(); print("committed", flush=True); sys.stdin.readline()
        """
    )
    assert process.stdin is not None

    assert "put" == line(process)
    assert None is local.get_record("k")
    process.stdin.write("\n")
    process.stdin.flush()
    assert "committed" == line(process)
    assert b"v" == local.get_record("k")


def test_a_killed_writer_loses_only_what_it_had_not_committed(start: Start, local: Store) -> None:
    """SIGKILL between put and commit leaves the earlier records and a store that works."""
    process = start(
        """
        store.put_record("a", b"1"); store.commit(); store.put_record("b", b"2")
        print("ready", flush=True); time.sleep(60)
        """
    )
    assert "ready" == line(process)
    process.kill()
    process.wait()

    assert [("a", b"1")] == list(local.list_records(""))
    assert None is local.put_record("b", b"3")
    local.sync()


def test_the_lock_of_a_killed_process_is_free(start: Start, local: Store) -> None:
    """While the holder lives the other is told who; after SIGKILL the name can be taken at once."""
    process = start(
        """
        import json
        note = json.dumps({"pid": os.getpid(), "host": "h", "started": "now"})
        with store.lock("run", note):
            print("held", flush=True); time.sleep(60)
        """
    )
    assert "held" == line(process)

    with (
        pytest.raises(LockedError, match=f"held by process {process.pid} on h since now"),
        local.lock("run", ""),
    ):
        pass
    process.kill()
    process.wait()
    with local.lock("run", ""):
        pass


@pytest.mark.parametrize("way", ["os.fork()", "subprocess.Popen(['sleep', '60']).pid"])
def test_a_lock_does_not_live_on_in_children(way: str, start: Start, local: Store) -> None:
    """A child that outlives the holder, forked or started, does not keep the lock."""
    process = start(
        f"""
        import subprocess
        with store.lock("run", "parent"):
            child = {way}
            if child == 0:
                os.close(1); time.sleep(60); os._exit(0)
            print(child, flush=True); time.sleep(60)
        """
    )
    child = int(line(process))
    process.kill()
    process.wait()

    try:
        with local.lock("run", ""):
            os.kill(child, 0)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_child_that_leaves_a_lock_does_not_open_it(start: Start, local: Store) -> None:
    """A forked child that unwinds its parent's context releases nothing."""
    process = start(
        """
        lock = store.lock("run", "parent")
        lock.__enter__()
        if os.fork() == 0:
            lock.__exit__(None, None, None)
            print("left", flush=True); os._exit(0)
        time.sleep(60)
        """
    )

    assert "left" == line(process)
    with pytest.raises(LockedError), local.lock("run", ""):
        pass


def test_many_who_want_one_lock_get_it_in_turn(start: Start, local: Store) -> None:
    """Whoever holds the lock is alone, however often it is taken, left and removed."""
    code = """
        from axl.errors import LockedError
        done = 0
        while done < 50:
            try:
                with store.lock("n", str(os.getpid())):
                    marker = os.path.join(sys.argv[1], "tmp", "marker")
                    os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
                    os.unlink(marker)
                    done += 1
            except LockedError:
                pass
        print("done")
    """
    processes = [start(code) for _ in range(3)]

    assert ["done\n"] * 3 == [process.communicate(timeout=120)[0] for process in processes]
    assert "file://" == local.url[:7]


def test_what_a_killed_process_left_is_cleaned(start: Start, tmp_path: Path, local: Store) -> None:
    """Unfinished objects and work folders of the dead go; those of the living stay."""
    code = """
        out = store.write(inline=0); out.write(b"x" * 5_000_000)
        folder = store.work_folder(); path = folder.__enter__()
        (path / "f").write_text("x"); path.chmod(0o500)
        print(path, flush=True); time.sleep(60)
    """
    dead, alive = start(code), start(code)
    left, kept = Path(line(dead)), Path(line(alive))
    dead.kill()
    dead.wait()
    (tmp_path / "store" / "tmp" / "stray").write_text("x")
    (tmp_path / "store" / "tmp" / "1-abc").mkdir()

    local.clean_temp()
    assert (False, True) == (left.exists(), kept.exists())
    assert sorted([kept.parent.name, kept.parent.name + ".lock"]) == entries(tmp_path, "tmp")


def test_cleaning_spares_the_own_folders(local: Store) -> None:
    """A process does not clean away what it is using."""
    with local.work_folder() as folder, local.write(inline=0) as out:
        out.write(b"x" * 5_000_000)
        local.clean_temp()
        digest = out.finish().digest

        assert folder.exists()
    assert 5_000_000 == len(local.read(digest))


FORK = """
    data = os.urandom(3_000_000)
    def use(name):
        with store.write(inline=0) as out:
            out.write(data)
            digest = out.finish().digest
        assert store.read(digest) == data
        with store.work_folder() as folder:
            assert str(os.getpid()) in folder.parent.name
        assert store.put_record(name, name.encode()) is None
        store.commit()
    use("parent-1")
    store.put_record("parent-open", b"")
    seen, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            assert store.get_record("parent-1") == b"parent-1"
            assert store.get_record("parent-open") == b""
            os.write(tell, b"x")
            use("child")
            store.sync()
            store.close()
            os._exit(0)
        finally:
            os._exit(1)
    os.close(tell)
    assert os.read(seen, 1) == b"x"
    store.commit()
    status = os.waitpid(pid, 0)[1]
    use("parent-2")
    print(status, *(key for key, _ in store.list_records("")))
    store.close()
"""


def test_a_forked_child_uses_a_store_of_its_own(start: Start, tmp_path: Path) -> None:
    """Parent and child both go on, and the child neither ends nor loses the parent's transaction."""
    process = start(FORK)

    assert "0 child parent-1 parent-2 parent-open" == process.communicate(timeout=60)[0].strip()
    assert [] == entries(tmp_path, "tmp")


def test_a_sync_reaches_what_other_processes_wrote(start: Start, tmp_path: Path, local: Store) -> None:
    """Objects of a process that died without a sync are made durable by the next one."""
    process = start(
        """
        with store.write(inline=0) as out:
            out.write(b"x" * 10_000)
            print(out.finish().digest, flush=True)
        time.sleep(60)
        """
    )
    digest = line(process)
    process.kill()
    process.wait()

    assert [digest] == entries(tmp_path, "unsynced")
    local.sync()
    assert [] == entries(tmp_path, "unsynced")
    assert 10_000 == len(local.read(digest))


def test_objects_reach_the_disk_before_records(tmp_path: Path) -> None:
    """`sync` calls fsync on the object, its folder and the objects' folder, and only then on the records' log."""
    code = """
        import os, sys
        real, names = os.fsync, []
        os.fsync = lambda file: (names.append(os.path.relpath(os.readlink(f"/proc/self/fd/{file}"), sys.argv[1])), real(file))
        from axl.io.stores import open_store
        store = open_store(sys.argv[1])
        with store.write(inline=0) as out:
            made = len(names)
            out.write(b"x" * 10_000)
            digest = out.finish().digest
        store.put_record("k", b"v"); store.commit()
        assert len(names) == made, names
        names.clear()
        store.sync()
        print(*names, sep="\\n")
    """
    if not Path("/proc/self/fd").exists():
        pytest.skip("names of open files are read from /proc")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=True,
    )

    first, second, *rest = done.stdout.split()
    assert (f"objects/{second[-2:]}/", second) == (first[:11], f"objects/{first[8:10]}")
    assert ["objects", "records.db-wal", "."] == rest


def test_a_long_reader_does_not_hold_up_a_sync(start: Start, local: Store) -> None:
    """A process in the middle of reading puts the folding of the log off, and nothing else."""
    process = start(
        """
        import sqlite3
        db = sqlite3.connect(sys.argv[1] + "/records.db", isolation_level=None)
        db.execute("BEGIN"); db.execute("SELECT count(*) FROM records").fetchone()
        print("reading", flush=True); time.sleep(60)
        """
    )
    local.put_record("a", b"")
    local.commit()
    assert "reading" == line(process)
    for i in range(12):
        local.put_record(f"b{i}", b"x" * 1_000_000)

    begun = time.monotonic()
    local.sync()
    assert time.monotonic() - begun < 10
    assert 13 == len(list(local.list_records("")))


def test_a_fork_while_threads_write_harms_nobody(start: Start) -> None:
    """Threads that put records at the moment of a fork go on, and the child can write too."""
    process = start(
        """
        import threading
        stop = threading.Event()
        def work(me):
            i = 0
            while not stop.is_set():
                assert store.put_record(f"{me}/{i:06d}", b"x") is None
                i += 1
                time.sleep(0.001)
                if i % 50 == 0:
                    store.commit()
            counts[me] = i
        counts = {}
        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        [thread.start() for thread in threads]
        statuses = []
        for n in range(10):
            time.sleep(0.02)
            pid = os.fork()
            if pid == 0:
                try:
                    assert store.put_record(f"child/{n}", b"") is None
                    store.close()
                    os._exit(0)
                finally:
                    os._exit(1)
            statuses.append(os.waitpid(pid, 0)[1])
        stop.set()
        [thread.join() for thread in threads]
        store.commit()
        same = all(counts[me] == len(list(store.list_records(f"{me}/"))) for me in "ab")
        print(sum(statuses), same, len(list(store.list_records("child/"))))
        """
    )

    assert "0 True 10" == process.communicate(timeout=100)[0].strip()


CLAIM = """
    with store.lock("theirs", "note"):
        got = store.claim(["a", "b"], "theirs")
        print(*got, flush=True); sys.stdin.readline()
        store.commit()
        print("committed", flush=True); sys.stdin.readline()
"""


def test_a_claim_excludes_others_before_its_commit(start: Start, local: Store) -> None:
    """Whoever wants a name that is claimed but not committed is refused; nobody waits long for a commit."""
    process = start(CLAIM)
    assert "True True" == line(process)
    with local.lock("ours", ""):
        assert [False, True] == local.claim(["b", "c"], "ours")


def test_a_killed_process_loses_its_claims(start: Start, local: Store) -> None:
    """After the death of the holder the next one gets the name at once."""
    process = start(CLAIM)
    line(process)
    tell(process)
    line(process)
    with local.lock("ours", ""):
        assert [False] == local.claim(["a"], "ours")
        local.commit()
        assert "note" == local.holder("theirs")
        process.kill()
        process.wait()

        assert None is local.holder("theirs")
        assert [True] == local.claim(["a"], "ours")


def test_a_live_holder_outlives_its_forked_children(start: Start, local: Store) -> None:
    """A forked child neither keeps its parent's claims alive nor ends them."""
    process = start(
        """
        with store.lock("theirs", "note"):
            store.claim(["a"], "theirs"); store.commit()
            child = os.fork()
            if child == 0:
                print(os.getpid(), flush=True)
                sys.stdin.readline(); os._exit(0)
            time.sleep(60)
        """
    )
    child = int(line(process))
    with local.lock("ours", ""):
        assert [False] == local.claim(["a"], "ours")
        local.commit()
        process.kill()
        process.wait()

        os.kill(child, 0)
        assert [True] == local.claim(["a"], "ours")


def test_dropping_beside_a_writer_loses_nothing(start: Start, local: Store) -> None:
    """However a collector and a writer of the same bytes interleave, what was written later is there."""
    process = start(
        """
        while True:
            before = time.time() - 0.5
            store.drop_objects([digest for digest, _, _ in store.list_objects()], before)
        """
    )
    for i in range(300):
        with local.write(inline=0) as stream:
            stream.write(b"%d" % (i % 3))
            digest = stream.finish().digest
        local.read(digest)
        time.sleep(0.55 * (i % 100 == 50))
    assert None is process.poll()


OPEN = """
    store.put_record("left", b"open")
    print("put", flush=True); sys.stdin.readline()
"""


def test_nobody_waits_for_a_transaction_that_is_left_open(start: Start, local: Store) -> None:
    """What a process put and did not commit, because it is busy, is seen soon, and others can write."""
    process = start(OPEN)
    line(process)

    assert local.put_record("mine", b"") is None
    assert b"open" == local.get_record("left")
