"""`axl init` writes a project that runs, and overwrites nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.unit.cli.command_line import Axl


def test_init_writes_a_project_that_runs(axl: Axl, tmp_path: Path) -> None:
    """Workflow, test, settings and the rest; its commands work, its tests pass."""
    folder = tmp_path / "My project!"
    done = axl("init", str(folder))
    env = {name: value for name, value in os.environ.items() if not name.startswith("AXL_")}
    env |= {"PYTHONPATH": str(Path(__file__).parents[3])}
    ran = subprocess.run(
        [sys.executable, "-m", "axl", "run", "local", "workflow.py"],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
    )
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
    )

    assert 0 == done.code
    assert {"workflow.py", "test_workflow.py", "axl.toml", "pyproject.toml", "README.md"} <= {
        path.name for path in folder.iterdir()
    }
    assert 'name = "my-project"' in (folder / "pyproject.toml").read_text()
    assert "cd " in done.err
    assert (0, 0) == (ran.returncode, tested.returncode), ran.stderr + tested.stdout
    assert b"Hello, Ada" in ran.stdout


def test_init_overwrites_nothing(axl: Axl, tmp_path: Path) -> None:
    """A README that is there stays; a workflow that is there ends it before anything is written."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/README.md").write_text("mine")
    kept = axl("init", str(tmp_path / "a"))
    again = axl("init", str(tmp_path / "a"))

    assert (0, "mine") == (kept.code, (tmp_path / "a/README.md").read_text())
    assert 2 == again.code
    assert "workflow.py" in again.err
