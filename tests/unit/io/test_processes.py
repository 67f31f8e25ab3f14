"""Processes that use one store agree, see what others committed, and hold nobody up."""

from __future__ import annotations

import time

from axl.io.store import Store
from tests.unit.io.other_processes import Start, line

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
