"""Parameters of every kind that a workflow may have, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Annotated, Any, NamedTuple, NewType, TypedDict

import pydantic

from axl.dsl.describe import source_of
from axl.dsl.params import graph_hints, graph_params, step_params
from axl.dsl.step import step
from axl.dsl.workflow import Workflow
from axl.io.assignment import Given
from axl.ir.nodes import Block, Const, IRWorkflow
from axl.runtime.parameters.bind import bind


class Mode(Enum):
    """How thorough a run is."""

    FAST = "fast"
    FULL = "full"
    ONE = "1"


class Level(IntEnum):
    """A number with a name."""

    LOW = 1
    HIGH = 2


class Inner(pydantic.BaseModel):
    """A part of a model."""

    depth: int = 3


class Model(pydantic.BaseModel):
    """A model with a part, an alias and a secret."""

    seed: int = 42
    rate: float = pydantic.Field(default=0.5, ge=0)
    inner: Inner = Inner()
    shown: str = pydantic.Field(default="x", alias="Shown")
    token: pydantic.SecretStr = pydantic.SecretStr("")


@dataclass
class Point:
    """A plain record."""

    x: int
    y: float = 0.0


class Row(NamedTuple):
    """A row."""

    left: int
    right: Mode


class Table(TypedDict, total=False):
    """A dict with known keys."""

    depth: int


class Train(pydantic.BaseModel):
    """What the `params` step returns."""

    seed: int = 42
    trees: Annotated[int, pydantic.Field(ge=1)] = 50
    style: Mode = Mode.FAST
    note: str | None = None


Month = NewType("Month", int)


def program_of(cls: type[Workflow]) -> IRWorkflow:
    """Return as much of a workflow's IR as parameters need."""
    params = (*graph_params(cls, graph_hints(cls)), *step_params(cls))
    return IRWorkflow(name="w", source=source_of(cls), params=params, body=Block(result=Const("null")))


class Churn(Workflow):
    """Arguments of most kinds, and the `params` step."""

    @step
    def params(self) -> Train:
        """Give the defaults."""
        return Train()

    def graph(
        self,
        months: list[int],
        region: str = "eu",
        rate: float = 0.5,
        dry: bool = False,
        mode: Mode = Mode.FAST,
        extra: dict[str, Any] | None = None,
    ) -> list[int]:
        """Return the months."""
        return months


def typed(hint: object) -> type[Workflow]:
    """Make a workflow whose graph has one argument `n` of a type."""

    def graph(self: Workflow, n: Any) -> None:
        """Take one."""

    graph.__annotations__ = {"n": hint}
    return type("Typed", (Workflow,), {"graph": graph, "__module__": __name__})


def bound(hint: object, item: Given) -> object:
    """Bind one value to one parameter of a type."""
    cls = typed(hint)
    return bind(program_of(cls), cls, [item])["n"]


def from_file(value: Any) -> Given:
    """Give a value as a file does."""
    return Given(name="n", value=value, source="p.yaml")
