"""This release reads the stores of every release: runs, values, logs, reasons; and goes on with them."""

from __future__ import annotations

import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import axl
from axl import Failed, api
from axl.cli.main import main

HERE = Path(__file__).parent
ARCHIVES = sorted(HERE.glob("*.tar.gz"))
BYTES = {"finished": 18_000, "cached": 18_000}


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A copy of a golden store, in the current folder, with its workflow within reach."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.setenv("AXL_STORE", "store")
    yield "store"
    sys.modules.pop("golden_flow", None)


def test_there_is_a_store_of_this_release() -> None:
    """`make.py` writes it; together they stay small."""
    assert f"axl-{axl.__version__}.tar.gz" in {path.name for path in ARCHIVES}
    assert all(path.stat().st_size < 100_000 for path in ARCHIVES)


def test_runs_are_listed_with_how_they_ended(store: str) -> None:
    """Each with its status and its counts."""
    found = {each.id: (each.status, dict(each.counts)) for each in axl.list_runs(store)}

    assert {
        "finished": ("succeeded", {"done": 6, "retried": 1, "tolerated": 1}),
        "cached": ("succeeded", {"cached": 6, "tolerated": 1}),
        "failed": ("failed", {"cached": 3, "done": 3, "tolerated": 1, "failed": 1}),
    } == {run: (status, counts) for run, (status, counts) in found.items()}


@pytest.mark.parametrize("run", ["finished", "cached"])
def test_results_and_outputs_are_read(store: str, run: str) -> None:
    """Large and small ones, by every handler, and what stands for a failure."""
    found = axl.get_run(run, store)

    assert BYTES[run] == found.result
    assert [0, 1, 2] == found.step("seed").output
    assert [bytes([x]) * 6000 for x in range(3)] == found.step("grow").output
    assert {"parts": 3, "bytes": 18_000, "maybe": 0} == found.step("facts").output
    assert isinstance(found.step("maybe").output, Failed)
    assert "counting to 3\n" == found.logs("seed")
    assert {"n": 3, "mended": True} == found.params


def test_a_failure_is_told(store: str) -> None:
    """With its traceback and the attempts."""
    failed, finished = axl.get_run("failed", store), axl.get_run("finished", store)

    assert "not mended" in failed.error
    (end,) = failed.step("end").instances
    assert end.failure is not None
    assert ("ValueError", "not mended") == (end.failure.error, end.failure.message)
    assert "golden_flow.py" in end.failure.traceback
    assert 4 == finished.step("grow").attempts
    assert ["seed", "grow", "maybe", "facts", "end"] == list(failed.steps)


def test_reasons_and_differences_are_read(store: str) -> None:
    """Why each step was computed or found, and what two runs have different."""
    assert {"cached", "failed"} == {each.fate for each in api.why("cached", store=store)}
    assert "finished" in {each.run for each in api.why("cached", store=store)}
    assert not api.diff("finished", "cached", store).differs
    assert api.diff("finished", "failed", store).differs


def test_nothing_is_wrong_with_it(store: str) -> None:
    """Every record and object is read."""
    verdict = api.verify(store)

    assert [] == verdict.findings
    assert verdict.records > 30
    assert verdict.objects >= 5


def test_the_failed_run_goes_on(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed stays, what failed runs with today's code."""
    monkeypatch.setenv("GOLDEN_MENDED", "1")
    before = {
        each.name: each.started for each in axl.get_run("failed", store).instances() if each.node == "grow"
    }

    run = axl.retry("failed", store=store, executor="inline")
    assert ("failed", "succeeded", 24_000) == (run.id, run.status, run.result)
    assert before == {each.name: each.started for each in run.instances() if each.node == "grow"}
    assert [] == api.verify(store).findings


def test_the_command_line_reads_it(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command that only looks."""
    for words in (
        ["runs"],
        ["show", "failed"],
        ["outputs", "finished"],
        ["logs", "finished"],
        ["why", "cached"],
        ["verify"],
        ["gc", "--keep", "1", "--dry-run"],
    ):
        assert 0 == main(words), words
    assert 4 == main(["diff", "finished", "failed"])
    capsys.readouterr()
    assert 0 == main(["show", "finished", "--json"])
    assert "succeeded" == json.loads(capsys.readouterr().out)["status"]
