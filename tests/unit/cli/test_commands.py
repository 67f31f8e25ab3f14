"""Each command does what it says, in this process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from axl.cli.commands import COMMANDS

Axl = Callable[..., Any]

RUN = ("run", "local", "good.py:Good", "--executor", "inline")
BROKEN = (*RUN, "--param", "ns=[1,-1]", "--run-id", "broken")


def test_help_names_every_command(axl: Axl) -> None:
    """Each command has a line in `axl --help` and a page of its own."""
    done = axl("--help")

    names = re.findall(
        r"^  ([a-z]+) +\w", done.out.partition("Commands:")[2].partition("Options:")[0], re.MULTILINE
    )
    assert (0, "") == (done.code, done.err)
    assert list(dict.fromkeys(name.partition(" ")[0] for name in COMMANDS)) == names
    for name in names:
        assert 0 == axl(name, "--help").code


def test_no_command_is_help_and_a_usage_error(axl: Axl) -> None:
    """`axl` alone says what there is."""
    done = axl()

    assert 2 == done.code
    assert done.out.startswith("Usage: axl [OPTIONS] COMMAND")


def test_the_version_is_the_packages(axl: Axl) -> None:
    """`axl --version` prints one line."""
    assert re.fullmatch(r"axl \d+\.\d+\.\d+\n", axl("--version").out)


@pytest.mark.parametrize("topic", ["exit-codes", "settings", "run", "run local", "runs", ""])
def test_help_has_topics(axl: Axl, topic: str) -> None:
    """Commands, groups, exit codes and settings can be asked for."""
    done = axl("help", *topic.split())

    assert (0, "") == (done.code, done.err)
    assert len(done.out) > 100


def test_validate_prints_the_program_and_its_hash(axl: Axl) -> None:
    """One equation a line, then the hash, and on the other stream that all is well."""
    done = axl("validate", "good.py:Good")

    assert 0 == done.code
    assert "add(" in done.out
    assert re.search(r"^hash [0-9a-f]{64}$", done.out, re.MULTILINE)
    assert "the workflow is valid" in done.err


def test_validate_takes_the_only_class_of_a_file(axl: Axl) -> None:
    """Where there is one workflow its name may be left out, with -m and without."""
    outs = {
        axl("validate", *words).out
        for words in (["good.py"], ["-m", "good.py"], ["-m", "good.py:Good"], ["good:Good"])
    }

    assert 1 == len(outs)


def test_validate_as_json(axl: Axl) -> None:
    """Programs get the same facts, and the program as JSON."""
    done = axl("validate", "good.py", "--json")

    facts = json.loads(done.out)
    errors = [problem for problem in facts["problems"] if problem["severity"] == "error"]
    assert (True, "good", []) == (facts["valid"], facts["name"], errors)
    assert "body" in facts["program"]


def test_validate_tells_all_problems_as_json(axl: Axl) -> None:
    """An invalid workflow is exit code 3, with each problem's rule, lines and hint."""
    done = axl("validate", "wired_wrong.py", "--json")

    facts = json.loads(done.out)
    assert (3, False) == (done.code, facts["valid"])
    assert any(
        loc["file"].endswith("wired_wrong.py") for problem in facts["problems"] for loc in problem["where"]
    )


def test_what_a_module_prints_is_talk(axl: Axl, zoo: Path) -> None:
    """A print at import does not get into the data."""
    (zoo / "chatty.py").write_text("print('hello')\n" + (zoo / "two.py").read_text())

    done = axl("validate", "chatty.py:One", "--json")

    assert json.loads(done.out)["name"] == "one"
    assert "hello" in done.err


@pytest.mark.parametrize(("form", "word"), [("text", "add"), ("mermaid", "flowchart"), ("dot", "digraph")])
def test_render_draws(axl: Axl, form: str, word: str) -> None:
    """Every text format names the steps."""
    done = axl("render", "good.py", "--format", form)

    assert (0, "") == (done.code, done.err)
    assert word in done.out
    assert "total" in done.out


def test_render_writes_a_file_of_the_format_of_its_name(axl: Axl, tmp_path: Path) -> None:
    """The ending chooses the format; the path is printed."""
    done = axl("render", "good.py", "--out", str(tmp_path / "graph.dot"))

    assert f"{tmp_path / 'graph.dot'}\n" == done.out
    assert (tmp_path / "graph.dot").read_text().startswith("digraph")


def test_render_without_graphviz_says_what_is_missing(axl: Axl, monkeypatch: pytest.MonkeyPatch) -> None:
    """SVG needs a program; the message names it and what works without."""
    monkeypatch.setenv("PATH", "/nowhere")

    done = axl("render", "good.py", "--format", "svg")

    assert 3 == done.code
    assert "needs Graphviz" in done.err
    assert "--format dot" in done.err


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize(("form", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_render_makes_pictures(axl: Axl, tmp_path: Path, form: str, magic: bytes) -> None:
    """With Graphviz there are pictures."""
    axl("render", "good.py", "--out", str(tmp_path / f"graph.{form}"))

    assert (tmp_path / f"graph.{form}").read_bytes().startswith(magic)


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


def test_several_problems_are_counted(axl: Axl) -> None:
    """`run local` lists them all, as `validate` does, and says how many there are."""
    done = axl("run", "local", "wired_twice.py")

    assert (3, 2) == (done.code, done.err.count("error:"))
    assert done.err.endswith("\n2 errors\n")


def test_an_attempt_is_named_where_there_are_several(axl: Axl) -> None:
    """Of a step that was retried every line says which attempt printed it."""
    axl(*BROKEN)
    axl("retry", "broken", "--executor", "inline")

    assert "attempt 1 | adding -1\nattempt 2 | adding -1\n" == axl("logs", "broken", "add[1]").out
    assert "adding -1\n" == axl("logs", "broken", "add[1]", "--attempt", "2").out
    assert "add[0] | adding 1\nadd[1] attempt 1 | adding -1\n" in axl("logs", "broken").out


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


def test_doctor_finds_nothing_wrong_here(axl: Axl) -> None:
    """Every line says what was looked at and how it is."""
    done = axl("doctor")
    facts = json.loads(axl("doctor", "--json").out)

    assert 0 == done.code
    assert {"axl", "python", "store", "disk", "clock", "open files"} <= {each["about"] for each in facts}
    assert "trouble" not in {each["state"] for each in facts}


def test_doctor_finds_a_store_that_cannot_be(axl: Axl) -> None:
    """Trouble is told in its line, and by exit code 5."""
    done = axl("doctor", "--store", "notes.txt")

    assert 5 == done.code
    assert re.search(r"^store +trouble ", done.out, re.MULTILINE)


def test_doctor_makes_no_store(axl: Axl, tmp_path: Path) -> None:
    """A store that is not there yet is no trouble, and is still not there afterwards."""
    done = axl("doctor", "--store", str(tmp_path / "typo"))

    assert 0 == done.code
    assert re.search(
        r"^store +note +there is no store at .*; the first run makes it$", done.out, re.MULTILINE
    )
    assert not (tmp_path / "typo").exists()


def test_init_writes_a_project_that_runs(axl: Axl, tmp_path: Path) -> None:
    """Workflow, test, settings and the rest; its commands work, its tests pass."""
    folder = tmp_path / "My project!"
    done = axl("init", str(folder))
    env = {name: value for name, value in os.environ.items() if not name.startswith("AXL_")}
    env |= {"PYTHONPATH": str(Path(__file__).parents[3])}
    ran = subprocess.run(
        [sys.executable, "-m", "axl", "run", "local", "workflow.py"],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
    )
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
    )

    assert 0 == done.code
    assert {"workflow.py", "test_workflow.py", "axl.toml", "pyproject.toml", "README.md"} <= {
        path.name for path in folder.iterdir()
    }
    assert 'name = "my-project"' in (folder / "pyproject.toml").read_text()
    assert "cd " in done.err
    assert (0, 0) == (ran.returncode, tested.returncode), ran.stderr + tested.stdout
    assert b"Hello, Ada" in ran.stdout


def test_init_overwrites_nothing(axl: Axl, tmp_path: Path) -> None:
    """A README that is there stays; a workflow that is there ends it before anything is written."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/README.md").write_text("mine")
    kept = axl("init", str(tmp_path / "a"))
    again = axl("init", str(tmp_path / "a"))

    assert (0, "mine") == (kept.code, (tmp_path / "a/README.md").read_text())
    assert 2 == again.code
    assert "workflow.py" in again.err
