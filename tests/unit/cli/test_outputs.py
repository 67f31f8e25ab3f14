"""`axl outputs` says why there is nothing, finds outputs by name, and shows the beginning of large values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from axl import get_run
from axl.errors import UsageError
from tests.unit.cli.command_line import Axl

FATES = """
from typing import NamedTuple

from axl import Workflow, step, when


class Parts(NamedTuple):
    train: int
    test: list[int]


class Fates(Workflow):
    @step
    def split(self, n: int) -> Parts:
        return Parts(n, [n])

    @step
    def nothing(self, n: int) -> None:
        pass

    @step
    def is_large(self, n: int) -> bool:
        return n > 5

    @step
    def large(self, n: int) -> int:
        return n

    @step
    def invert(self, n: int) -> float:
        return 1 / n

    @step
    def total(self, parts: list[float]) -> float:
        return sum(parts)

    def graph(self, n: int = 1, ns: list[int] = [1, 2]) -> float:
        parts = self.split(n)
        self.nothing(n)
        when(self.is_large(n), lambda: self.large(n), lambda: 0)
        self.split.map(ns)
        return self.total(self.invert.map(ns))
"""

DATA = """
import numpy
import pandas
import pyarrow

from axl import Workflow, step


class Data(Workflow):
    @step
    def frame(self) -> pandas.DataFrame:
        return pandas.DataFrame({"id": range(1000), "name": "x"})

    @step
    def table(self) -> pyarrow.Table:
        return pyarrow.table({"id": list(range(1000))})

    @step
    def array(self) -> numpy.ndarray:
        return numpy.zeros((300, 200), dtype="float32")

    @step
    def few(self) -> numpy.ndarray:
        return numpy.zeros((3,), dtype="int8")

    @step
    def numbers(self) -> list[int]:
        return list(range(1000))

    @step
    def frames(self) -> dict[str, pandas.DataFrame]:
        return {"all": self.frame()}

    @step
    def double(self, n: int) -> int:
        return 2 * n

    def graph(self, ns: list[int] = list(range(40))) -> list[int]:
        self.frame()
        self.table()
        self.array()
        self.few()
        self.numbers()
        self.frames()
        return self.double.map(ns)
"""


@pytest.fixture
def fates(axl: Axl, zoo: Path) -> None:
    """Two runs: `fine` takes no large number, `broken` fails in one item."""
    (zoo / "fates.py").write_text(FATES)
    command = ("run", "local", "fates.py", "--executor", "inline", "-q", "--keep-going", "--run-id")
    assert 0 == axl(*command, "fine").code
    assert 1 == axl(*command, "broken", "-p", "ns=[1, 0]").code


@pytest.mark.usefixtures("fates")
@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        ("fine large", "large did not run in fine: its branch was not taken", "see `axl show fine`"),
        ("broken total", "total did not run in broken: the run failed before", "see `axl show broken`"),
        (
            "broken large",
            "large did not run in broken: the run failed before, or its branch was not taken",
            "see `axl show broken`",
        ),
        (
            "broken invert[1]",
            "invert[1] has no output in the run broken: it failed",
            "see `axl show broken`",
        ),
        ("fine invert[7]", "there is no invert[7] in the run fine", "there is invert[0] to invert[1]"),
        ("fine total[0]", "there is no total[0] in the run fine", "it is in no map: write total"),
        ("fine split.tran", "split has no output 'tran'", "did you mean train?"),
        ("fine total.part", "total has no output 'part'", "its outputs are: result"),
        ("fine nowhere.x", "the run fine has no step 'nowhere'", ""),
    ],
)
def test_what_is_not_there_is_told_apart(axl: Axl, words: str, what: str, hint: str) -> None:
    """A step failed, was never reached, was in a branch that was not taken, or has no such item or output."""
    done = axl("outputs", *words.split(" "))

    assert (2, "") == (done.code, done.out)
    assert f"error: {what}\n\nhint: {hint}" in done.err


@pytest.mark.usefixtures("fates")
def test_none_is_an_output(axl: Axl) -> None:
    """A step that returned None has a value."""
    assert "nothing  None  pickle" in axl("outputs", "fine", "nothing").out
    assert "\n    None\n" in axl("outputs", "fine", "nothing").out


@pytest.mark.usefixtures("fates")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("split", ["split.train", "split.test"]),
        ("split.train", ["split.train"]),
        ("split_2.test", ["split_2[0].test", "split_2[1].test"]),
        ("split_2[1].test", ["split_2[1].test"]),
        ("total.result", ["total"]),
    ],
)
def test_one_of_several_outputs_is_named(axl: Axl, name: str, found: list[str]) -> None:
    """As the list names it: step, item, output."""
    facts = json.loads(axl("outputs", "fine", name, "--json").out)

    assert found == [each["name"] for each in facts]


@pytest.mark.usefixtures("fates")
def test_from_python_the_reason_is_the_same(tmp_path: Path) -> None:
    """`StepView.output` tells them apart, too."""
    with pytest.raises(UsageError, match="its branch was not taken"):
        _ = get_run("fine", str(tmp_path / "store")).step("large").output


@pytest.fixture
def data(axl: Axl, zoo: Path) -> None:
    """A run of which the outputs are tables, arrays and lists."""
    (zoo / "tabular.py").write_text(DATA)
    assert 0 == axl("run", "local", "tabular.py", "--executor", "inline", "-q").code


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("step", "lines"),
    [
        ("frame", ["1,000 rows, 2 columns: id int64, name ", "id name", "0   0    x", "..."]),
        ("table", ["1,000 rows, 1 column: id int64", "id", "0", "..."]),
        ("array", ["array of shape (300, 200): float32", "[[0. 0. 0. ... 0. 0. 0.]"]),
        ("few", ["array of shape (3,): int8", "[0 0 0]"]),
        ("numbers", ["1,000 items", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", "..."]),
    ],
)
def test_a_preview_begins_with_size_and_kinds(axl: Axl, step: str, lines: list[str]) -> None:
    """Rows, columns and their types, or the shape; then the first rows or items."""
    done = axl("outputs", "latest", step)

    shown = [line.strip() for line in done.out.splitlines()[1:]]
    assert all(any(line.startswith(part) for line in shown) for part in lines), done.out
    assert len(shown) < 12


@pytest.mark.usefixtures("data")
def test_of_many_items_the_first_are_shown(axl: Axl) -> None:
    """A mapped step is previewed item by item, ten of them."""
    done = axl("outputs", "latest", "double")

    assert 20 == len(done.out.splitlines())
    assert "... and 30 more; `axl outputs " in done.err
    assert "'double[10]'` shows one, --json lists all" in done.err
    assert 40 == len(json.loads(axl("outputs", "latest", "double", "--json").out))


@pytest.mark.usefixtures("data")
def test_tables_in_a_dict_are_told_in_a_line(axl: Axl) -> None:
    """What is inside is loaded with --load only."""
    assert "not opened" in axl("outputs", "latest", "frames").out
    assert "all: 1,000 rows, 2 columns: id int64" in axl("outputs", "latest", "frames", "--load").out


@pytest.mark.usefixtures("data")
def test_the_list_names_the_shape_of_what_is_small(axl: Axl) -> None:
    """A value of few bytes is read for the list; of a large one only its size is told."""
    done = axl("outputs", "latest")

    assert "array of shape (3,): int8" in done.out
    assert "array of shape (300" not in done.out
