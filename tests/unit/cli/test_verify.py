"""`axl verify` on the command line: findings by name, repair, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.command_line import QUIET, Axl

RUN = ("run", "local", "large.py:Large", "--executor", "inline", "-q")
LARGE = """
from axl import Workflow, step


class Large(Workflow):
    @step
    def grow(self, x: int) -> bytes:
        return bytes([x]) * 5000

    @step
    def total(self, parts: list[bytes]) -> int:
        return sum(sum(part) for part in parts)

    def graph(self, xs: list[int] = [3, 4, 5]) -> int:
        return self.total(self.grow.map(xs))
"""


@pytest.fixture
def damaged(axl: Axl, zoo: Path, tmp_path: Path) -> Path:
    """A run of which one item's output has a wrong byte."""
    (zoo / "large.py").write_text(LARGE)
    assert 0 == axl(*RUN, "--run-id", "hurt").code
    (path,) = [path for path in (tmp_path / "store/objects").glob("*/*") if b"\4" * 5000 in path.read_bytes()]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"\4" * 5000, b"\4" * 4999 + b"\5"))
    return path


def test_a_sound_store_exits_with_zero(axl: Axl) -> None:
    """One line says what was read."""
    axl("run", "local", "good.py:Good", "--executor", "inline", "-q")
    done = axl("verify")

    assert (0, "") == (done.code, done.err)
    assert done.out.endswith(": nothing is wrong\n")
    assert [] == json.loads(axl("verify", "--json").out)["findings"]


def test_damage_is_named_with_run_and_item(axl: Axl, damaged: Path) -> None:
    """And a hint says what can be done; nothing is changed."""
    done = axl("verify")
    told = axl("verify", "--json")
    found = [each for each in json.loads(told.out)["findings"] if each["run"]]

    assert (4, 4) == (done.code, told.code)
    what = f"its output `result` is damaged, the object {damaged.name[:12]}"
    assert f"run hurt, step grow[1]: {what}\n" in done.out
    assert "2 things are wrong" in done.out
    assert "hint: axl verify --repair" in done.err
    assert [("grow[1]", damaged.name)] == [(each["step"], each["object"]) for each in found]
    assert 4 == axl("verify").code


def test_after_a_repair_the_same_command_goes_on(axl: Axl, damaged: Path) -> None:
    """What needs the damaged object is removed, the run is named, and the result is the same again."""
    done = axl("verify", "--repair")

    assert 0 == done.code
    assert "removed 2 records and 1 object\n" in done.out
    assert "hurt has lost results: `axl retry hurt` computes them again\n" in done.out
    assert not damaged.exists()
    assert 0 == axl("verify").code
    assert "interrupted" == json.loads(axl("show", "hurt", "--json").out)["status"]
    again = axl(*RUN)
    assert (0, "60000\n") == (again.code, again.out)
    assert ["hurt"] == [each["run"] for each in json.loads(axl("runs", "--json").out)]
    assert 0 == axl("verify").code


def test_the_facts_of_a_repair(axl: Axl, damaged: Path) -> None:
    """JSON has what was wrong, and what became of it."""
    facts = json.loads(axl("verify", "--repair", "--json").out)

    assert damaged.name in {each["object"] for each in facts["findings"]}
    assert {"affected": ["hurt"], "removed": [], "records": 2, "objects": 1, "left": []} == facts["repaired"]


def test_a_store_that_is_not_there_is_not_made(axl: Axl, tmp_path: Path) -> None:
    """Who only looks makes no store."""
    for command in (["verify"], ["gc", "--keep", "1"], ["diff", "a", "b"]):
        assert 5 == axl(*command, "--store", str(tmp_path / "typo")).code
    assert not (tmp_path / "typo").exists()


def test_what_repair_cannot_mend_is_said(axl: Axl, tmp_path: Path) -> None:
    """Without the list of records nothing promises a repair: what is lost, what is kept, what helps."""
    axl(*QUIET)
    (tmp_path / "store/records.db").write_bytes(b"nothing that SQLite reads" * 1000)
    found, repaired = axl("verify"), axl("verify", "--repair")
    facts = json.loads(axl("verify", "--json").out)

    assert (4, 4) == (found.code, repaired.code)
    for done in (found, repaired):
        assert "--repair cannot mend this" in done.err
        assert "could be read\n\nhint: restore the file from a copy" in done.err
        assert "an engine works on it" not in done.err
    assert "axl verify --repair" not in found.err
    assert facts["findings"][0]["hint"].startswith("restore the file")


def test_doctor_points_at_verify(axl: Axl, tmp_path: Path) -> None:
    """It only opens the store: where that is sound, and where it is not, `axl verify` knows more."""
    axl(*QUIET)
    sound = axl("doctor")
    (tmp_path / "store/records.db").write_bytes(b"nothing that SQLite reads" * 1000)
    damaged = axl("doctor")

    assert ", 1 run; `axl verify` reads all that is in it\n" in sound.out
    assert "; `axl verify` says what is lost\n" in damaged.out
    assert (0, 5) == (sound.code, damaged.code)


def test_objects_without_any_record_are_remarkable(axl: Axl, tmp_path: Path) -> None:
    """An empty list of records is sound, and may have been lost: what is printed does not say all is well."""
    axl(*QUIET)
    for path in (tmp_path / "store").glob("records.db*"):
        path.unlink()

    done = axl("verify")

    assert (0, True) == (done.code, done.out.startswith("0 records, "))
    assert done.out.endswith(": nothing that is there is damaged, but no record is there\n")
    assert "if no `axl gc` removed the runs, their records are lost" in done.err


def test_a_new_store_has_nothing_to_remark(axl: Axl) -> None:
    """Neither objects nor records."""
    done = axl("verify")

    assert (0, "") == (done.code, done.err)
    assert "0 records, 0 objects, 0 B: nothing is wrong\n" == done.out


@pytest.mark.parametrize("command", ["show", "outputs", "logs", "why", "retry"])
def test_a_run_without_its_program_is_named(axl: Axl, tmp_path: Path, command: str) -> None:
    """The message names the run, and the command that helps; it does."""
    axl(*QUIET, "--run-id", "hurt")
    for path in (tmp_path / "store/objects").glob("*/*"):
        if b'"params"' in path.read_bytes():
            path.unlink()

    done = axl(command, "hurt")
    repaired = axl("verify", "--repair")
    again = axl(*QUIET, "--json")

    assert 5 == done.code
    assert "error: the program of the run hurt is lost: the object " in done.err
    assert "hint: `axl verify --repair` removes the run" in done.err
    assert (0, True) == (repaired.code, "hurt was removed" in repaired.out)
    assert {"cached": 6} == json.loads(again.out)["counts"]
