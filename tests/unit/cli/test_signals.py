"""Stopping the command line, from another process and from a terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SLOW = """
import time
from axl import Workflow, step

class Slow(Workflow):
    @step
    def wait(self, n: int) -> int:
        print("waiting", n, flush=True)
        while n and not (HERE / "go").exists():
            time.sleep(0.05)
        return n

    def graph(self, ns: list[int] = [0, 1, 2]) -> list[int]:
        return self.wait.map(ns)
"""
ON_TERMINAL = """
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn([sys.executable, "-m", "axl", *sys.argv[1:]])))
"""
LIMIT = 60.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a workflow whose run ends when a file `go` is there."""
    head = f"from pathlib import Path\nHERE = Path({str(tmp_path)!r})\n"
    (tmp_path / "slow.py").write_text(head + SLOW)
    (tmp_path / "sleepy.py").write_text("import time\nprint('importing', flush=True)\ntime.sleep(60)\n")
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AXL_", "COLUMNS", "LINES"))
    }
    return kept | {"HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[3])} | more


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "axl", *words],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def hear(process: subprocess.Popen[str], words: str) -> str:
    """Read what is said up to a line with these words."""
    assert process.stderr is not None
    heard = ""
    until = time.monotonic() + LIMIT
    while words not in heard:
        assert time.monotonic() < until, heard
        line = process.stderr.readline()
        assert line, heard
        heard += line
    return heard


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=lambda each: str(each),
)
def test_a_signal_stops_a_run_in_order(folder: Path, number: signal.Signals, code: int) -> None:
    """It is told, what runs is ended, the code is 128 and the signal, and the same command goes on."""
    process = start(folder, "run", "local", "slow.py", "--workers", "2")
    hear(process, "waiting 1")
    process.send_signal(number)
    _, said = process.communicate(timeout=LIMIT)
    (folder / "go").touch()
    again = start(folder, "run", "local", "slow.py")
    out, _ = again.communicate(timeout=LIMIT)

    assert code == process.returncode
    assert f"stopping ({number.name})" in said
    assert "cancelled in" in said
    assert "Traceback" not in said
    assert (0, "[0, 1, 2]\n") == (again.returncode, out)


def test_the_second_signal_does_not_wait(folder: Path) -> None:
    """A step that takes its time to end is ended at once when asked again."""
    stubborn = (
        (folder / "slow.py")
        .read_text()
        .replace("while n and", "import signal; signal.signal(15, signal.SIG_IGN)\n        while n and")
    )
    (folder / "slow.py").write_text(stubborn)
    process = start(folder, "run", "local", "slow.py", "--workers", "2", "--grace", "50")
    hear(process, "waiting 1")
    process.send_signal(signal.SIGINT)
    hear(process, "stopping (SIGINT)")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LIMIT)

    assert 130 == process.returncode
    assert time.monotonic() - began < 30


def test_a_signal_before_the_run_is_quiet(folder: Path) -> None:
    """While the author's module is imported Ctrl-C ends everything without a traceback."""
    process = start(folder, "validate", "sleepy.py")
    hear(process, "importing")
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=LIMIT)

    assert (130, "") == (process.returncode, out)
    assert "Traceback" not in said


def test_ctrl_c_on_a_terminal(folder: Path) -> None:
    """The bars go, what was said stays, and the code is 130."""
    process = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, "run", "local", "slow.py", "--workers", "2"],
        cwd=folder,
        env=environment(folder, TERM="xterm"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    shown = b""
    asked = False
    while part := os.read(process.stdout.fileno(), 65536):
        shown += part
        if not asked and b"waiting 2" in shown and b"running: " in shown:
            process.stdin.write(b"\x03")
            process.stdin.flush()
            asked = True
    process.stdin.close()
    process.stdout.close()

    text = re.sub(r"\x1b\[\??[\d;]*[a-zA-Z]", "", shown.decode())
    assert 130 == process.wait(LIMIT)
    assert "wait[1] | waiting 1" in text
    assert "stopping (SIGINT)" in text
    assert "cancelled in" in text.rpartition("stopping")[2]
    assert "Traceback" not in text
