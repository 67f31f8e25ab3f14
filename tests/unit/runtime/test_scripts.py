"""A workflow that is written in a script: the same runs as from the command line, and the same cache."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import axl
from axl import Retry, Workflow, step

class Odd(Exception):
    pass

class Box:
    def __init__(self, n):
        self.n = n

class W(Workflow):
    @step
    def one(self) -> int:
        print("one runs")
        return 1

    @step
    def boxed(self, n: int) -> Box:
        return Box(n)

    @step(retries=Retry(attempts=2, on=Odd))
    def two(self, box: Box) -> int:
        if FAILS:
            raise Odd("no")
        return box.n + 1

    def graph(self) -> int:
        return self.two(self.boxed(self.one()))

FAILS = True
run = axl.run(W)
print(run.status, run.step("two").attempts)
"""
GUARD = "if __name__ == '__main__':\n    run = axl.run(W)\n    print(run.status)\n"


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder."""
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    """Workers never import the script; its own exception classes filter retries."""
    (tmp_path / "flow.py").write_text(SCRIPT)

    done = python(tmp_path, "flow.py")

    assert "failed 2\n" == done.stdout
    assert "the run w-" in done.stderr
    assert "Odd: no" in done.stderr


def test_the_command_line_goes_on_with_a_run_of_a_script(tmp_path: Path) -> None:
    """The same workflow, code and parameters are the same run, wherever it was begun."""
    body = SCRIPT.partition("run = axl.run")[0].replace("-> Box", "-> int").replace("Box(n)", "n")
    body = body.replace("box: Box", "box: int").replace("box.n", "box")
    (tmp_path / "flow.py").write_text(body + GUARD)
    python(tmp_path, "flow.py")

    again = python(tmp_path, "-m", "axl", "run", "local", "flow.py:W")
    (tmp_path / "flow.py").write_text(body.replace("FAILS = True", "FAILS = False") + GUARD)
    mended = python(tmp_path, "-m", "axl", "retry", "latest")

    assert "going on with w-" in again.stderr
    assert "2 continued" in again.stderr
    assert (0, "2") == (mended.returncode, mended.stdout.strip())


def test_what_only_a_script_can_read_is_not_kept_for_others(tmp_path: Path) -> None:
    """Objects of the script's own classes stay in its runs, and a note says so."""
    (tmp_path / "flow.py").write_text(SCRIPT.replace("FAILS = True", "FAILS = False"))
    first, second = python(tmp_path, "flow.py"), python(tmp_path, "flow.py")

    assert "succeeded 1\n" == first.stdout == second.stdout
    counts = python(tmp_path, "-m", "axl", "runs").stdout
    assert "2 cached, 1 done" in counts
