"""`axl diff` of two runs on the command line."""

from __future__ import annotations

import json

from tests.unit.cli.command_line import QUIET, Axl


def test_two_runs_that_are_the_same(axl: Axl) -> None:
    """Nothing is data, and the exit code says so; the second one was found in the cache."""
    axl(*QUIET, "--run-id", "first")
    axl(*QUIET, "--run-id", "second")
    done = axl("diff", "first", "latest")

    assert (0, "", "first and second do not differ\n") == (done.code, done.out, done.err)
    assert not json.loads(axl("diff", "first", "second", "--json").out)["differs"]


def test_differences_are_told_step_by_step(axl: Axl) -> None:
    """Parameters first, for a map how many items differ and which."""
    axl(*QUIET, "--run-id", "first", "-p", "ns=[1,2,3]")
    axl(*QUIET, "--run-id", "second", "-p", "ns=[1,2,4]")
    done = axl("diff", "first", "second")
    facts = json.loads(axl("diff", "fi", "se", "--json").out)

    assert 4 == done.code
    assert done.out.startswith("parameter `ns`: [1, 2, 3] -> [1, 2, 4]\nresult: ")
    assert "\nadd: 1 of 3 items differs: [2]\n  input `n` changed from 3 to 4\n" in done.out
    assert "\ntotal differs\n  input `xs`, the result of `add`, changed\n" in done.out
    assert ("first", "second", True) == (facts["before"], facts["after"], facts["differs"])
    (add,) = [step for step in facts["steps"] if step["step"] == "add"]
    assert ([3, 3], 1, [[2]]) == (add["items"], add["differing"], add["places"])


def test_an_unknown_run_is_a_usage_error(axl: Axl) -> None:
    """With the nearest name."""
    axl(*QUIET, "--run-id", "first")
    done = axl("diff", "first", "firts")

    assert (2, "") == (done.code, done.out)
    assert "did you mean first?" in done.err
