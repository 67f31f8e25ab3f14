"""A forked child uses a store of its own, and harms neither its parent nor itself."""

from __future__ import annotations

from pathlib import Path

from tests.unit.io.other_processes import Start, entries

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
