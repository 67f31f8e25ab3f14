"""A lock or a claim is held by one process at a time, and by nobody after its death."""

from __future__ import annotations

import os
import signal

import pytest

from axl.errors import LockedError
from axl.io.store import Store
from tests.unit.io.other_processes import Start, line, tell


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
