"""`axl gc` on the command line: what it takes, what it prints, and how it exits."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.unit.cli.command_line import QUIET, Axl


@pytest.fixture
def _two_runs(axl: Axl, tmp_path: Path) -> None:
    """Two finished runs, whose objects count as old."""
    axl(*QUIET, "--run-id", "first", "-p", "ns=[1]")
    axl(*QUIET, "--run-id", "second", "-p", "ns=[2]")
    for path in (tmp_path / "store/objects").glob("*/*"):
        os.utime(path, (time.time() - 7200, time.time() - 7200))


@pytest.mark.usefixtures("_two_runs")
def test_old_runs_go_and_are_named(axl: Axl) -> None:
    """What was removed is talk, the sums are data; a second time there is nothing."""
    done = axl("gc", "--keep", "1")
    again = axl("gc", "--keep", "1")

    assert (0, 0) == (done.code, again.code)
    assert "removed first\n" == done.err
    assert done.out.startswith("removed 1 run, 4 results, 0 objects")
    assert ("removed 0 runs, 0 results, 0 objects, 0 B\n", "") == (again.out, again.err)
    assert ["second"] == [each["run"] for each in json.loads(axl("runs", "--json").out)]


@pytest.mark.usefixtures("_two_runs")
def test_to_keep_none_is_allowed(axl: Axl) -> None:
    """`--keep 0` removes every run that succeeded or failed; its help says so."""
    axl(*QUIET, "--run-id", "broken", "-p", "ns=[-1]")

    done = axl("gc", "--keep", "0")

    removed = {"removed first", "removed second", "removed broken"}
    assert (0, removed) == (done.code, set(done.err.splitlines()))
    assert [] == json.loads(axl("runs", "--json").out)
    assert "0 keeps none that succeeded or failed" in " ".join(axl("gc", "--help").out.split())


@pytest.mark.usefixtures("_two_runs")
def test_a_dry_run_removes_nothing(axl: Axl) -> None:
    """It says the same, in another mood; so does its JSON."""
    told = axl("gc", "--keep", "1", "--dry-run")
    facts = json.loads(axl("gc", "--older-than", "0s", "--dry-run", "--json").out)

    assert "would remove first\n" == told.err
    assert told.out.startswith("would remove 1 run, 4 results,")
    assert (True, {"first", "second"}) == (facts["dry_run"], set(facts["runs"]))
    assert facts["objects"] >= 1
    assert facts["bytes"] > 100
    assert 2 == len(json.loads(axl("runs", "--json").out))


@pytest.mark.usefixtures("_two_runs")
@pytest.mark.parametrize("words", [["--workflow", "other", "--keep", "1"], ["--older-than", "30d"]])
def test_what_no_rule_means_stays(axl: Axl, words: list[str]) -> None:
    """Runs of other workflows, and young ones."""
    done = axl("gc", *words)

    assert (0, "") == (done.code, done.err)
    assert done.out.startswith("removed 0 runs, 0 results")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([], "nothing says which runs are to stay"),
        (["--workflow", "good"], "nothing says which runs are to stay"),
        (["--keep", "-1"], "'-1' is not a whole number of zero or more"),
        (["--keep", "all"], "'all' is not a whole number of zero or more"),
        (["--older-than", "soon"], "'soon' is no time"),
        (["--older-than", "-1"], "'-1' is no time"),
        (["--older-than", "5"], "'5' has no unit"),
        (["--older-than", "0.5"], "'0.5' has no unit"),
    ],
)
def test_a_rule_is_needed_and_must_make_sense(axl: Axl, words: list[str], what: str) -> None:
    """Nothing goes by mistake."""
    done = axl("gc", *words)

    assert (2, "") == (done.code, done.out)
    assert what in done.err
    assert "hint:" in done.err


@pytest.mark.usefixtures("_two_runs")
def test_a_number_without_a_unit_removes_nothing(axl: Axl) -> None:
    """Who meant days would lose the runs of days: the message says how to write it."""
    done = axl("gc", "--older-than", "0")

    assert (2, "") == (done.code, done.out)
    assert "hint: write a unit, as in 30d, 12h or 90s" in done.err
    assert 2 == len(json.loads(axl("runs", "--json").out))
