"""`axl run local` and `axl retry` print the result as data, the rest as talk, and exit by how it went."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.unit.cli.command_line import BROKEN, RUN, Axl


def test_a_run_prints_its_result_and_nothing_else_as_data(axl: Axl) -> None:
    """The result is on standard output; the steps, their output and the summary are not."""
    done = axl(*RUN)

    assert (0, "9\n") == (done.code, done.out)
    assert "add[1] | adding 2" in done.err
    assert re.search(r"6/6 \w+ done in", done.err)
    assert re.search(r"good-\S+ succeeded in \S+: 6 done", done.err)


def test_a_quiet_run_says_nothing(axl: Axl) -> None:
    """Only the result is left."""
    done = axl(*RUN, "--quiet")

    assert (0, "9\n", "") == (done.code, done.out, done.err)


def test_a_run_as_json(axl: Axl) -> None:
    """Run, status, time, counts and result, in one document."""
    done = axl(*RUN, "--json", "--run-id", "mine")

    facts = json.loads(done.out)
    assert ("mine", "succeeded", {"done": 6}, 9) == (
        facts["run"],
        facts["status"],
        facts["counts"],
        facts["result"],
    )


def test_a_run_takes_parameters_from_file_and_flag(axl: Axl) -> None:
    """The flag wins over the file; every format reads alike."""
    outs = [
        axl(*RUN, "-q", "--params", name).out
        for name in ("params.yaml", "params.json", "params.toml", "bom.json")
    ]
    both = axl(*RUN, "-q", "--params", "params.yaml", "-p", "ns=[10]").out

    assert (["11\n"] * 4, "11\n") == (outs, both)


def test_settings_are_read(axl: Axl, zoo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """axl.toml chooses executor and store, and says where it is when it is wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AXL_STORE")
    shutil.copy(zoo / "good.py", tmp_path / "settled.py")
    (tmp_path / "axl.toml").write_text("executor = 'inline'\nstore = 'kept'\n")
    good = axl("run", "local", "settled.py")
    (tmp_path / "axl.toml").write_text("exekutor = 'inline'\n")
    bad = axl("run", "local", "settled.py")

    assert (0, True) == (good.code, (tmp_path / "kept").is_dir())
    assert "(inline, " in good.err
    assert 2 == bad.code
    assert "axl.toml: there is no setting `exekutor`\n\nhint: did you mean `executor`?" in bad.err


def test_progress_as_json_lines(axl: Axl) -> None:
    """Each line of talk is an event."""
    done = axl(*RUN, "--log-format", "json")

    events = [json.loads(line)["event"] for line in done.err.splitlines()]
    assert ("run_started", "run_finished") == (events[0], events[-1])
    assert 6 == events.count("task_finished")


def test_a_failed_run_exits_with_one(axl: Axl) -> None:
    """The step, the item, the author's frames, the log; and no result."""
    done = axl(*BROKEN)

    assert (1, "") == (done.code, done.out)
    assert "add[1] failed" in done.err
    assert "ValueError: -1 is negative" in done.err
    assert "good.py" in done.err
    assert "axl logs broken 'add[1]'" in done.err
    assert "axl/runtime" not in done.err


def test_a_failed_run_as_json(axl: Axl) -> None:
    """There is an error in place of a result."""
    done = axl(*BROKEN, "--json")

    facts = json.loads(done.out)
    assert (1, "failed") == (done.code, facts["status"])
    assert "-1 is negative" in facts["error"]
    assert "result" not in facts


def test_several_problems_are_counted(axl: Axl) -> None:
    """`run local` lists them all, as `validate` does, and says how many there are."""
    done = axl("run", "local", "wired_twice.py")

    assert (3, 2) == (done.code, done.err.count("error:"))
    assert done.err.endswith("\n2 errors\n")


def test_the_same_command_goes_on(axl: Axl) -> None:
    """A failed run is continued, and says so; --fresh starts anew."""
    command = (*RUN, "--param", "ns=[1,-1]")
    axl(*command)
    again = axl(*command)
    fresh = axl(*command, "--fresh")

    assert "going on with good-" in again.err
    assert "starting good-" in fresh.err
    assert 2 == len(json.loads(axl("runs", "--json").out))


def test_keep_going_runs_the_rest(axl: Axl) -> None:
    """After a failure what does not depend on it is run."""
    stopped = axl(*RUN, "--param", "ns=[-1,1,2]", "--json")
    gone_on = axl(*RUN, "--param", "ns=[-2,1,2]", "--json", "--keep-going")

    assert 2 == json.loads(gone_on.out)["counts"]["done"]
    assert json.loads(stopped.out)["counts"].get("done", 0) <= 2


def test_retry_goes_on_with_a_run_by_name(axl: Axl, zoo: Path) -> None:
    """The workflow is found again from the record; a run that succeeded is refused."""
    axl(*BROKEN)
    failed = axl("retry", "broken", "--executor", "inline")
    axl(*RUN, "--run-id", "fine")
    fine = axl("retry", "fine", "--executor", "inline")

    assert 1 == failed.code
    assert "going on with broken" in failed.err
    assert 2 == fine.code
    assert "the run fine succeeded" in fine.err
