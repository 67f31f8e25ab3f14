"""`axl runs`, `show`, `outputs` and `logs` tell what a run was, and leave everything as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.unit.cli.command_line import BROKEN, RUN, Axl


def test_runs_are_listed(axl: Axl) -> None:
    """The newest first, with status and counts; none is not an error."""
    nothing = axl("runs")
    axl(*RUN, "--run-id", "fine")
    axl(*BROKEN)
    listed = axl("runs")
    limited = json.loads(axl("runs", "--json", "--limit", "1").out)

    assert (0, "", "there are no runs yet\n") == (nothing.code, nothing.out, nothing.err)
    assert ["run", "broken", "fine"] == [line.split()[0] for line in listed.out.splitlines()]
    assert ["broken"] == [each["run"] for each in limited]
    assert "failed" == limited[0]["status"]


@pytest.mark.parametrize(
    "words", [["runs"], ["show", "latest"], ["outputs", "x"], ["logs", "x"], ["retry", "x"]], ids=" ".join
)
def test_who_only_looks_makes_no_store(axl: Axl, tmp_path: Path, words: list[str]) -> None:
    """A store that is not there is named, and is not there afterwards either."""
    done = axl(*words, "--store", str(tmp_path / "typo"))

    assert (5, "") == (done.code, done.out)
    assert f"there is no store at {tmp_path / 'typo'}" in done.err
    assert not (tmp_path / "typo").exists()


def test_a_run_has_one_name_in_json(axl: Axl) -> None:
    """Its id is `run` in whatever a command prints."""
    ran = json.loads(axl(*RUN, "--json").out)
    listed = json.loads(axl("runs", "--json").out)[0]
    shown = json.loads(axl("show", "latest", "--json").out)

    assert 1 == len({ran["run"], listed["run"], shown["run"]})
    assert not {"id"} & (ran.keys() | listed.keys() | shown.keys())


def test_the_latest_run_is_the_one_last_worked_on(axl: Axl) -> None:
    """After a retry of an older run, `latest` is that one."""
    axl(*BROKEN)
    axl(*RUN, "--run-id", "fine")
    axl("retry", "broken", "--executor", "inline")

    assert "broken" == json.loads(axl("show", "latest", "--json").out)["run"]
    assert "sessions  2" in axl("show", "latest").out


def test_show_has_a_line_for_each_step(axl: Axl) -> None:
    """Instances, attempts, time and a bar; then what failed."""
    axl(*BROKEN)
    shown = axl("show", "bro")
    facts = json.loads(axl("show", "latest", "--json").out)

    assert re.search(r"^add +1 done, 1 failed +2 +\S+ +[.#]+$", shown.out, re.MULTILINE)
    assert re.search(r"^total +- *$", shown.out, re.MULTILINE)
    assert "add[1] failed, attempt 1: ValueError: -1 is negative" in shown.out
    assert ["add", "total", "odd", "facts"] == [step["name"] for step in facts["steps"]]
    assert ["add[1]"] == [failure["name"] for failure in facts["failures"]]
    assert {"ns": [1, -1], "name": "x", "share": 0.5, "flag": False} == facts["params"]


def test_outputs_lists_every_artifact(axl: Axl) -> None:
    """With type, handler, size and digest."""
    axl(*RUN)
    listed = axl("outputs", "latest")
    facts = json.loads(axl("outputs", "latest", "--json").out)

    assert re.search(r"^add\[2\] +int +4 +pickle +\d+ B +[0-9a-f]{12}$", listed.out, re.MULTILINE)
    assert re.search(r"^facts +dict\[str, int\] +{'n': 9} +json ", listed.out, re.MULTILINE)
    assert re.search(r"^odd +good.Pickled +pickle ", listed.out, re.MULTILINE)
    assert ["add[0]", "add[1]", "add[2]", "total", "odd", "facts"] == [each["name"] for each in facts]
    assert all(len(each["digest"]) == 64 for each in facts)


def test_outputs_previews_data_and_leaves_pickles_closed(
    axl: Axl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON and plain pickles are shown; one that names code only with --load, and it may do anything."""
    axl(*RUN)
    mark = tmp_path / "mark"
    monkeypatch.setenv("AXL_TEST_MARK", str(mark))

    facts = axl("outputs", "latest", "facts")
    plain = axl("outputs", "latest", "total")
    for words in (
        ["outputs", "latest"],
        ["outputs", "latest", "odd"],
        ["show", "latest"],
        ["logs", "latest"],
        ["runs"],
    ):
        assert 0 == axl(*words).code
    before = mark.exists()
    opened = axl("outputs", "latest", "odd", "--load")

    assert "{'n': 9}" in facts.out
    assert "    9\n" in plain.out
    assert (False, True) == (before, mark.exists())
    assert "Pickled object" in opened.out


def test_outputs_copies_files(axl: Axl, tmp_path: Path) -> None:
    """Each with the ending of its handler, as the bytes they are; nothing is overwritten."""
    axl(*RUN)
    copied = axl("outputs", "latest", "--to", str(tmp_path / "a/b"))
    again = axl("outputs", "latest", "facts", "--to", str(tmp_path / "a/b"))

    names = sorted(path.name for path in (tmp_path / "a/b").iterdir())
    assert ["add.0.pkl", "add.1.pkl", "add.2.pkl", "facts.json", "odd.pkl", "total.pkl"] == names
    assert '{"n":9}' == (tmp_path / "a/b/facts.json").read_text()
    assert 6 == len(copied.out.splitlines())
    assert (2, True) == (again.code, "is there already" in again.err)


def test_logs_prints_what_steps_printed(axl: Axl) -> None:
    """Of one instance as it is, of many with their names."""
    axl(*RUN)

    assert "adding 2\n" == axl("logs", "latest", "add[1]").out
    assert "add[0] | adding 1\nadd[1] | adding 2\nadd[2] | adding 3\n" == axl("logs", "latest").out
    assert axl("logs", "latest").out == axl("logs", "latest", "add").out


def test_an_attempt_is_named_where_there_are_several(axl: Axl) -> None:
    """Of a step that was retried every line says which attempt printed it."""
    axl(*BROKEN)
    axl("retry", "broken", "--executor", "inline")

    assert "attempt 1 | adding -1\nattempt 2 | adding -1\n" == axl("logs", "broken", "add[1]").out
    assert "adding -1\n" == axl("logs", "broken", "add[1]", "--attempt", "2").out
    assert "add[0] | adding 1\nadd[1] attempt 1 | adding -1\n" in axl("logs", "broken").out


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["logs", "latest", "total"], 0, "total printed nothing"),
        (["logs", "latest", "total", "--attempt", "1"], 0, "attempt 1 of total printed nothing"),
        (["logs", "latest", "add[1]", "--attempt", "2"], 2, "add[1] has no attempt 2 in the run first"),
        (["logs", "latest", "add[1]", "--attempt", "2"], 2, "hint: there is only attempt 1"),
        (["logs", "latest", "--attempt", "7"], 2, "no step has an attempt 7 in the run first"),
        (["logs", "latest", "add[7]"], 2, "there is no add[7]"),
        (["logs", "latest", "ad"], 2, "did you mean add?"),
        (["logs", "latest", "add["], 2, "names no step"),
        (["outputs", "latest", "add[7]"], 2, "there is no add[7]"),
        (["outputs", "latest", "toatl"], 2, "did you mean total?"),
        (["outputs", "latest", "../add"], 2, "has no step"),
        (["outputs", "latest", "\x1b[2J"], 2, ""),
        (["outputs", "latest", "--to", "/proc/x"], 5, "cannot make the folder"),
        (["outputs", "latest", "--to", "notes.txt"], 5, "cannot make the folder"),
        (["show", "good-x"], 2, "there is no run 'good-x'"),
        (["retry", "latest"], 2, "succeeded"),
        ([*RUN, "--run-id", "first", "--param", "ns=[2]"], 2, "is of another workflow or other parameters"),
    ],
)
def test_what_a_run_does_not_have_is_told(axl: Axl, words: list[str], code: int, what: str) -> None:
    """A step, an item or an attempt that is not there is one message."""
    axl(*RUN, "--run-id", "first")

    done = axl(*words)

    assert (code, "") == (done.code, done.out)
    assert what in done.err
    assert "Traceback" not in done.err
