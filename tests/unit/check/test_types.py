"""The rule about types: values are followed to where they go, and both ends are named."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from axl.check.rules import types
from axl.errors import Loc, Problem
from axl.ir.hints import MISSING, Hint, Hints, StepHints
from axl.ir.nodes import Atom, Const, In, IRWorkflow, Map, Out, Pack
from axl.ir.policy import Policy
from tests.unit.ir.small import SOURCE, block, branch, each, flow, group, task

MADE, USED, DEFINED = Loc("flow.py", 10), Loc("flow.py", 20), Loc("flow.py", 2)


def hints(params: dict[str, Hint] | None = None, graph: Hint = MISSING, **takes: tuple[Hint, Hint]) -> Hints:
    """Return signatures: each step takes `x` of the first type and gives the second."""
    steps = {
        (source, name): StepHints(takes={"x": want}, gives={"result": give}, loc=DEFINED)
        for source in (SOURCE, "other:Other")
        for name, (want, give) in takes.items()
    }
    groups = {
        SOURCE: StepHints(gives={"result": graph}),
        "other:Other": StepHints(takes={"k": int}, gives={"result": str}),
    }
    return Hints(steps=steps, params=params or {}, groups=groups)


def found(program: IRWorkflow, known: Hints) -> list[Problem]:
    return list(types.check(program, known))


def use(atom: Atom) -> IRWorkflow:
    return flow(task("make", loc=MADE), task("use", x=atom, loc=USED), params=("n",))


def test_a_right_edge_passes() -> None:
    """An int goes where a float is asked for."""
    assert [] == found(use(Out("make")), hints(make=(MISSING, int), use=(float, int)))


def test_a_wrong_edge_names_both_ends() -> None:
    """The call, what made the value, and the step's definition are named, with both types."""
    [problem] = found(use(Out("make")), hints(make=(MISSING, str), use=(int, int)))

    assert "step `use` takes `x: int`, but the result of `make` is str" == problem.what
    assert (USED, MADE, DEFINED) == problem.where


def test_without_annotations_nothing_is_wrong() -> None:
    """Missing annotations agree with everything, and so do missing hints."""
    assert [] == found(use(Out("make")), hints(make=(MISSING, MISSING), use=(int, int)))
    assert [] == list(types.check(use(Out("make")), None))
    assert [] == found(use(Out("make")), Hints())


@pytest.mark.parametrize(
    ("atom", "what"),
    [
        (Const('"a"'), "the literal is str 'a'"),
        (In("n"), "the parameter `n` is str"),
        (Pack("list", (Out("make"),)), "the list passed is list[bytes]"),
        (Pack("dict", (Out("make"), Const("1")), ("a", "b")), "the dict passed is dict[str, bytes | int 1]"),
        (Pack("tuple", (In("n"), Out("make"))), "the tuple passed is tuple[str, bytes]"),
        (Pack("list", ()), "the list passed is list[?]"),
    ],
)
def test_values_of_every_kind_are_known(atom: Atom, what: str) -> None:
    """Literals, parameters and packs have types too."""
    [problem] = found(use(atom), hints({"n": str}, make=(MISSING, bytes), use=(int, int)))

    assert problem.what.endswith(what)


def test_ports_have_their_own_types() -> None:
    """One of several outputs is judged by its field."""
    make = StepHints(gives={"result": tuple, "a": int, "b": str})
    known = Hints(steps={(SOURCE, "make"): make, (SOURCE, "use"): StepHints(takes={"x": int})})

    wrong = found(use(Out("make", "b")), known)

    assert [] == found(use(Out("make", "a")), known)
    assert ["step `use` takes `x: int`, but the result of `make.b` is str"] == [
        problem.what for problem in wrong
    ]


def test_a_list_where_an_item_is_asked_for_suggests_map() -> None:
    """The likeliest mistake comes with its fix."""
    [problem] = found(use(Out("make")), hints(make=(MISSING, list[int]), use=(int, int)))

    assert "to call `use` once per item, write use.map(…)" == problem.hint


def test_an_optional_value_suggests_a_wider_annotation() -> None:
    """A value that may be None is not an int."""
    [problem] = found(use(Out("make")), hints(make=(MISSING, int | None), use=(int, int)))

    assert "`x` does not take all of int | None" in problem.hint


def test_items_of_a_map_have_the_type_of_the_list() -> None:
    """What a map's body reads is an item, captures keep their type, and the result is a list."""
    body = block(task("use", x=In("x"), loc=USED), task("keep", x=In("k")), inputs=("x", "k"))
    program = flow(task("make"), each("m", Out("make"), body, k=Out("make")), task("end", x=Out("m")))
    right = hints(make=(MISSING, list[int]), use=(int, int), keep=(list[int], str), end=(list[str], int))
    wrong = hints(make=(MISSING, list[str]), use=(int, int), keep=(list[int], str), end=(list[int], int))

    assert [] == found(program, right)
    assert [
        "step `use` takes `x: int`, but an item of the result of `make` is str",
        "step `keep` takes `x: list[int]`, but the result of `make` is list[str]",
        "step `end` takes `x: list[int]`, but the result of `m` is list[str]",
    ] == [problem.what for problem in found(program, wrong)]


def test_a_map_runs_over_a_list() -> None:
    """Mapping over a plain value names both lines."""
    program = flow(
        task("make", loc=MADE), each("m", Out("make"), block(result=In("x"), inputs=("x",)), loc=USED)
    )

    [problem] = found(program, hints(make=(MISSING, int)))

    assert "`m` maps over the result of `make`, which is int, not a list" == problem.what
    assert (USED, MADE) == problem.where


def test_zipped_lists_are_judged_one_by_one() -> None:
    """Each item has the type of its own list."""
    node = Map(
        id="m",
        over=(Out("make"), Const("[1,2]")),
        items=("a", "b"),
        body=block(task("use", x=In("b")), task("keep", x=In("a")), inputs=("a", "b")),
    )

    known = hints(make=(MISSING, list[str]), use=(int, int), keep=(str, int))
    assert [] == found(flow(task("make"), node), known)


@pytest.mark.parametrize("kind", [bool, MISSING])
def test_a_branch_tests_a_bool(kind: Hint) -> None:
    """A bool, or who knows, may be tested."""
    program = flow(task("make"), branch("w", Out("make"), block(), block()))

    assert [] == found(program, hints(make=(MISSING, kind)))


@pytest.mark.parametrize("kind", [int, bool | None, list[bool], str])
def test_a_branch_tests_nothing_else(kind: Hint) -> None:
    """What merely has a truth may not be tested: a count is not a decision."""
    program = flow(task("make", loc=MADE), branch("w", Out("make"), block(), block(), loc=USED))

    [problem] = found(program, hints(make=(MISSING, kind)))

    assert problem.what.startswith("`w` tests the result of `make`, which is ")
    assert (USED, MADE) == problem.where


def test_a_branch_gives_what_either_arm_gives() -> None:
    """Arms of two types make a union, which is judged where it goes."""
    program = flow(
        task("t"),
        branch("w", Out("t"), block(task("a")), block(result=Const("null"))),
        task("use", x=Out("w")),
    )
    known = {"t": (MISSING, bool), "a": (MISSING, int)}

    [problem] = found(program, hints(**known, use=(int, int)))

    assert "step `use` takes `x: int`, but the result of `w` is int | None" == problem.what
    assert [] == found(program, hints(**known, use=(int | None, int)))


def test_a_called_workflow_is_judged_like_a_step() -> None:
    """Its arguments fit its graph, its result fits its annotation, and its own steps are followed."""
    called = group("g", block(task("b", x=In("k")), inputs=("k",)), loc=USED, k=Out("make"))
    program = flow(task("make", loc=MADE), called, task("use", x=Out("g")))
    right = hints(make=(MISSING, int), b=(int, str), use=(str, int))
    wrong = hints(make=(MISSING, bytes), b=(int, bytes), use=(int, int))

    assert [] == found(program, right)
    assert [
        "graph of other:Other takes `k: int`, but the result of `make` is bytes",
        "graph is annotated to return str, but the result of `b` is bytes",
        "step `use` takes `x: int`, but the result of `g` is str",
    ] == [problem.what for problem in found(program, wrong)]


def test_the_result_fits_the_annotation_of_graph() -> None:
    """What graph returns is judged too."""
    [problem] = found(flow(task("make", loc=MADE)), hints(graph=str, make=(MISSING, int)))

    assert "graph is annotated to return str, but the result of `make` is int" == problem.what
    assert MADE == problem.where[0]


def test_an_argument_taken_as_a_path_is_a_path() -> None:
    """With `input_mode="path"` an annotation takes a path; of what else it takes Path alone is told."""
    policy = Policy(input_mode=(("x", "path"),))
    program = flow(task("make", loc=MADE), replace(task("use", x=Out("make"), loc=USED), policy=policy))

    either = found(program, hints(make=(MISSING, int), use=(int | Path, int)))
    stored = found(program, hints(make=(MISSING, Path), use=(Path, int)))
    [problem] = found(program, hints(make=(MISSING, int), use=(int, int)))
    [warning] = found(program, hints(make=(MISSING, int), use=(Path, int)))

    assert [] == either == stored
    assert 'step `use` takes `x: int`, but input_mode="path" gives it a Path' == problem.what
    assert problem.hint.startswith("annotate `x: int | Path`, and ask with isinstance which it is")
    assert "called as plain Python it gets the result of `make`, which is int" in warning.what
    assert ("warning", (USED, MADE, DEFINED)) == (warning.severity, warning.where)


def test_overrides_of_parameters_are_not_judged() -> None:
    """The input of the params step is the engine's business."""
    program = flow(task("params", overrides=In("params")), params=("params",))

    known = Hints(steps={(SOURCE, "params"): StepHints()}, params={})
    assert [] == found(program, known)


def test_plain_edges_do_not_load_beartype() -> None:
    """Equal classes, containers and unions are judged without the library."""
    code = (
        "import sys; from axl.check.agree import agrees; "
        "assert agrees(int, float) and not agrees(list[int], list[str]) and agrees(int | None, object); "
        "sys.exit('beartype' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert 0 == done.returncode
