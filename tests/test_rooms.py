"""The house keeps its order: who imports whom, how long a file is, and that each says its one idea."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_LINES = 400
PACKAGE = sorted((ROOT / "axl").rglob("*.py"))
GOLDEN = ROOT / "tests" / "golden"  # modules that the compiler wrote
WRITTEN = [
    path
    for room in ("axl", "tests", "benchmarks", "examples", "docs")
    for path in sorted((ROOT / room).rglob("*.py"))
    if GOLDEN not in path.parents
]

# A heavy library is imported in the files that need it, so that nobody pays who does not use it.
# typer is in every file of the command line, and import-linter keeps it there.
HEAVY: dict[str, set[str]] = {
    "beartype": {"axl/check/subhint.py"},
    "boto3": set(),
    "click": set(),
    "dagster": set(),
    "cloudpickle": {
        "axl/io/handlers/cloudpickle.py",
        "axl/runtime/code/shipping.py",
        "axl/runtime/executors/zygote.py",
    },
    "numpy": {"axl/io/handlers/frames.py", "axl/io/handlers/numpy.py"},
    "obstore": {
        "axl/io/stores/remote/bucket.py",
        "axl/io/stores/remote/client.py",
    },
    "pandas": {"axl/io/handlers/frames.py"},
    "polars": set(),
    "pyarrow": {
        "axl/io/handlers/arrow.py",
        "axl/io/handlers/dictionaries.py",
        "axl/io/handlers/frames.py",
        "axl/io/handlers/parquet.py",
        "axl/io/handlers/tables.py",
    },
    "pydantic": {"axl/io/handlers/typed_json.py", "axl/runtime/parameters/typed.py"},
    "rich": {"axl/cli/report_live.py"},
    "yaml": {"axl/io/documents.py"},
    "zstandard": {"axl/io/handlers/zstd.py"},
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def read(path: Path) -> ast.Module:
    """Return the tree of a file, which several tests look at."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def libraries(path: Path) -> set[str]:
    """Return the top packages that a file imports when it runs."""
    return imported(read(path))


def imported(tree: ast.AST) -> set[str]:
    """Return the top packages that run when the module runs: what stands under TYPE_CHECKING does not."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
        found |= imported(node)
    return found


def test_the_contracts_of_the_rooms_hold() -> None:
    """import-linter keeps every contract that pyproject.toml writes down."""
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_a_file_is_short(path: Path) -> None:
    """No file of the package, its tests, benchmarks, examples and documentation has more than 400 lines."""
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= MAX_LINES


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_a_file_says_its_idea(path: Path) -> None:
    """The first line of every module is a docstring that begins with a sentence."""
    doc = ast.get_docstring(read(path)) or ""

    first = doc.partition("\n\n")[0].rstrip()
    assert first[-1:] in {".", ":"}, f"no sentence at the top of {name(path)}: {first!r}"


@pytest.mark.parametrize("library", sorted(HEAVY))
def test_a_heavy_library_stays_in_its_file(library: str) -> None:
    """Only the files listed here import the library, at any depth of the file."""
    users = {name(path) for path in PACKAGE if library in libraries(path)}

    assert HEAVY[library] == users
