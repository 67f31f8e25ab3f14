"""The store in a folder: damage is found, permissions are tight, and trouble has one clear message."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from axl.errors import AxlError, StoreError, UsageError
from axl.io.stores import open_store
from tests.unit.io.stored_bytes import put

SMALL = b"small object " * 1000
LARGE = b"large object " * 100_000


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_sees_a_store(mask: int, tmp_path: Path) -> None:
    """Whatever the umask: folders 0700, files 0600, objects 0444."""
    before = os.umask(mask)
    try:
        store = open_store(str(tmp_path / "s"))
        put(store, LARGE)
        store.put_record("k", b"v")
        store.commit()
        with store.work_folder(), store.lock("n", ""):
            paths = [tmp_path / "s", *(tmp_path / "s").rglob("*")]
            modes = {
                path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in paths
            }
    finally:
        os.umask(before)
    store.close()

    objects = {name: mode for name, mode in modes.items() if len(Path(name).name) == 64}
    folders = {name: mode for name, mode in modes.items() if (tmp_path / name).is_dir() or "work" in name}
    assert {0o444} == set(objects.values())
    assert {0o700} == set(folders.values())
    assert {0o600} == {
        mode
        for name, mode in modes.items()
        if name not in objects and name not in folders and "tmp/" not in name
    }


def test_git_ignores_a_store(tmp_path: Path) -> None:
    """A store inside of a project hides itself."""
    open_store(str(tmp_path / ".axl")).close()

    assert "*\n" == (tmp_path / ".axl" / ".gitignore").read_text()


def test_nothing_is_left_after_closing(tmp_path: Path) -> None:
    """Temporary files, marks and lock files are gone."""
    store = open_store(str(tmp_path / "s"))
    put(store, LARGE)
    with store.lock("n", ""), store.work_folder():
        pass
    store.put_record("k", b"v")
    store.sync()
    store.close()

    assert [] == [path for name in ("tmp", "locks", "unsynced") for path in (tmp_path / "s" / name).iterdir()]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A folder with other files does not become a store."""
    (tmp_path / "thesis.tex").write_text("x")

    with pytest.raises(StoreError, match=r"not a store: it holds 'thesis.tex'"):
        open_store(str(tmp_path))
    assert ["thesis.tex"] == [path.name for path in tmp_path.iterdir()]


def a_file(root: Path) -> Path:
    (root / "f").write_text("")
    return root / "f"


def below_a_file(root: Path) -> Path:
    return a_file(root) / "store"


def without_parent(root: Path) -> Path:
    return root / "no" / "such" / "folder"


def a_loop(root: Path) -> Path:
    (root / "loop").symlink_to(root / "loop")
    return root / "loop"


def a_long_name(root: Path) -> Path:
    return root / ("n" * 300)


def a_newer_one(root: Path) -> Path:
    open_store(str(root / "s")).close()
    (root / "s" / "version").write_text("2\n")
    return root / "s"


def a_spoilt_version(root: Path) -> Path:
    open_store(str(root / "s")).close()
    (root / "s" / "version").write_bytes(b"\xff\x00")
    return root / "s"


@pytest.mark.parametrize(
    "place",
    [a_file, below_a_file, without_parent, a_loop, a_long_name, a_newer_one, a_spoilt_version],
    ids=lambda place: place.__name__,
)
def test_a_place_that_cannot_be_a_store_is_told(place: Callable[[Path], Path], tmp_path: Path) -> None:
    """The error names the place."""
    path = place(tmp_path)

    with pytest.raises(StoreError) as caught:
        open_store(str(path))
    assert str(path)[:200] in str(caught.value)


def test_a_store_goes_by_the_folder_it_was_opened_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative name means the folder of that moment."""
    monkeypatch.chdir(tmp_path)
    store = open_store("s")
    monkeypatch.chdir("/")
    digest = put(store, LARGE)
    store.close()

    assert LARGE == open_store(str(tmp_path / "s")).read(digest)


@pytest.mark.parametrize("name", ["with space", "100%", "#x?y", "häß", "a;b", "-"])
def test_a_url_leads_to_any_folder(name: str, tmp_path: Path) -> None:
    """Odd names survive the way through the URL, and SQLite's."""
    store = open_store(str(tmp_path / name))
    store.put_record("k", b"v")
    store.close()

    assert [name] == [path.name for path in tmp_path.iterdir()]
    assert b"v" == open_store(store.url).get_record("k")


def test_the_default_is_a_folder_here_or_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`AXL_STORE` comes before `.axl`; an empty one does not count."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AXL_STORE", "")
    assert (tmp_path / ".axl").as_uri() == open_store().url

    monkeypatch.setenv("AXL_STORE", "memory://from-the-environment")
    assert "memory://from-the-environment" == open_store().url


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("s3://", UsageError, "no name of a bucket"),
        ("gs://bucket?x=1", UsageError, "no setting 'x'"),
        ("ftp://x", UsageError, "known: az, file, gs, memory, s3"),
        ("memroy://x", UsageError, "did you mean 'memory'"),
        ("://", UsageError, "known"),
        ("", UsageError, "name a folder"),
        ("a\0b", UsageError, "name a folder"),
        ("file://host/x", UsageError, "no folder of this machine"),
        ("file://", UsageError, "no folder of this machine"),
    ],
)
def test_a_url_that_nobody_can_open_is_told(url: str, kind: type[AxlError], words: str) -> None:
    """What is to come, what is misspelt and what is no URL each have their message."""
    with pytest.raises(kind) as caught:
        open_store(url)

    assert words in str(caught.value)


def test_records_work_where_sqlite_has_no_log(tmp_path: Path) -> None:
    """Without the write-ahead log, as on some network file systems, records are put and read as ever."""
    open_store(str(tmp_path / "s")).close()
    code = """
        import sqlite3, sys
        from axl.io.stores import open_store
        real = sqlite3.connect
        class Old(sqlite3.Connection):
            def execute(self, sql, *args):
                return super().execute("PRAGMA journal_mode = DELETE" if "journal_mode = WAL" in sql else sql, *args)
        sqlite3.connect = lambda *args, **options: real(*args, factory=Old, **options)
        store = open_store(sys.argv[1])
        assert store.put_record("k", b"v") is None
        store.commit(); store.sync(); store.close()
        print(open_store(sys.argv[1]).get_record("k"))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "s")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "b'v'\n") == (done.returncode, done.stdout), done.stderr
    assert not (tmp_path / "s" / "records.db-wal").exists()


NOBODY = 65534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that everybody may enter; those of pytest are private."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_nobody(code: str, store: Path) -> tuple[int, str]:
    """Run code as somebody who owns nothing here; modules come first, for they may be root's alone."""
    child = f"""
        import os, sys
        import axl.io.stores.local, axl.io.stores.memory, sqlite3, json
        from axl.errors import AxlError
        from axl.io.stores import open_store
        os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
        try:
            {code}
        except AxlError as error:
            print(type(error).__name__, error.what)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(child), str(store)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def readable(store: Path) -> None:
    for path in [store, *store.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


@only_root
def test_a_store_of_somebody_else_can_be_read(open_folder: Path) -> None:
    """In a folder that may be read and not written, records and objects are there."""
    store = open_store(str(open_folder / "s"))
    store.put_record("k", b"v")
    digest = put(store, SMALL)
    store.sync()
    store.close()
    readable(open_folder / "s")

    code = f"store = open_store(sys.argv[1]); print(store.get_record('k'), len(store.read('{digest}'))); store.close()"
    assert (0, f"b'v' {len(SMALL)}\n") == as_nobody(code, open_folder / "s")


@only_root
@pytest.mark.parametrize(
    "code",
    [
        "open_store(sys.argv[1]).put_record('k', b'')",
        "s = open_store(sys.argv[1]).write(0); s.write(b'x' * 10**7)",
        "s = open_store(sys.argv[1]).write(0); s.write(b'x'); s.finish()",
        "open_store(sys.argv[1]).lock('n', '').__enter__()",
        "open_store(sys.argv[1]).work_folder().__enter__()",
        "open_store(sys.argv[1] + '/inner')",
    ],
)
def test_writing_to_a_store_of_somebody_else_is_told(code: str, open_folder: Path) -> None:
    """The error is a StoreError that names the folder, never a traceback."""
    store = open_store(str(open_folder / "s"))
    store.put_record("there", b"")
    store.close()
    readable(open_folder / "s")

    status, output = as_nobody(code, open_folder / "s")
    assert 0 == status
    assert output.startswith("StoreError cannot")
    assert str(open_folder / "s") in output
    assert "Traceback" not in output


@only_root
def test_a_store_that_may_not_be_entered_is_told(open_folder: Path) -> None:
    """A private store of somebody else is a StoreError."""
    open_store(str(open_folder / "s")).close()

    status, output = as_nobody("open_store(sys.argv[1])", open_folder / "s")
    assert (0, True) == (status, output.startswith("StoreError cannot open the store"))


def test_a_full_disk_is_told_and_leaves_the_store_sound(tmp_path: Path) -> None:
    """When no byte more fits, the writer gets a StoreError and everything earlier is still there."""
    code = """
        import resource, signal, sys
        from axl.errors import StoreError
        from axl.io.stores import open_store
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = open_store(sys.argv[1])
        store.put_record("before", b"v"); store.commit()
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        errors = []
        for use in (lambda: store.write(0).write(b"x" * 3_000_000), lambda: store.put_record("big", b"x" * 3_000_000) or store.commit()):
            try:
                use()
            except StoreError as error:
                errors.append(error.what)
        assert store.get_record("before") == b"v"
        store.close()
        print(len(errors))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "s")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "2\n") == (done.returncode, done.stdout), done.stderr
    again = open_store(str(tmp_path / "s"))
    assert [("before", b"v")] == list(again.list_records(""))
    again.close()


def test_the_database_is_one_that_sqlite_reads(tmp_path: Path) -> None:
    """The records are in a plain table of SQLite's."""
    store = open_store(str(tmp_path / "s"))
    store.put_record("k", json.dumps({"a": 1}).encode())
    store.close()

    database = sqlite3.connect(tmp_path / "s" / "records.db")
    assert [("k", b'{"a": 1}')] == database.execute("SELECT key, body FROM records").fetchall()
    database.close()
