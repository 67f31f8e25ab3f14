"""A run that is stopped ends in order: right exit code, nothing left, and it goes on afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.trial import Trial, finish

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def start_waiting(trial: Trial) -> subprocess.Popen[bytes]:
    """Start the run that waits, and return once its step does."""
    flags = trial.folder / "flags"
    process = trial.start(trial.command("nasty.py:Waits", "--param", f"folder={flags}", "--grace", "2"))
    deadline = time.monotonic() + 30
    while not (flags / "waiting").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return process


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_one_signal_stops_the_run(number: signal.Signals, tmp_path: Path) -> None:
    """Steps are told to end, the exit code names the signal, and no process is left."""
    trial = Trial(tmp_path)
    process = start_waiting(trial)

    os.kill(process.pid, number)
    began = time.monotonic()
    _, said = process.communicate(timeout=30)

    assert CODES[number] == (process.returncode if process.returncode >= 0 else 128 - process.returncode)
    assert time.monotonic() - began < 6
    assert b"Traceback" not in said
    assert trial.wait_until_gone() == []
    assert trial.leftovers() == []
    assert "first/-" in trial.committed()


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    """Whoever asks twice does not wait for the grace period."""
    trial = Trial(tmp_path)
    process = start_waiting(trial)

    os.kill(process.pid, signal.SIGTERM)
    time.sleep(0.2)
    os.kill(process.pid, signal.SIGTERM)
    began = time.monotonic()
    process.communicate(timeout=30)

    assert time.monotonic() - began < 2
    assert trial.wait_until_gone() == []


def test_the_terminal_interrupts_the_whole_group(tmp_path: Path) -> None:
    """Ctrl-C reaches only the engine, which passes it on."""
    trial = Trial(tmp_path)
    process = start_waiting(trial)

    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)

    assert process.returncode in (130, -signal.SIGINT)
    assert trial.wait_until_gone() == []


def test_a_second_engine_leaves_the_run_alone(tmp_path: Path) -> None:
    """The same command beside a live engine ends at once with code 6, and names who holds the run."""
    trial = Trial(tmp_path)
    process = start_waiting(trial)
    try:
        code, _, said = finish(
            trial.start(trial.command("nasty.py:Waits", "--param", f"folder={tmp_path / 'flags'}"))
        )
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)

    assert code == 6
    assert f"is held by process {process.pid} on" in said
    assert "--fresh" in said
    assert trial.wait_until_gone() == []
