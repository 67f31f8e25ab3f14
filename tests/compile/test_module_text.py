"""The generated module as text: readable, typed, the same everywhere, and nothing of an author's is code."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import dagster
import flows
import pytest

from axl import api
from axl.compile.dagster.parameters import TAKEN
from axl.dsl.workflow import Workflow

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "dagster"
EXAMPLES = {"birds": "Birds", "flights": "Flights"}


def text_of(cls: type[Workflow] | str, out: Path) -> str:
    """Return the module of a workflow as it would stand at a place."""
    (data,) = api.compile(cls, "dagster", out=out).files.values()
    return data.decode()


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of compiled modules: those of the examples, and one that asks for everything."""
    folder = tmp_path_factory.mktemp("modules")
    for name in ("Everything", "Odd", "Flaky"):
        path = folder / f"{name.lower()}.py"
        path.write_text(text_of(getattr(flows, name), ROOT / path.name))
    for name, cls in EXAMPLES.items():
        path = folder / f"{name}_dagster.py"
        path.write_text(text_of(str(ROOT / "examples" / f"{name}.py:{cls}"), ROOT / path.name))
    return folder


@pytest.mark.parametrize(
    "words", [["check", "--select", "E4,E7,E9,F,I,UP,B,SIM,RET,N"], ["format", "--check"]]
)
def test_ruff_passes(modules: Path, words: list[str]) -> None:
    """Lines, imports and layout are those that ruff leaves as they are."""
    ruff = Path(sys.executable).with_name("ruff")

    done = subprocess.run(
        [ruff, *words, "--isolated", "--target-version", "py311", "."],
        cwd=modules,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_passes(modules: Path, tmp_path: Path) -> None:
    """The module is typed through and through, as strictly as mypy can ask."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary"),
            *(
                "--cache-dir",
                str(tmp_path),
                "--config-file",
                os.devnull,
                *map(str, sorted(modules.glob("*.py"))),
            ),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_compile_to_the_golden_files(name: str, tmp_path: Path) -> None:
    """What changes in a module is seen in review: `just golden` writes the files anew."""
    golden = GOLDEN / f"{name}_dagster.py"
    text = text_of(str(ROOT / "examples" / f"{name}.py:{EXAMPLES[name]}"), golden)
    now = re.sub(
        r'(code": )"[0-9a-f]{16}"', r'\1"0000000000000000"', text
    )  # how code is named is not at issue
    if os.environ.get("AXL_GOLDEN") == "write":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(now)

    assert golden.read_text() == now


def test_the_same_bytes_come_out_everywhere(tmp_path: Path) -> None:
    """Ten hash seeds, two folders and two orders of the steps give one module."""
    found = set()
    for seed in range(10):
        folder = tmp_path / ("a" if seed % 2 else "another/place")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(
            ROOT / "tests" / "compile" / ("orders.py" if seed < 5 else "orders_turned.py"),
            folder / "orders.py",
        )
        done = subprocess.run(
            [sys.executable, "-m", "axl", "compile", "-m", "orders.py:Orders", "-t", "dagster"],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)

    assert 1 == len(found)


def test_no_absolute_path_is_in_a_module(modules: Path) -> None:
    """Where the author's files are is said from the module's own place."""
    for path in modules.glob("*.py"):
        assert str(ROOT) not in path.read_text()
        assert str(Path.home()) + "/" not in path.read_text()


def test_every_name_of_a_config_class_is_known() -> None:
    """The names that a parameter cannot have in a config class are those of Dagster's class, of this release."""
    names = {name for name in dir(dagster.ConfigurableResource) if not name.startswith("_")}

    assert set() == names - TAKEN - {name for name in names if name.startswith("model_")}


def test_everything_of_the_author_is_a_literal(modules: Path) -> None:
    """A module evaluates nothing but its own calls: names, and the literals between them."""
    for path in modules.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.JoinedStr) or not any(
                isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Call)
                for part in node.values
            )
