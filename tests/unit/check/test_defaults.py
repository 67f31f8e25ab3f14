"""A default that does not fit its annotation is found before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

import pytest
from pydantic import BaseModel, Field

import axl
from axl import Workflow, default, step
from axl.errors import Problem


class Color(Enum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


@dataclass
class Point:
    x: int


class Row(TypedDict):
    a: int


class Settings(BaseModel):
    seed: int = 42
    names: list[str] = Field(default_factory=list)
    point: Point = Point(1)
    made: float = Field(default_factory=lambda: 0.5)
    color: Color = Color.RED


def with_default(annotation: object, default: object) -> type[Workflow]:
    """Return a workflow whose graph takes `n`, of this type and with this default."""

    def graph(self: Any, n: Any = default) -> object:
        return self.use(n)

    graph.__annotations__["n"] = annotation
    graph.__annotations__.pop("return")
    use = step(lambda self, n: n)
    use.function.__name__ = use.name = "use"
    return type("Flow", (Workflow,), {"graph": graph, "use": use, "__module__": __name__})


def problems(cls: type[Workflow]) -> list[Problem]:
    return [problem for problem in axl.validate(cls) if problem.rule == "defaults"]


RIGHT: list[tuple[object, object]] = [
    (int, 1),
    (float, 1),
    (int, True),
    (int | None, None),
    (Any, "x"),
    (list[int], [1, 2]),
    (list[int], []),
    (list[float | None], [1, None, 2.5]),
    (dict[str, list[int]], {"a": [1]}),
    (tuple[int, str], (1, "a")),
    (tuple[int, ...], (1, 2)),
    (set[str], {"a"}),
    (list[int], list(range(100))),
    (Literal["a", "b"], "a"),
    (Annotated[int, "months"], 3),
    (Color, Color.RED),
    (list[Color], [Color.RED]),
    (int, Level.LOW),
    (Point, Point(1)),
    (list[Point], [Point(1)]),
    (Row, {"a": 1}),
    (Settings, Settings()),
]

WRONG: list[tuple[object, object, str]] = [
    (int, "x", "`n: int` of graph has the default str 'x'"),
    (int, None, "`n: int` of graph has the default None"),
    (int, 1.5, "has the default float"),
    (bool, 1, "has the default int 1"),
    (list[int], ["a"], "has the default list[str 'a']"),
    (list[int], list("abcdefghijklmnopqrstuvwxyz"), "has the default list[str]"),
    (dict[str, int], {"a": None}, "`n: dict[str, int]`"),
    (tuple[int, int], (1, "a"), "`n: tuple[int, int]`"),
    (Literal["a", "b"], "c", "has the default str 'c'"),
    (Color, "red", "`n: Color` of graph has the default str 'red'"),
    (Point, {"x": 1}, "`n: Point`"),
    (Settings, {"seed": 1}, "`n: Settings`"),
]


@pytest.mark.parametrize(("annotation", "default"), RIGHT, ids=map(str, range(len(RIGHT))))
def test_a_default_that_fits_passes(annotation: object, default: object) -> None:
    """Every value that mypy would take is taken."""
    assert [] == problems(with_default(annotation, default))


@pytest.mark.parametrize(("annotation", "default", "words"), WRONG, ids=map(str, range(len(WRONG))))
def test_a_default_that_does_not_fit_is_named(annotation: object, default: object, words: str) -> None:
    """The problem names the parameter, both types and the line of graph."""
    cls = with_default(annotation, default)

    [problem] = problems(cls)

    assert words in problem.what
    assert problem.hint
    assert [Path(__file__).name] == [Path(loc.file).name for loc in problem.where]


def test_none_asks_for_a_union() -> None:
    """The hint says how a parameter is made optional."""
    [problem] = problems(with_default(int, None))

    assert "write `n: int | None = None`, or another default" == problem.hint


def test_the_default_of_a_step_is_looked_at_too() -> None:
    """A step's own argument has a default of its type."""

    class Flow(Workflow):
        @step
        def load(self, n: int = "x") -> int:  # type: ignore[assignment]  # the mistake
            return n

        def graph(self) -> int:
            return self.load()

    [problem] = problems(Flow)

    assert "`n: int` of step `load` has the default str 'x'" == problem.what


def test_an_inferred_graph_tells_a_default_once() -> None:
    """Parameters that come from a step are told as the step's."""

    class Flow(Workflow):
        @step
        def load(self, n: int = "x") -> int:  # type: ignore[assignment]  # the mistake
            return n

    assert ["`n: int` of step `load` has the default str 'x'"] == [item.what for item in problems(Flow)]


def test_a_called_workflow_is_looked_at() -> None:
    """The defaults of a graph that another graph calls count too."""
    inner = with_default(int, "x")

    class Outer(Workflow):
        def graph(self) -> Any:
            return inner().graph(1)

    assert ["the parameter `n: int` of graph has the default str 'x'"] == [
        item.what for item in problems(Outer)
    ]


def test_a_default_for_failures_is_a_result() -> None:
    """What stands in for a failed result has the type of the result, or is nothing."""

    class Flow(Workflow):
        @step(on_failure=default("none"))
        def wrong(self) -> int:
            return 1

        @step(on_failure=default(None))
        def none(self) -> int:
            return 1

        @step(on_failure=default(0))
        def right(self) -> float:
            return 1

        def graph(self) -> object:
            return [self.wrong(), self.wrong(), self.none(), self.right()]

    [problem] = problems(Flow)

    assert "step `wrong` returns int, but its on_failure has the default str 'none'" == problem.what


def with_model(model: type[BaseModel], make: Callable[[], BaseModel]) -> type[Workflow]:
    def params(self: Any) -> BaseModel:
        return make()

    params.__annotations__["return"] = model
    graph = lambda self: self.params()  # noqa: E731 (a method of the class below)
    return type("Flow", (Workflow,), {"params": step(params), "graph": graph, "__module__": __name__})


def test_the_fields_of_the_params_model_are_looked_at() -> None:
    """Pydantic does not check defaults, so the check does."""

    class Wrong(BaseModel):
        seed: int = "x"  # type: ignore[assignment]  # the mistake
        rate: float = 1

    [problem] = problems(with_model(Wrong, lambda: Wrong(seed=1)))

    assert "the field `seed: int` of what `params` returns has the default str 'x'" == problem.what
    assert [Path(__file__).name] == [Path(loc.file).name for loc in problem.where]


def test_a_default_that_pydantic_validates_is_left_to_it() -> None:
    """With `validate_default` a text may stand for a number."""

    class Checked(BaseModel):
        rate: float = Field(default="0.5", validate_default=True)

    assert [] == problems(with_model(Checked, lambda: Checked(rate=1)))


def test_the_program_carries_the_defaults_of_the_model() -> None:
    """Only factories that always give the same are called."""
    program = axl.trace(with_model(Settings, Settings))

    assert {"seed": "42", "names": "[]", "point": '{"x":1}', "made": None, "color": '"red"'} == {
        param.name: param.default and param.default.json for param in program.params
    }


def test_a_default_of_the_model_is_not_passed(tmp_path: Path) -> None:
    """What the step returns counts, unless the run is given a value."""
    cls = with_model(Settings, lambda: Settings(seed=7, color=Color.RED))

    run = axl.run(cls, {"names": ["a"]}, executor="inline", store=tmp_path)

    assert isinstance(run.result, Settings)
    assert (7, ["a"]) == (run.result.seed, run.result.names)


def test_the_default_of_a_set_has_one_order() -> None:
    """A program's hash is the same in every process, so sets are written in order."""
    [param] = axl.trace(with_default(set[str], {"d", "b", "a", "c"})).params

    assert param.default is not None
    assert '["a","b","c","d"]' == param.default.json
