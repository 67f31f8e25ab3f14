"""`axl why` and `axl run local --dry-run`: reasons for people and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FLOW = """
from axl import Workflow, step

class W(Workflow):
    @step
    def one(self, x: int) -> int:
        return x * 2

    @step
    def total(self, xs: list[int]) -> int:
        return sum(xs)

    def graph(self, xs: list[int]) -> int:
        return self.total(self.one.map(xs))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a workflow."""
    (tmp_path / "flow.py").write_text(FLOW)
    return tmp_path


def axl(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a project."""
    command = [sys.executable, "-m", "axl", *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=60)


def run(project: Path, xs: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the workflow inline."""
    return axl(project, "run", "local", "flow.py", "--executor", "inline", "--param", f"xs={xs}", *words)


def test_a_dry_run_tells_and_runs_nothing(project: Path) -> None:
    """Steps that would run with their reason, those that are found, and those that come later."""
    before = run(project, "[1, 2]", "--dry-run")
    run(project, "[1, 2]")
    after = run(project, "[1, 5]", "--dry-run")

    assert "one[0], one[1]: would run: the first time" in before.stdout
    assert "after that, as their inputs turn out: total" in before.stdout
    assert "one: 1 found" in after.stdout
    assert "input `x` changed from 2 to 5" in after.stdout
    assert 1 == len(json.loads(axl(project, "runs", "--json").stdout))


def test_why_tells_of_a_run(project: Path) -> None:
    """Of all steps, of one, and as JSON."""
    run(project, "[1, 2]")
    run(project, "[1, 3]")

    whole = axl(project, "why", "latest")
    one = axl(project, "why", "latest", "one[0]", "--json")

    assert "one[1]: computed, since w-" in whole.stdout
    assert "input `x` changed from 2 to 3" in whole.stdout
    assert "one[0]: found, computed by w-" in whole.stdout
    assert ["cached"] == [each["fate"] for each in json.loads(one.stdout)]


def test_why_tells_of_a_run_to_come(project: Path) -> None:
    """With -m it says what a run would compute."""
    run(project, "[1]")

    told = axl(project, "why", "-m", "flow.py:W", "--param", "xs=[1]")

    assert (0, "nothing would be computed\n") == (told.returncode, told.stderr)


def test_a_dry_run_computes_what_the_run_would(project: Path) -> None:
    """With --fresh and --no-cache that is everything, whatever is there; the reason is told."""
    run(project, "[1]")

    fresh, without = (
        run(project, "[1]", "--dry-run", "--fresh"),
        run(project, "[1]", "--no-cache", "--dry-run"),
    )
    facts = json.loads(run(project, "[1]", "--dry-run", "--fresh", "--json").stdout)

    later = "after that, as their inputs turn out: total\n"
    assert f"one[0]: would run: the run was told to compute everything (--fresh)\n{later}" == fresh.stdout
    assert f"one[0]: would run: the run was told to use no cache (--no-cache)\n{later}" == without.stdout
    assert ("", "") == (fresh.stderr, without.stderr)
    assert ({}, ["total"]) == (facts["found"], facts["later"])
    assert ["the run was told to compute everything (--fresh)"] == [each["note"] for each in facts["runs"]]


def test_one_step_of_a_run_to_come(project: Path) -> None:
    """Named as it is for a run that was: also one item of a map."""
    run(project, "[1, 2]")

    words = ("why", "-m", "flow.py:W", "--param", "xs=[5, 6]")
    step, item = axl(project, *words, "one"), axl(project, *words, "one[1]")

    assert [True, True] == [f"one[{place}]: would run" in step.stdout for place in (0, 1)]
    assert (0, True) == (item.returncode, item.stdout.startswith("one[1]: would run"))
    assert "one[0]" not in item.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "error: name a run, or a workflow"),
        (["-m", "flow.py:W", "latest", "one"], "error: a run and a workflow are named"),
        (
            ["-m", "flow.py:W", "-p", "xs=[1]", "totl"],
            "the workflow w has no step 'totl'\n\nhint: did you mean total?",
        ),
        (
            ["-m", "flow.py:W", "-p", "xs=[1]", "latest"],
            "has no step 'latest'\n\nhint: its steps are: one, total",
        ),
        (["-m", "flow.py:W", "-p", "xs=[1]", "one[a]"], "'one[a]' names no step"),
        (["nothing"], "error: there is no run 'nothing'"),
        (["latest", "two"], "has no step 'two'"),
        (["latest", "one[3]"], "there is no one[3] in the run"),
    ],
)
def test_wrong_words_are_refused(project: Path, words: list[str], message: str) -> None:
    """With one message and a usage code."""
    run(project, "[1]")

    refused = axl(project, "why", *words)

    assert 2 == refused.returncode
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_no_cache_and_fresh_compute_everything(project: Path) -> None:
    """And say so in the count at the end."""
    run(project, "[1]")

    assert "2 done" in run(project, "[1]", "--no-cache").stderr
    assert "2 done" in run(project, "[1]", "--fresh").stderr
    assert "2 cached" in run(project, "[1]").stderr


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("moved.py:W", "", "", "one: 1 found\ntotal: 1 found\n"),
        ("moved.py:V", "class W", "class V", "one[0]: would run: the first time\n"),
        ("moved.py:W", "total", "whole", "one: 1 found\nwhole: would run: the first time\n"),
    ],
)
def test_a_new_name_is_a_new_step(project: Path, file: str, before: str, after: str, told: str) -> None:
    """That of a step or of its class; a file may be called anything, as the page of the cache says."""
    run(project, "[1]")
    (project / "moved.py").write_text(FLOW.replace(before, after) if before else FLOW)

    done = axl(project, "why", "-m", file, "--param", "xs=[1]")

    assert (0, True) == (done.returncode, done.stdout.startswith(told))
