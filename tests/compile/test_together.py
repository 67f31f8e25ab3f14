"""Runs that an orchestrator drives beside others: nothing is computed twice at once, and all see who works."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import axl
from axl import api
from axl.errors import LockedError
from axl.io.stores import open_store
from axl.runtime import remote

FLOW = """
import time
from pathlib import Path

from axl import Workflow, step

class Together(Workflow):
    @step
    def slow(self, folder: str) -> int:
        with Path(folder, "ran").open("a") as note:
            note.write("slow ")
        deadline = time.monotonic() + 60
        while not Path(folder, "go").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        return 7

    @step
    def last(self, n: int) -> int:
        return n + 1

    def graph(self, folder: str) -> int:
        return self.last(self.slow(folder))
"""
STEP = """
import sys
from pathlib import Path
from axl.runtime import remote

run, folder = sys.argv[1:]
workflow = remote.Workflow(source="together:Together", folder=Path(folder))
report = remote.join(workflow, run, {"folder": folder}, f"test {run}").step("slow")
print(report.facts["how"])
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the workflow, whose store is the one that ops find."""
    (tmp_path / "together.py").write_text(FLOW)
    monkeypatch.setenv("AXL_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "together", raising=False)
    return tmp_path


def started(run: str, folder: Path) -> subprocess.Popen[str]:
    """Start a process that runs the slow step for a run, as an op does."""
    words = [sys.executable, "-c", STEP, run, str(folder)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=folder)


def await_file(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert path.exists()


def ran(folder: Path) -> list[str]:
    return (folder / "ran").read_text().split()


@pytest.mark.parametrize("runs", [("one", "two"), ("one", "one")], ids=["two runs", "one run twice"])
def test_what_one_process_computes_another_waits_for(folder: Path, runs: tuple[str, str]) -> None:
    """Two processes that need the same result at once compute it once."""
    first = started(runs[0], folder)
    await_file(folder / "ran")
    second = started(runs[1], folder)
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(3)
    (folder / "go").touch()

    told = [process.communicate(timeout=60)[0].strip() for process in (first, second)]

    assert ["done", "cached" if runs == ("one", "two") else "continued"] == told
    assert ["slow"] == ran(folder)


def test_a_claim_ends_with_its_process(folder: Path) -> None:
    """What a killed process was computing is computed by whoever waits for it."""
    first = started("one", folder)
    await_file(folder / "ran")
    second = started("two", folder)
    first.kill()
    first.communicate(timeout=60)
    deadline = time.monotonic() + 60
    while len(ran(folder)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    (folder / "go").touch()

    assert "done" == second.communicate(timeout=60)[0].strip()
    assert ["slow", "slow"] == ran(folder)


def test_the_local_engine_waits_for_an_op(folder: Path) -> None:
    """A run on this machine takes over what an op is computing for another run."""
    op = started("one", folder)
    await_file(folder / "ran")
    cls = api.load("together.py:Together")
    with ThreadPoolExecutor(1) as pool:
        ours = pool.submit(axl.run, cls, {"folder": str(folder)}, executor="thread")
        time.sleep(1)
        (folder / "go").touch()

        assert 8 == ours.result(60).result

    op.communicate(timeout=60)
    assert ["slow"] == ran(folder)


def test_a_run_is_running_while_somebody_drives_it(folder: Path) -> None:
    """Whoever hands out the work holds the run, also between two ops; then others are refused."""
    workflow = remote.Workflow(source="together:Together", folder=folder)
    (folder / "go").touch()
    params: dict[str, object] = {"folder": str(folder)}
    seen = []

    with remote.driving("one", "test 1"):
        remote.join(workflow, "one", params, "test 1").step("slow")
        seen.append(axl.get_run("one").status)
        with pytest.raises(LockedError, match="the run one is held by process"):
            axl.retry("one")
        with pytest.raises(LockedError, match="the run one is held by process"):
            remote.join(workflow, "one", params, "test 2").step("last")
        remote.join(workflow, "one", params, "test 1").step("last")
    seen.append(axl.get_run("one").status)
    with remote.driving("one", "test 3"):
        remote.join(workflow, "one", params, "test 3").finish()
    seen.append(axl.get_run("one").status)

    assert ["running", "interrupted", "succeeded"] == seen


def test_a_run_is_running_while_an_op_works(folder: Path) -> None:
    """Without anybody who hands out the work, an op alone holds the run as long as it works."""
    op = started("one", folder)
    await_file(folder / "ran")
    meanwhile = axl.get_run("one").status
    (folder / "go").touch()
    op.communicate(timeout=60)

    assert ("running", "interrupted") == (meanwhile, axl.get_run("one").status)


def test_an_interruption_cancels_the_run(folder: Path) -> None:
    """Who is interrupted while handing out the work leaves a run that says so."""
    workflow = remote.Workflow(source="together:Together", folder=folder)
    (folder / "go").touch()

    with remote.driving("one", "test 1"):
        remote.join(workflow, "one", {"folder": str(folder)}, "test 1").step("slow")
    driving = remote.driving("one", "test 1")
    driving.__enter__()
    driving.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert "cancelled" == axl.get_run("one").status


def test_a_dagster_run_is_never_called_interrupted(folder: Path) -> None:
    """From its first op to its result a run of Dagster is running, then it has succeeded."""
    (folder / "go").touch()
    (folder / "home").mkdir()
    (folder / "home" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    (folder / "run.yaml").write_text(f"resources: {{parameters: {{config: {{folder: '{folder}'}}}}}}")
    (data,) = api.compile("together.py:Together", "dagster", out="job.py").files.values()
    (folder / "job.py").write_bytes(data)
    env = os.environ | {"DAGSTER_HOME": str(folder / "home"), "AXL_DAGSTER_EXECUTOR": "multiprocess"}
    dagster = str(Path(sys.executable).with_name("dagster"))
    seen: list[str] = []
    over = threading.Event()

    def watch() -> None:
        store = open_store()
        while not over.wait(0.05):
            seen.extend(each.status for each in api.list_runs(store))
        store.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    words = [dagster, "job", "execute", "-f", "job.py", "-c", "run.yaml"]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
    over.set()
    watcher.join()

    assert 0 == done.returncode, done.stderr
    assert {"running", "succeeded"} == set(seen)
