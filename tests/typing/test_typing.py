"""mypy and pyright, without a plugin, accept right wiring and refuse exactly the wrong lines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def mypy_lines(name: str) -> set[int]:
    argv = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--hide-error-context",
        str(HERE / name),
    ]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = re.findall(rf"{name}:(\d+): error", done.stdout)
    return {int(line) for line in found}


def pyright_lines(name: str) -> set[int]:
    argv = [sys.executable, "-m", "pyright", "--outputjson", str(HERE / name)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    diagnostics = json.loads(done.stdout)["generalDiagnostics"]
    return {item["range"]["start"]["line"] + 1 for item in diagnostics if item["severity"] == "error"}


CHECKERS = {"mypy": mypy_lines, "pyright": pyright_lines}


@pytest.mark.parametrize("checker", CHECKERS)
def test_right_wiring_is_accepted(checker: str) -> None:
    """Not a single line of good.py is refused, and every inferred type is the asserted one."""
    assert CHECKERS[checker]("good.py") == set()


@pytest.mark.parametrize("checker", CHECKERS)
def test_wrong_wiring_is_refused(checker: str) -> None:
    """The lines marked `# E` in bad.py are refused, and no others."""
    lines = (HERE / "bad.py").read_text().splitlines()
    expected = {number for number, line in enumerate(lines, 1) if line.endswith("# E")}

    assert expected == CHECKERS[checker]("bad.py")
