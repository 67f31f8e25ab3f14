"""A third party's target, as its users get it: a wheel, installed beside axl, found by its entry point."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = str(ROOT / ".ci" / "uv")
FLOW = """
from axl import Workflow, step

class Doubled(Workflow):
    @step
    def double(self, n: int) -> int:
        return 2 * n

    @step
    def total(self, numbers: list[int]) -> int:
        return sum(numbers)

    def graph(self, numbers: list[int]) -> int:
        return self.total(self.double.map(numbers))
"""


def done(words: list[str], folder: Path) -> str:
    """Run a command, without the paths of this environment, and return what it prints."""
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    ended = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{words}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def test_a_wheel_of_a_target_compiles_and_runs(tmp_path: Path) -> None:
    """Built, installed into an environment of its own, compiled with, and the script gives the result."""
    (tmp_path / "doubled.py").write_text(FLOW)
    done([UV, "build", "--wheel", "--out-dir", str(tmp_path / "dist"), str(ROOT / "tests" / "plugin")], ROOT)
    (wheel,) = (tmp_path / "dist").glob("axl_plain-*.whl")
    done([UV, "venv", "--python", "3.11", str(tmp_path / "venv")], ROOT)
    python = str(tmp_path / "venv" / "bin" / "python")
    done([UV, "pip", "install", "--python", python, str(wheel), str(ROOT)], ROOT)

    axl = str(tmp_path / "venv" / "bin" / "axl")
    done([axl, "compile", "-m", "doubled.py:Doubled", "--target", "plain", "--out", "script.py"], tmp_path)
    verdict = done([axl, "validate", "-m", "doubled.py:Doubled", "--target", "plain"], tmp_path)
    done([python, "script.py", "run", '{"numbers": [1, 2, 3]}'], tmp_path)

    assert "plain" in verdict
    shown = json.loads(done([axl, "show", "run", "--json"], tmp_path))
    assert "succeeded" == shown["status"]
    assert "12" in done([axl, "outputs", "run", "total"], tmp_path)
