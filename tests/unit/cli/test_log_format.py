"""With `--log-format json` every line is JSON, and with `-q` there are only those that tell of trouble."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.command_line import RUN, Axl

JSON = ("--log-format", "json")
TOLERANT = """
from axl import Failed, Workflow, step


class Tolerant(Workflow):
    @step(on_failure="continue")
    def invert(self, n: int) -> float:
        return 1 / n

    @step
    def total(self, parts: list[float | Failed]) -> float:
        return sum(part for part in parts if not isinstance(part, Failed))

    def graph(self, ns: list[int] = [1, 0, 2]) -> float:
        return self.total(self.invert.map(ns))
"""


@pytest.fixture
def tolerant(zoo: Path) -> tuple[str, ...]:
    """The words that run a workflow of which one item fails and may."""
    (zoo / "tolerant.py").write_text(TOLERANT)
    return ("run", "local", "tolerant.py", "--executor", "inline", "-q")


def events(text: str) -> list[str]:
    return [json.loads(line)["event"] for line in text.splitlines()]


def test_a_quiet_log_holds_what_failed(axl: Axl) -> None:
    """The step that failed and the end, as JSON, and of a run that goes well nothing."""
    failed = axl(*RUN, "-q", *JSON, "--param", "ns=[1,-1]")
    fine = axl(*RUN, "-q", *JSON)

    assert (1, ["task_finished", "run_finished"]) == (failed.code, events(failed.err))
    assert (0, "", "9\n") == (fine.code, fine.err, fine.out)


@pytest.mark.parametrize("words", [JSON, ("--log-format=json",)], ids=["two words", "one word"])
def test_errors_are_json_too(axl: Axl, words: tuple[str, ...]) -> None:
    """What, where, hint and exit code of each problem, also where the command line itself is wrong."""
    missing = axl("run", "local", "nowhere.py", *words)
    unknown = axl("run", "local", "good.py", *words, "--fersh")
    twice = axl("run", "local", "wired_twice.py", *words)

    facts = json.loads(missing.err)
    assert ("error", 2) == (facts["event"], facts["exit_code"])
    assert facts["what"] == "there is no file nowhere.py"
    assert "--fresh" in json.loads(unknown.err)["hint"]
    lines = [json.loads(line) for line in twice.err.splitlines()]
    assert [3, 3] == [line["exit_code"] for line in lines]
    assert all(line["where"][0]["file"].endswith("wired_twice.py") for line in lines)


def test_a_setting_is_enough(axl: Axl, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment may choose the format of errors as well as of progress."""
    monkeypatch.setenv("AXL_LOG_FORMAT", "json")

    assert ["error"] == events(axl("run", "local", "nowhere.py").err)


def test_results_are_json_on_one_line(axl: Axl) -> None:
    """Standard output holds JSON as well: the result, with --json the facts, with --dry-run the forecast."""
    (result,) = axl("run", "local", "text.py", *JSON, "-q").out.splitlines()
    (facts,) = axl(*RUN, *JSON, "-q", "--json").out.splitlines()
    (forecast,) = axl(*RUN, *JSON, "--dry-run").out.splitlines()

    assert "a 'b'" == json.loads(result)
    assert 9 == json.loads(facts)["result"]
    assert "runs" in json.loads(forecast)


@pytest.fixture(autouse=True)
def _text(zoo: Path) -> None:
    step = "class Text(Workflow):\n    @step\n    def say(self) -> str:\n        return \"a 'b'\"\n"
    graph = "\n    def graph(self) -> str:\n        return self.say()\n"
    (zoo / "text.py").write_text(f"from axl import Workflow, step\n\n\n{step}{graph}")


def test_quiet_says_once_that_failures_were_tolerated(axl: Axl, tolerant: tuple[str, ...]) -> None:
    """The summary counts them; no block for each."""
    done = axl(*tolerant)

    (line,) = done.err.splitlines()
    assert (0, "1.5\n") == (done.code, done.out)
    assert "3 done" in line
    assert "1 tolerated" in line


def test_a_quiet_log_says_once_that_failures_were_tolerated(axl: Axl, tolerant: tuple[str, ...]) -> None:
    """The same as JSON; without -q each has its event, of status `tolerated`."""
    quiet = axl(*tolerant, *JSON)
    whole = axl(*tolerant[:-1], *JSON, "--fresh")

    assert {"done": 3, "tolerated": 1} == json.loads(quiet.err)["counts"]
    lines = [json.loads(line) for line in whole.err.splitlines()]
    assert ["invert[1]"] == [line["name"] for line in lines if line.get("status") == "tolerated"]
