"""What a dead process had not finished is lost and cleaned away; what it had is durable."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from axl.io.store import Store
from tests.unit.io.other_processes import Start, entries, line


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
