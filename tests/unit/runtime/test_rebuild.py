"""The step gets the object that the annotation of a parameter promises."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, Any, Literal

import pytest

from axl.dsl.describe import source_of
from axl.errors import ParameterError
from axl.ir.hints import MISSING
from axl.runtime.parameters.bind import needs_maker, rebuild
from tests.unit.runtime.parameter_kinds import Inner, Level, Mode, Point, Row, Table, typed

NEEDS: list[tuple[object, bool]] = [
    (MISSING, False),
    (None, False),
    (int, False),
    (list[dict[str, float]], False),
    (Any, False),
    (int | None, False),
    (Literal["a"], False),
    (Annotated[int, "x"], False),
    (Table, False),
    (Mode, True),
    (list[Mode], True),
    (Mode | None, True),
    (tuple[int, ...], True),
    (set[int], True),
    (Point, True),
    (Row, True),
    (Inner, True),
    (dict[str, Inner], True),
]


@pytest.mark.parametrize(("hint", "expected"), NEEDS, ids=lambda case: str(case)[:30])
def test_what_needs_a_maker(hint: object, expected: bool) -> None:
    """Only a value that is more than its JSON has to be rebuilt."""
    assert expected is needs_maker(hint)


REBUILT: list[tuple[object, str, object, object]] = [
    (int, "", 5, 5),
    (Mode, "", "fast", Mode.FAST),
    (Level, "", 2, Level.HIGH),
    (list[Mode], "", ["fast"], [Mode.FAST]),
    (list[Mode], "/[]", "fast", Mode.FAST),
    (list[list[Mode]], "/[]/[]", "fast", Mode.FAST),
    (list[Mode] | None, "/[]", "fast", Mode.FAST),
    (Annotated[list[Mode], "x"], "/[]", "fast", Mode.FAST),
    (tuple[int, Mode], "/[]", "fast", Mode.FAST),
    (tuple[int, str], "", [1, "a"], (1, "a")),
    (set[int], "", [1], {1}),
    (Row, "", [1, "full"], Row(1, Mode.FULL)),
    (Point, "", {"x": 1}, Point(1)),
    (Inner, "", {"depth": 1}, Inner(depth=1)),
    (dict[str, Inner], "", {"a": {"depth": 1}}, {"a": Inner(depth=1)}),
    (list[int], "/[]", 5, 5),
    (Any, "/[]", [5], [5]),
]


@pytest.mark.parametrize(("hint", "levels", "value", "expected"), REBUILT, ids=lambda case: str(case)[:30])
def test_typed_values_are_rebuilt(hint: object, levels: str, value: Any, expected: object) -> None:
    """The step gets the object that the annotation promises."""
    cls = typed(hint)
    result = rebuild(cls, f"{source_of(cls)}/n{levels}", value)

    assert expected == result
    assert type(expected) is type(result)


def test_a_type_that_changed_is_said_so() -> None:
    """A value of an older type does not fit, and the message says what to do."""
    cls = typed(Mode)

    with pytest.raises(ParameterError, match=r"is no .*Mode any more"):
        rebuild(cls, f"{source_of(cls)}/n", "gone")


def test_plain_values_do_not_import_pydantic() -> None:
    """Pydantic costs a fifth of a second and is needed for typed values only."""
    code = """
import sys, enum
from axl.dsl.workflow import Workflow
from axl.dsl.params import graph_params, graph_hints
from axl.ir.nodes import Block, Const, IRWorkflow
from axl.io.assignment import parse_assignment
from axl.runtime.parameters.bind import bind, rebuild
class Mode(enum.Enum):
    FAST = "fast"
class W(Workflow):
    def graph(self, n: list[int], mode: Mode, rate: float | None = None): ...
program = IRWorkflow(name="w", source="m:W", params=graph_params(W, graph_hints(W)), body=Block(result=Const("1")))
bind(program, W, [parse_assignment(text) for text in ("n=[1]", "mode=fast", "rate=1")])
assert rebuild(W, "m:W/mode", "fast") is Mode.FAST
print([name for name in ("pydantic", "yaml", "numpy") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
