"""Runs the same shapes of flows in Dagster from two compilers: axl's and metaflow-dagster.

    uv venv /tmp/other && uv pip install -p /tmp/other/bin/python metaflow-dagster==0.3.7
    python benchmarks/shapes.py /tmp/other/bin/python

Prints a line for each shape: the result, or how the run ended. Everything stands in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SETTINGS = "telemetry: {enabled: false}\n"
FLAKY = """
        mark = Path(f"mark-{size}-{n}")
        if n % 2 and not mark.exists():
            mark.touch()
            raise OSError(n)
"""


@dataclass(frozen=True)
class Shape:
    """One shape: the steps and the graph in axl, the steps in Metaflow, and the result of both."""

    name: str
    ours: str
    theirs: str
    want: object


def _nested(name: str, sizes: str, option: str, retry: str, flaky: str, want: object) -> Shape:
    ours = f"""
    @step{option}
    def inner(self, size: int, n: int) -> str:{flaky}
        return f"{{size}}:{{n}}"
    @step
    def upto(self, size: int) -> list[int]:
        return list(range(size))
    @step
    def sizes(self) -> list[int]:
        return {sizes}
    @step
    def join(self, parts: list[list[str]]) -> list[list[str]]:
        return parts
    def graph(self) -> list[list[str]]:
        body = lambda size: axl.map(lambda n: self.inner(size, n), self.upto(size))
        return self.join(axl.map(body, self.sizes()))
"""
    theirs = f"""
    @step
    def start(self):
        self.sizes = {sizes}
        self.next(self.outer, foreach="sizes")
    @step
    def outer(self):
        self.size = self.input
        self.numbers = list(range(self.input))
        self.next(self.inner, foreach="numbers")
    {retry}
    @step
    def inner(self):
        size, n = self.size, self.input{flaky}
        self.x = f"{{size}}:{{n}}"
        self.next(self.inner_join)
    @step
    def inner_join(self, inputs):
        self.x = [each.x for each in inputs]
        self.next(self.outer_join)
    @step
    def outer_join(self, inputs):
        self.x = [each.x for each in inputs]
        self.next(self.end)
"""
    return Shape(name, ours, theirs, want)


FOREACH_OURS = """
    @step
    def items(self) -> list[int]:
        return ITEMS
    @step
    def ten(self, n: int) -> int:
        return n * 10
    @step
    def join(self, numbers: list[int]) -> list[int]:
        return numbers
    def graph(self) -> list[int]:
        return self.join(self.ten.map(self.items()))
"""
FOREACH_THEIRS = """
    @step
    def start(self):
        self.items = ITEMS
        self.next(self.ten, foreach="items")
    @step
    def ten(self):
        self.x = self.input * 10
        self.next(self.join)
    @step
    def join(self, inputs):
        self.x = [each.x for each in inputs]
        self.next(self.end)
"""
LINEAR_OURS = """
    @step
    def one(self) -> int:
        return 1
    @step
    def more(self, n: int) -> int:
        return n + 1
    def graph(self) -> int:
        return self.more(self.one())
"""
LINEAR_THEIRS = """
    @step
    def start(self):
        self.x = 1
        self.next(self.more)
    @step
    def more(self):
        self.x += 1
        self.next(self.end)
"""
JOIN_OURS = """
    @step
    def up(self, n: int) -> int:
        return n + 100
    @step
    def down(self, n: int) -> int:
        return n - 100
    @step
    def join(self, up: int, down: int) -> list[int]:
        return [up, down]
    def graph(self, n: int = 7) -> list[int]:
        return self.join(self.up(n), self.down(n))
"""
JOIN_THEIRS = """
    @step
    def start(self):
        self.n = 7
        self.next(self.up, self.down)
    @step
    def up(self):
        self.y = self.n + 100
        self.next(self.join)
    @step
    def down(self):
        self.y = self.n - 100
        self.next(self.join)
    @step
    def join(self, inputs):
        self.x = [inputs.up.y, inputs.down.y]
        self.next(self.end)
"""
BRANCH_OURS = """
    @step
    def is_high(self, n: int) -> bool:
        return n > 5
    @step
    def high(self, n: int) -> int:
        return n + 1
    @step
    def low(self, n: int) -> int:
        return n - 1
    def graph(self, n: int = 7) -> int:
        return when(self.is_high(n), lambda: self.high(n), lambda: self.low(n))
"""
BRANCH_THEIRS = """
    @step
    def start(self):
        self.x = 7
        self.way = "high" if self.x > 5 else "low"
        self.next({"high": self.high, "low": self.low}, condition="way")
    @step
    def high(self):
        self.x += 1
        self.next(self.end)
    @step
    def low(self):
        self.x -= 1
        self.next(self.end)
"""
_TWO = [["2:0", "2:1"], ["3:0", "3:1", "3:2"]]
_RETRY = "@retry(times=2, minutes_between_retries=0)"
SHAPES = (
    Shape("linear", LINEAR_OURS, LINEAR_THEIRS, 2),
    Shape(
        "foreach",
        FOREACH_OURS.replace("ITEMS", "[1, 2, 3]"),
        FOREACH_THEIRS.replace("ITEMS", "[1, 2, 3]"),
        [10, 20, 30],
    ),
    Shape("empty foreach", FOREACH_OURS.replace("ITEMS", "[]"), FOREACH_THEIRS.replace("ITEMS", "[]"), []),
    _nested("nested foreach", "[2, 3]", "", "", "", _TWO),
    _nested("nested foreach with an empty list", "[2, 0, 3]", "", "", "", [_TWO[0], [], _TWO[1]]),
    _nested("nested foreach with retry", "[2, 3]", "(retries=2)", _RETRY, FLAKY, _TWO),
    Shape("join", JOIN_OURS, JOIN_THEIRS, [107, -93]),
    Shape("branch", BRANCH_OURS, BRANCH_THEIRS, 8),
)
OURS_HEAD = (
    "from pathlib import Path\nimport axl\nfrom axl import Workflow, step, when\nclass Flow(Workflow):\n"
)
THEIRS_HEAD = "import json\nfrom pathlib import Path\nfrom metaflow import FlowSpec, retry, step\nclass Flow(FlowSpec):\n"
THEIRS_TAIL = """
    @step
    def end(self):
        Path("result.json").write_text(json.dumps(self.x))
if __name__ == "__main__":
    Flow()
"""


def ours(shape: Shape, folder: Path, python: str) -> str:
    """Return what a shape gives when axl compiles it."""
    (folder / "flow.py").write_text(OURS_HEAD + shape.ours)
    env = {"AXL_DAGSTER_EXECUTOR": "in_process", "AXL_STORE": str(folder / "store")}
    words = ["-m", "axl", "compile", "-m", "flow.py:Flow", "-t", "dagster", "-o", "made.py"]
    if _run([python, *words], folder, env):
        return "does not compile"
    failed = _run([_dagster(python), "job", "execute", "-f", "made.py", "-j", "flow"], folder, env)
    code = "import axl, json; print(json.dumps(axl.get_run('latest').result))"
    return _told(failed, _printed(python, code, folder, env), shape)


def theirs(shape: Shape, folder: Path, python: str) -> str:
    """Return what a shape gives when metaflow-dagster compiles it."""
    (folder / "flow.py").write_text(THEIRS_HEAD + shape.theirs + THEIRS_TAIL)
    (folder / "config.yaml").write_text("execution: {config: {in_process: {}}}")
    env = {"USERNAME": "bench", "METAFLOW_DATASTORE_SYSROOT_LOCAL": str(folder), "METAFLOW_HOME": str(folder)}
    if _run([python, "flow.py", "dagster", "create", "made.py"], folder, env):
        return "does not compile"
    words = [_dagster(python), "job", "execute", "-f", "made.py", "-j", "Flow", "-c", "config.yaml"]
    failed = _run(words, folder, env)
    result = folder / "result.json"
    return _told(failed, result.read_text() if result.exists() else "", shape)


def _printed(python: str, code: str, folder: Path, env: Mapping[str, str]) -> str:
    """Return what a line of Python prints."""
    words = [python, "-c", code]
    done = subprocess.run(
        words, cwd=folder, env=os.environ | dict(env), capture_output=True, text=True, check=False
    )
    return done.stdout


def _told(failed: int, result: str, shape: Shape) -> str:
    if failed or not result:
        return "fails"
    return "agrees" if json.loads(result) == shape.want else f"gives {result.strip()}"


def _run(words: list[str], folder: Path, env: Mapping[str, str]) -> int:
    whole = os.environ | dict(env) | {"DAGSTER_HOME": str(folder)}
    with (folder / "log").open("ab") as log:
        return subprocess.run(words, cwd=folder, env=whole, stdout=log, stderr=log, check=False).returncode


def _dagster(python: str) -> str:
    return str(Path(python).with_name("dagster"))


def main() -> None:
    """Print a table of all shapes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("python", help="a Python that has metaflow-dagster")
    other = parser.parse_args().python
    print("| shape | axl | metaflow-dagster |\n| --- | --- | --- |")
    for shape in SHAPES:
        told = []
        for side, python in ((ours, sys.executable), (theirs, other)):
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / "dagster.yaml").write_text(SETTINGS)
                told.append(side(shape, Path(folder), python))
        print(f"| {shape.name} | {told[0]} | {told[1]} |", flush=True)


if __name__ == "__main__":
    main()
