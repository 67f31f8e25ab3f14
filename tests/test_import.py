"""What starts with axl stays light: the standard library, ours, and for the runner blake3."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROBE = """
import json, sys, time
before = set(sys.modules)
start = time.perf_counter()
{statement}
taken = time.perf_counter() - start
tops = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(json.dumps([sorted(tops - set(sys.stdlib_module_names) - {{"axl"}}), taken]))
"""

SLOW_STDLIB = {
    "asyncio",
    "email",
    "http",
    "multiprocessing",
    "sqlite3",
    "ssl",
    "unittest",
    "urllib.request",
    "xml",
}


def loads(statement: str) -> tuple[set[str], float]:
    """Return the packages outside the standard library that a fresh interpreter loads, and the seconds."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(statement=statement)], capture_output=True, text=True, check=True
    )
    foreign, seconds = json.loads(done.stdout)
    return set(foreign), seconds


def test_import_axl_is_the_standard_library_only() -> None:
    """`import axl` loads no third-party package."""
    foreign, seconds = loads("import axl")
    print(f"import axl: {seconds * 1000:.0f} ms")

    assert set() == foreign


def test_defining_a_workflow_is_the_standard_library_only() -> None:
    """A class with a step and a graph can be defined, and called as plain Python, with nothing else loaded."""
    foreign, _ = loads(
        "import axl\n"
        "class Double(axl.Workflow):\n"
        "    @axl.step\n"
        "    def double(self, n: int) -> int: return 2 * n\n"
        "    def graph(self, n: int = 1) -> int: return self.double(n)\n"
        "assert Double().graph(2) == 4\n"
    )

    assert set() == foreign


def test_the_runner_adds_blake3_alone() -> None:
    """The module that executes one step in a container loads blake3 and no other package."""
    foreign, seconds = loads("import axl.runtime.runner")
    print(f"import axl.runtime.runner: {seconds * 1000:.0f} ms")

    assert {"blake3"} >= foreign


def test_the_command_line_adds_typer_alone() -> None:
    """`axl --help` loads typer and what typer loads, and none of the commands."""
    foreign, seconds = loads(
        "import axl.cli.main, axl.cli.root\naxl.cli.root.build()\nassert 'axl.api' not in sys.modules"
    )
    print(f"import axl.cli.main: {seconds * 1000:.0f} ms")

    assert {"typer", "annotated_doc", "shellingham"} >= foreign


def test_a_run_is_started_without_heavy_libraries() -> None:
    """Before the workflow is known, `axl run local` loads typer and what every run needs."""
    foreign, _ = loads("import axl.cli.main, axl.cli.run_local")

    assert set() == foreign & {"numpy", "pandas", "pyarrow", "pydantic", "rich", "yaml"}


@pytest.mark.parametrize("room", ["dsl", "ir", "wire", "check", "errors"])
def test_a_room_of_the_core_imports_alone(room: str) -> None:
    """Every room of the core can be imported first, and brings blake3 at most."""
    foreign, _ = loads(f"import axl.{room}")

    assert {"blake3"} >= foreign


def test_a_workflow_is_checked_where_posix_is_missing() -> None:
    """As on Windows: without the modules that only POSIX has, a workflow is traced, checked and drawn."""
    missing = ["fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"]
    code = (
        "import os, signal, sys\n"
        f"sys.modules.update(dict.fromkeys({missing}))\n"
        "for module, name in ((os, 'fork'), (os, 'setsid'), (os, 'killpg'), (signal, 'SIGKILL')):\n"
        "    delattr(module, name)\n"
        "from axl.cli.main import main\n"
        "sys.exit(main(['validate', '-m', 'examples/birds.py:Birds'])"
        " or main(['render', '-m', 'examples/birds.py:Birds']))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_import_axl_leaves_slow_modules_alone() -> None:
    """Modules of the standard library that cost many milliseconds are left to those who use them."""
    done = subprocess.run(
        [sys.executable, "-c", "import axl, sys, json; print(json.dumps(list(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert set() == SLOW_STDLIB & set(json.loads(done.stdout))
