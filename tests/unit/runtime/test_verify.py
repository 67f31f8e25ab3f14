"""Damage: every kind is found and named, and after a repair the same command gives the same result."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import axl
from axl import api
from axl.errors import DamagedError, StoreError
from axl.io.stores import open_store
from axl.runtime.history.run import Run
from axl.runtime.housekeeping.repair import Repaired

FLOW = '''
"""Every kind of thing that a run leaves: small and large outputs, lists, logs, failed attempts."""
from pathlib import Path
from axl import Workflow, step


class Kinds(Workflow):
    @step
    def seed(self, n: int) -> list[int]:
        print("seed " * 2000)
        return list(range(n))

    @step(retries=1)
    def grow(self, x: int) -> bytes:
        if x == 1 and not Path("tried").exists():
            Path("tried").touch()
            print("failing " * 1000)
            raise ValueError("the first time")
        return bytes([x]) * 5000

    @step
    def total(self, parts: list[bytes]) -> bytes:
        return b"".join(parts)

    def graph(self, n: int = 3) -> bytes:
        return self.total(self.grow.map(self.seed(n)))
'''
RESULT = b"".join(bytes([x]) * 5000 for x in range(3))


@pytest.fixture
def cls(load: Callable[..., Any]) -> Any:
    """The workflow, in a folder of its own that is the current one."""
    return load(verify_flow=FLOW).Kinds


def run(cls: type[axl.Workflow]) -> Run:
    """Run inline in the store of the current folder."""
    return axl.run(cls, executor="inline", store="store")


def files() -> list[Path]:
    """Return the files of the objects."""
    return sorted(Path("store/objects").glob("*/*"))


def flip(path: Path, place: int) -> None:
    """Change one byte of a file."""
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[place] ^= 0x20
    path.write_bytes(data)


def repair() -> Repaired:
    """Repair the store of the current folder."""
    return api.repair(api.verify("store"), "store")


def change(statement: str, *values: object) -> None:
    """Change the database behind the store's back."""
    with closing(sqlite3.connect("store/records.db")) as db:
        assert db.execute(statement, values).rowcount
        db.commit()


def damage_record(prefix: str) -> str:
    """Change the last record of a kind, and return its key."""
    with closing(sqlite3.connect("store/records.db")) as db:
        keys: list[str] = [key for (key,) in db.execute("SELECT key FROM records") if key.startswith(prefix)]
    change("UPDATE records SET body = body || ' ' WHERE key = ?", keys[-1])
    return max(keys)


def test_a_sound_store_has_no_findings(cls: Any) -> None:
    """All records and objects are counted."""
    run(cls)

    verdict = api.verify("store")
    assert [] == verdict.findings
    assert len(files()) == verdict.objects
    assert sum(path.stat().st_size for path in files()) == verdict.bytes
    assert verdict.records > 10
    assert Repaired() == api.repair(verdict, "store")


def test_every_damaged_object_is_found_and_repaired(cls: Any) -> None:
    """One byte of each object in turn: it is named with run and step, and computed again."""
    first = run(cls)
    Path("store").rename("whole")
    concerned: set[str] = set()
    dice = random.Random(3)
    for name in [path.name for path in Path("whole/objects").glob("*/*")]:
        shutil.rmtree("store", ignore_errors=True)
        shutil.copytree("whole", "store")
        (path,) = Path("store/objects").glob(f"*/{name}")
        flip(path, dice.randrange(path.stat().st_size))

        found = api.verify("store").findings
        assert {name} == {each.digest for each in found}
        assert all("is damaged" in each.what for each in found)
        assert {first.id} == {each.run for each in found if each.run}
        concerned |= {f"{each.kind} {each.step}" for each in found if each.run}
        assert [] == repair().left
        assert [] == api.verify("store").findings
        again = run(cls)
        assert ("succeeded", RESULT) == (again.status, again.result)
        assert [] == api.verify("store").findings

    results = {"need grow[0]", "need grow[1]", "need grow[2]", "need total", "need "}
    assert {*results, "header ", "log seed", "log grow[1]"} == concerned


def test_a_missing_object_is_found_and_computed_again(cls: Any) -> None:
    """Deleting a file is damage too; only the step that needs it runs again, in the same run."""
    first = run(cls)
    lost = next(
        path for path in files() if path.read_bytes().count(b"\2") >= 5000 and path.stat().st_size < 6000
    )
    lost.unlink()

    found = api.verify("store").findings
    (finding,) = [each for each in found if each.run]
    assert (first.id, "grow[2]", "need", lost.name) == (
        finding.run,
        finding.step,
        finding.kind,
        finding.digest,
    )
    assert {"cache", "node"} == {each.key.partition("/")[0] for each in found}
    assert [first.id] == repair().affected
    assert "interrupted" == axl.get_run(first.id, "store").status
    again = run(cls)
    assert (first.id, RESULT) == (again.id, again.result)
    assert {"done"} == {each.status for each in again.instances() if each.node == "grow"}


def test_a_lost_log_costs_no_result(cls: Any) -> None:
    """The record stays without it, and nothing is computed again."""
    first = run(cls)
    before = axl.get_run(first.id, "store").step("seed").output
    lost = next(path for path in files() if path.read_bytes().startswith(b"seed"))
    lost.unlink()

    assert {"log"} == {each.kind for each in api.verify("store").findings}
    assert [] == repair().affected
    assert [] == api.verify("store").findings
    assert ("", before) == (first.logs("seed"), first.step("seed").output)
    assert {"cached": 5} == dict(run(cls).counts)


@pytest.mark.parametrize("kind", ["run/", "same/", "session/", "node/", "attempt/", "cache/", "code/"])
def test_a_damaged_record_of_each_kind_is_found_and_repaired(cls: Any, kind: str) -> None:
    """It is named, and afterwards the store is sound and the same command gives the same result."""
    first = run(cls)
    key = damage_record(kind)

    assert key in {each.key for each in api.verify("store").findings}
    done = repair()
    assert [] == done.left
    assert ([first.id] if kind == "run/" else []) == done.removed
    assert [] == api.verify("store").findings
    assert RESULT == run(cls).result
    assert [] == api.verify("store").findings


@pytest.mark.parametrize("end", ["", "/end"])
def test_a_run_without_one_of_its_sessions_can_go_on(cls: Any, end: str) -> None:
    """Whichever of the records about a session is lost, the run is taken up again and ends."""
    first = run(cls)
    change("UPDATE records SET seal = x'00' WHERE key = ?", f"session/{first.id}/000001{end}")

    assert [first.id] == repair().affected
    again = run(cls)
    assert (first.id, "succeeded", RESULT) == (again.id, again.status, again.result)


def test_a_run_without_a_header_is_removed_whole(cls: Any) -> None:
    """Its records are told as one loss, and nothing of it stays but what other runs may find."""
    first = run(cls)
    change("DELETE FROM records WHERE key = ?", f"run/{first.id}")

    assert {"header"} == {each.kind for each in api.verify("store").findings}
    assert [first.id] == repair().removed
    assert [] == axl.list_runs("store")
    assert {"cached": 5} == dict(run(cls).counts)


def test_a_held_run_is_left_alone(cls: Any) -> None:
    """While an engine works on it nothing of it is removed, and that is said."""
    first = run(cls)
    key = damage_record("node/")
    store = open_store("store")
    with store.lock(f"run-{first.id}", "a test"):
        done = repair()
    store.close()

    assert [key] == [each.key for each in done.left]
    assert [] == done.affected
    assert [] == repair().left


def test_a_flipped_byte_anywhere_in_the_records_is_found_or_harmless(cls: Any) -> None:
    """In the database as it lies on disk: verify reports it, or every record reads as before."""
    run(cls)
    good = everything(Path("store"))
    size = Path("store/records.db").stat().st_size
    dice, found = random.Random(5), 0
    for _ in range(150):
        shutil.rmtree("copy", ignore_errors=True)
        shutil.copytree("store", "copy")
        flip(Path("copy/records.db"), dice.randrange(size))
        try:
            wrong = bool(api.verify("copy").findings)
        except StoreError:
            wrong = True
        found += wrong
        assert wrong or good == everything(Path("copy"))
    assert found > 20


def everything(folder: Path) -> list[tuple[str, bytes]]:
    """Return all records of a store."""
    store = open_store(str(folder))
    try:
        return list(store.list_records(""))
    finally:
        store.close()


def test_records_of_a_newer_release_are_refused_by_name(cls: Any) -> None:
    """Nobody repairs what he cannot read."""
    run(cls)
    store = open_store("store")
    store.put_record("run/newer", b'{"v":2}')
    store.close()

    with pytest.raises(StoreError, match="run/newer has version 2") as caught:
        api.verify("store")
    assert not isinstance(caught.value, DamagedError)


def test_bytes_that_stand_in_another_record_are_looked_for(cls: Any) -> None:
    """A result that names a record's bytes is wrong when that record has lost them."""
    first = run(cls)
    store = open_store("store")
    end = (
        b'{"v":1,"status":"succeeded","ended":1.0,"counts":{},"error":"",'
        b'"result":{"ref":"'
        + b"0" * 64
        + b'","size":3,"handler":"pickle","at":"node/%b/seed/-"}}' % first.id.encode()
    )
    store.put_record(f"session/{first.id}/000002/end", end)
    store.close()

    (finding,) = api.verify("store").findings
    assert "its result is gone from the record" in finding.what
