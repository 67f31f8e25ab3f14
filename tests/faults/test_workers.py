"""Whatever a step does to its process, only its own attempt fails, and nothing is left."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

import axl
from axl.runtime.history.run import Run
from tests.faults.nasty import Flood, KilledTwice, Litters, Nasty, Orphans
from tests.faults.sizes import size

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run all misbehaving steps once, with two workers, and go on after every failure."""
    return axl.run(Nasty, store=tmp_path_factory.mktemp("nasty") / "store", workers=2, keep_going=True)


EXPECTED = {
    "killed": ("signal", "killed by signal 9 (SIGKILL)"),
    "left": ("exit", "exit code 0 and gave no result"),
    "crashed": ("signal", "killed by signal 11 (SIGSEGV)"),
    "slow": ("timeout", "timeout of 0.3 s"),
    "stubborn": ("timeout", "timeout of 0.3 s"),
    "unpicklable": ("output", "'_thread.lock' object in result['a'][0]"),
    "exits": ("exit", "exit(3)"),
}


@pytest.mark.parametrize("step", EXPECTED)
def test_the_failure_says_what_happened(nasty: Run, step: str) -> None:
    """Each step fails in its own way, and the message names it."""
    kind, words = EXPECTED[step]

    (instance,) = nasty.step(step).instances

    assert instance.status == "failed"
    assert instance.failure is not None
    assert instance.failure.kind == kind
    assert words in instance.failure.message


def test_the_others_go_on(nasty: Run) -> None:
    """The map beside them has all its results."""
    assert nasty.status == "failed"
    assert nasty.step("fine").output == [1, 2, 3]


def test_a_killed_worker_is_tried_again(tmp_path: Path) -> None:
    """The death of the process is an attempt like any other."""
    (tmp_path / "flags").mkdir()

    run = axl.run(KilledTwice, {"folder": str(tmp_path / "flags")}, store=tmp_path / "store")

    assert (run.status, run.result) == ("succeeded", 3)
    assert run.step("work").attempts == 3


def test_workers_that_die_while_others_start(tmp_path: Path) -> None:
    """Every death is heard of, also one that is told in the same breath as the start of another worker."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    try:
        argv = [sys.executable, "-m", "axl", "run", "local", "-m", "tests.faults.nasty:Mayflies", "-q"]
        argv += ["--param", f"n={size(100, 400)}", "--workers", "2", "--keep-going", "--store", str(tmp_path)]
        code = subprocess.run(argv, check=False, capture_output=True, timeout=60, cwd=ROOT).returncode
    finally:
        for each in busy:
            each.kill()
            each.wait()

    assert code == 1
    assert [size(100, 400)] == [each.instances for each in axl.get_run("latest", tmp_path).timeline[1:]]


def test_what_a_step_left_running_is_ended(tmp_path: Path) -> None:
    """A daemon of a step does not outlive the step."""
    run = axl.run(Orphans, store=tmp_path / "store", workers=1)

    assert run.result is False


def test_a_flood_of_output_is_bounded(tmp_path: Path) -> None:
    """Head and tail are kept, the middle is counted, and memory does not grow with it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    run = axl.run(Flood, {"megabytes": size(50, 1024)}, store=tmp_path / "store")

    log = run.logs("print_much")
    assert run.status == "succeeded"
    assert "bytes dropped" in log
    assert log.rstrip().endswith("the last words")
    assert len(log) < 32 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_no_process_is_left() -> None:
    """After all of these, no zygote of this test process is alive."""
    out = subprocess.run(["pgrep", "-f", "sleep 1000"], capture_output=True, text=True, check=False).stdout

    assert out == ""


def test_temporary_files_of_steps_go_with_their_worker(tmp_path: Path) -> None:
    """What a step puts below the temporary folder is gone when the run has ended."""
    run = axl.run(Litters, store=tmp_path / "store")

    assert run.status == "succeeded"
    assert not Path(str(run.result)).exists()
