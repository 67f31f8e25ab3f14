"""An argument with `input_mode="path"` is a file, whatever the value was; a stored path is itself."""

from __future__ import annotations

import json
import pickle
import tempfile
from pathlib import Path
from typing import Any

import pytest

import axl
from axl import Failed, Workflow, step


class Paths(Workflow):
    @step
    def file(self, name: str = "a.txt") -> Path:
        path = Path(tempfile.mkdtemp(), name)
        path.write_text("content")
        return path

    @step(io_handler="path+gzip")
    def folder(self) -> Path:
        root = Path(tempfile.mkdtemp(), "out")
        (root / "deep").mkdir(parents=True)
        (root / "deep" / "b.txt").write_text("inside")
        return root

    @step(io_handler="json")
    def rows(self, count: int = 3) -> list[int]:
        return list(range(count))

    @step(io_handler="json", on_failure="continue")
    def broken(self) -> list[int]:
        raise ValueError("no")

    @step
    def inc(self, n: int) -> int:
        return n + 1

    @step(input_mode="path")
    def describe(self, item: Any) -> list[str]:
        if isinstance(item, Failed):
            return ["failed"]
        if not isinstance(item, Path):
            return [f"{item!r}"]
        if item.is_dir():
            return [item.name, *(child.relative_to(item).as_posix() for child in item.rglob("*.txt"))]
        data = item.read_bytes()
        return [item.name, str(pickle.loads(data) if item.suffix == ".pkl" else data.decode())]


CASES: dict[str, tuple[Any, list[str]]] = {
    "a file": (lambda s: s.describe(s.file()), ["a.txt", "content"]),
    "a folder": (lambda s: s.describe(s.folder()), ["out", "deep/b.txt"]),
    "an artifact": (lambda s: s.describe(s.rows()), ["item.json", "[0,1,2]"]),
    "a large artifact": (
        lambda s: s.describe(s.rows(5000)),
        ["item.json", json.dumps(list(range(5000)), separators=(",", ":"))],
    ),
    "a literal": (lambda s: s.describe({"a": 1}), ["item.json", '{"a":1}']),
    "the results of a map": (lambda s: s.describe(s.inc.map([1, 2])), ["item.pkl", "[2, 3]"]),
    "what failed": (lambda s: s.describe(s.broken()), ["failed"]),
}


def flow(graph: Any) -> type[Workflow]:
    return type("Flow", (Paths,), {"graph": graph, "__module__": __name__})


@pytest.mark.parametrize("case", CASES)
def test_the_step_gets_a_path(case: str, tmp_path: Path) -> None:
    """Files and folders come under their own names, other values in the form of their handler."""
    graph, expected = CASES[case]

    run = axl.run(flow(graph), executor="inline", store=tmp_path)

    assert "" == run.error
    assert expected == run.result


def test_a_list_that_is_mapped_too_is_one_file(tmp_path: Path) -> None:
    """A list that a map has had stored item by item is put together again."""

    def graph(self: Any) -> object:
        rows = self.rows()
        return self.inc.map(rows), self.describe(rows)

    run = axl.run(flow(graph), executor="inline", store=tmp_path)

    assert ([1, 2, 3], ["item.json", "[0,1,2]"]) == run.result


def test_a_parameter_is_a_file(tmp_path: Path) -> None:
    """What the run was given is handed over as JSON."""

    def graph(self: Any, names: list[str] = ["a"]) -> object:
        return self.describe(names)

    run = axl.run(flow(graph), {"names": ["ä"]}, executor="inline", store=tmp_path)

    assert ["item.json", '["ä"]'] == run.result


def test_several_values_in_one_are_refused(tmp_path: Path) -> None:
    """A dict around results has no file of its own."""
    run = axl.run(flow(lambda s: s.describe({"a": s.rows()})), executor="inline", store=tmp_path)

    assert '`item` has input_mode="path", but its value is not one stored artifact' in run.error
