"""What is legal and yet may be a slip is warned of: it stops nothing, and says what to write."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axl
from axl import Workflow, step
from axl.errors import Problem

if TYPE_CHECKING:
    from decimal import Decimal

    import pandas as pd


class Plain(Workflow):
    months = (1, 2)

    def load(self) -> int:
        return 3

    def wire(self, n: int) -> int:
        return self.use(n)

    @step
    def use(self, n: int) -> int:
        return n + len(self.months)

    def graph(self) -> int:
        return self.wire(self.load())


class Typed(Workflow):
    @step
    def price(self, day: int) -> Decimal:
        raise NotImplementedError

    @step
    def frame(self, price: Decimal) -> pd.DataFrame:
        raise NotImplementedError

    @step
    def rows(self, frame: pd.DataFrame) -> list[Rwo]:  # type: ignore[name-defined]  # noqa: F821 (the mistake)
        raise NotImplementedError


class Files(Workflow):
    @step
    def plot(self, n: int) -> Path:
        folder = Path("out")
        path = folder / "plot.txt"
        path.write_text(str(n))
        return path

    @step
    def apart(self, n: int) -> Path:
        path = Path(tempfile.mkdtemp()) / "plot.txt"
        path.write_text(str(n))
        return path

    @step
    def named(self, n: int) -> Path:
        path = Path("out", f"{n}.txt")
        path.write_text(str(n))
        return path

    @step
    def there(self, n: int) -> Path:
        return Path("model.bin")

    @step
    def last(self, files: list[list[Path]]) -> Path:
        report = Path("report.txt")
        report.write_text(str(files))
        return report

    def graph(self, ns: list[int]) -> Path:
        def item(n: int) -> list[Path]:
            return [self.plot(n), self.apart(n), self.named(n), self.there(n)]

        return self.last(axl.map(item, ns))


class Misspelt(Workflow):
    retry = 3
    io_handlers = "json"
    images = ("read", "below")

    @step
    def use(self, n: int = 1) -> int:
        return n + len(self.images)


def warned(cls: type[Workflow]) -> list[Problem]:
    problems = axl.validate(cls)
    assert {"warning"} == {problem.severity for problem in problems}
    return list(problems)


def test_a_plain_method_that_gives_graph_a_value_is_told() -> None:
    """It runs while graph is traced; one that wires steps is a part of graph, and is not told."""
    [problem] = warned(Plain)

    assert "graph calls `load`, which is a plain method" in problem.what
    assert "put @step above it" in problem.hint
    assert 2 == len(problem.where)


def test_an_annotation_that_cannot_be_read_is_told() -> None:
    """A name that is defined nowhere, and a type that would have chosen the handler; others may be unknown."""
    first, second = warned(Typed)

    assert "annotations of step `frame` cannot be read: `pd.DataFrame` (" in first.what
    assert "annotations of step `rows` cannot be read: `list[Rwo]` (" in second.what
    assert "TYPE_CHECKING" in first.hint


def test_a_class_attribute_that_is_nearly_an_option_is_told() -> None:
    """Unless a method of the class reads it, which makes it the author's own."""
    assert [("`retry`", "`retries`"), ("`io_handlers`", "`io_handler`")] == [
        (problem.what.split()[0], problem.hint.split()[-1].strip("?")) for problem in warned(Misspelt)
    ]


def test_the_doubts_of_a_called_workflow_are_told() -> None:
    """What a graph calls is looked at like itself."""

    def graph(self: Any) -> object:
        return Plain().graph()

    assert any(
        "calls `load`" in each.what for each in axl.validate(type("Outer", (Workflow,), {"graph": graph}))
    )


def test_one_file_for_all_items_of_a_map() -> None:
    """A step of a map that writes and returns a fixed file is told; one alone, or with names of its own, not."""
    (problem,) = warned(Files)

    assert "step `plot` writes and returns out/plot.txt, one file for all items of the map" in problem.what
    assert "Path(tempfile.mkdtemp())" in problem.hint
