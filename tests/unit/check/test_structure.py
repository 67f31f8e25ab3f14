"""Every invariant of the IR's shape, each with a minimal program that breaks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from axl.check import check, wellformed
from axl.errors import Loc
from axl.ir.nodes import Block, Branch, Const, Group, In, IRWorkflow, Map, Out, Output, Pack
from tests.unit.ir.small import HERE, block, branch, each, flow, group, nested, param, task

GOOD = flow(
    task("a", x=In("n"), ports=("model", "score")),
    each("m", Out("a", "model"), block(task("b", x=In("x"), k=In("k")), inputs=("x", "k")), k=Out("a")),
    branch(
        "w",
        Out("m"),
        block(task("c", t=In("t")), inputs=("t",)),
        block(result=In("t"), inputs=("t",)),
        t=Out("a"),
    ),
    group("g", block(task("d"), inputs=("q",)), q=Pack("dict", (Out("w"), Const("1")), ("k", "l"))),
    task("e", after=("m", "g")),
    params=("n",),
    on_exit=task("bye", status=In("status")),
)
EMPTY = block()


def deep(depth: int) -> Pack:
    pack = Pack("list", ())
    for _ in range(depth - 1):
        pack = Pack("list", (pack,))
    return pack


def renamed(*names: str) -> IRWorkflow:
    outputs = tuple(Output(name=name, type="", handler="pickle", ext="pkl") for name in names)
    return flow(replace(task("a"), outputs=outputs))


BAD: dict[str, tuple[IRWorkflow, str]] = {
    "an id bound twice": (flow(task("a", loc=HERE), task("a")), "the id `a` is bound twice"),
    "an id bound twice in other blocks": (
        flow(task("a"), group("g", block(task("a")))),
        "the id `a` is bound twice",
    ),
    "the exit task's id bound twice": (flow(task("a"), on_exit=task("a")), "the id `a` is bound twice"),
    "an id with capitals": (flow(task("loadAll")), "the id 'loadAll' is not valid on every target"),
    "an id with two underscores": (flow(task("a__b")), "the id 'a__b' is not valid on every target"),
    "an id that ends with an underscore": (flow(task("a_")), "the id 'a_' is not valid on every target"),
    "an id that begins with a digit": (flow(task("1a")), "the id '1a' is not valid on every target"),
    "an id with a line break": (flow(task("a\n")), "is not valid on every target"),
    "an id that is too long": (flow(task("a" * 64)), "has 64 characters, the limit is 63"),
    "an input of an outer block": (
        flow(each("m", Const("[]"), block(result=In("n"), inputs=("x",))), params=("n",)),
        "`the result` reads %n, which is no input of its block",
    ),
    "a node of an outer block": (
        flow(task("a"), group("g", block(task("b", x=Out("a"))))),
        "`b` reads `a`, which is no earlier node of its block",
    ),
    "a node of an inner block": (
        flow(group("g", block(task("b"))), result=Out("b")),
        "`the result` reads `b`, which is no earlier node",
    ),
    "a node of the other arm": (
        flow(task("t"), branch("w", Out("t"), block(task("b")), block(result=Out("b")))),
        "`the result` reads `b`, which is no earlier node",
    ),
    "a later node": (
        flow(task("a", x=Out("b")), task("b")),
        "`a` reads `b`, which is no earlier node of its block",
    ),
    "itself": (flow(task("a", x=Out("a"))), "`a` reads `a`, which is no earlier node of its block"),
    "an unknown node inside packs": (
        flow(task("a", x=Pack("list", (Pack("tuple", (Out("b"),)),)))),
        "`a` reads `b`, which is no earlier node of its block",
    ),
    "an unknown port": (
        flow(task("a"), task("b", x=Out("a", "model"))),
        "`b` reads `a.model`, which does not exist",
    ),
    "a port of a map": (
        flow(each("m", Const("[]"), block(inputs=("x",))), result=Out("m", "x")),
        "reads `m.x`, which does not exist",
    ),
    "a map's body without the item": (
        flow(each("m", Const("[]"), EMPTY)),
        "a block of `m` has the inputs (), not its items",
    ),
    "a map's body with more": (
        flow(each("m", Const("[]"), block(inputs=("x", "y")))),
        "has the inputs (x, y), not its items and captures (x)",
    ),
    "a map's body in another order": (
        flow(each("m", Const("[]"), block(inputs=("k", "x")), k=Const("1"))),
        "has the inputs (k, x), not its items and captures (x, k)",
    ),
    "an arm without the capture": (
        flow(task("t"), branch("w", Out("t"), block(inputs=("k",)), EMPTY, k=Const("1"))),
        "a block of `w` has the inputs (), not the captures (k)",
    ),
    "a group's body with more": (
        flow(group("g", block(inputs=("k",)))),
        "a block of `g` has the inputs (k), not the captures ()",
    ),
    "two inputs of one name": (
        flow(each("m", Const("[]"), block(inputs=("x", "x")), x=Const("1"))),
        "a block has the input `x` twice",
    ),
    "an input that is no name": (
        flow(group("g", block(inputs=("a b",)), **{"a b": Const("1")})),
        "the input 'a b' of a block",
    ),
    "a map over nothing": (
        flow(Map(id="m", over=(), items=(), body=EMPTY)),
        "`m` binds 0 items of 0 lists",
    ),
    "a map with too few items": (
        flow(Map(id="m", over=(Const("[]"), Const("[]")), items=("x",), body=block(inputs=("x",)))),
        "`m` binds 1 items of 2 lists",
    ),
    "a map over a literal that is no list": (
        flow(each("m", Const("3"), block(inputs=("x",)))),
        "`m` maps over a value that is not a list",
    ),
    "a map over a dict": (
        flow(each("m", Pack("dict", (), ()), block(inputs=("x",)))),
        "`m` maps over a value that is not a list",
    ),
    "a branch that tests a literal": (
        flow(branch("w", Const("1"), EMPTY, EMPTY)),
        "`w` tests a value that is not a bool",
    ),
    "a branch that tests a list": (
        flow(branch("w", Pack("list", ()), EMPTY, EMPTY)),
        "`w` tests a value that is not a bool",
    ),
    "a source without a class": (flow(source="module"), "the source 'module' is not `module:Class`"),
    "a group without a class": (
        flow(Group(id="g", workflow="Other", body=EMPTY)),
        "the source 'Other' of `g` is not `module:Class`",
    ),
    "a task without outputs": (renamed(), "`a` has no output"),
    "two outputs of one name": (renamed("x", "x"), "`a` has the output `x` twice"),
    "one of several outputs named result": (
        renamed("x", "result"),
        "one of several outputs of `a` is named `result`",
    ),
    "an output that is no name": (renamed("a-b"), "the output 'a-b' of `a` is not a name"),
    "two arguments of one name": (
        flow(replace(task("a"), args=(("x", Const("1")), ("x", Const("2"))))),
        "`a` has the argument `x` twice",
    ),
    "after a later node": (
        flow(task("a", after=("b",)), task("b")),
        "`a` is after `b`, which is no earlier node",
    ),
    "after an outer node": (
        flow(task("a"), group("g", block(task("b", after=("a",))))),
        "`b` is after `a`, which is no earlier",
    ),
    "after one node twice": (
        flow(task("a"), task("b", after=("a", "a"))),
        "has the node that it is after, `a` twice",
    ),
    "a root without its parameter": (
        replace(flow(), params=(param("n"),)),
        "the inputs of the root block are (), its parameters (n)",
    ),
    "a root without the overrides": (
        replace(flow(), params=(param("seed", step="params"),)),
        "the inputs of the root block are (), its parameters (params)",
    ),
    "a root with more": (
        replace(flow(params=("n",)), params=()),
        "the inputs of the root block are (n), its parameters ()",
    ),
    "two parameters of one name": (
        replace(flow(params=("n",)), params=(param("n"), param("n", step="params"))),
        "the workflow has the parameter `n` twice",
    ),
    "a parameter of a step": (
        replace(flow(), params=(param("n", step="load"),)),
        "the parameter `n` is of the step `load`",
    ),
    "a required parameter with a default": (
        replace(flow(params=("n",)), params=(replace(param("n"), default=Const("1")),)),
        "the parameter `n` is required and has a default",
    ),
    "a parameter's schema": (
        replace(flow(params=("n",)), params=(replace(param("n"), schema="[]"),)),
        "the schema of the parameter `n` is not a JSON object",
    ),
    "an exit task that reads a node": (
        flow(task("a"), on_exit=task("b", x=Out("a"))),
        "`b` reads `a`, which is no earlier node",
    ),
    "an exit task that reads a parameter": (
        flow(params=("n",), on_exit=task("b", x=In("n"))),
        "`b` reads %n, which is no input",
    ),
    "an exit task that waits": (
        flow(task("a"), on_exit=task("b", after=("a",))),
        "`b` runs on exit, after everything",
    ),
    "blocks nested too deep": (nested(51), "nested more than 50 deep"),
    "packs nested too deep": (flow(result=deep(51)), "nested more than 50 deep"),
    "a dict with too few keys": (
        flow(result=Pack("dict", (Const("1"),), ())),
        "a dict whose keys and items do not pair up",
    ),
    "a dict with a key twice": (
        flow(result=Pack("dict", (Const("1"), Const("2")), ("k", "k"))),
        "a dict whose keys and items do not pair up",
    ),
    "a list with keys": (flow(result=Pack("list", (Const("1"),), ("k",))), "takes a list with keys"),
    "another version": (flow(ir_version=2), "the IR has version 2, not 1"),
}


def test_a_good_program_has_no_problem() -> None:
    """A program of every kind of node is legal."""
    assert () == wellformed(GOOD)


def test_the_limits_themselves_are_legal() -> None:
    """Fifty blocks and fifty packs in each other, and an id of 63 characters, pass."""
    assert () == wellformed(nested(50))
    assert () == wellformed(flow(result=deep(50)))
    assert () == wellformed(flow(task("a" * 63)))


@pytest.mark.parametrize(("program", "expected"), BAD.values(), ids=BAD)
def test_an_invariant_is_checked(program: IRWorkflow, expected: str) -> None:
    """The broken invariant is named, once, with something to do about it."""
    found = [problem for problem in wellformed(program) if problem.rule == "wellformed"]

    matching = [problem for problem in found if expected in problem.what]
    assert 1 == len(matching), [problem.what for problem in found]
    assert all(problem.hint for problem in found)


def test_all_problems_come_at_once() -> None:
    """Several mistakes in several blocks are all named."""
    program = flow(task("A"), group("g", block(task("b", x=Out("c")), task("b"))), result=In("z"))

    assert 4 == len(wellformed(program))


def test_both_lines_are_named() -> None:
    """An id that is bound twice names both lines, and a port the line that made it."""
    other = Loc("flow.py", 9)
    twice = wellformed(flow(task("a", loc=HERE), task("a", loc=other)))
    port = wellformed(flow(task("a", loc=HERE), task("b", x=Out("a", "q"), loc=other)))

    assert [(other, HERE)] == [problem.where for problem in twice]
    assert [(other, HERE)] == [problem.where for problem in port]


def test_rules_that_follow_values_wait_for_a_sound_structure() -> None:
    """A program of the wrong shape is not searched for types and uses, but its names are checked."""
    program = flow(task("a", step="config"), task("b", x=Out("nowhere")), task("c"))

    assert {"wellformed", "names"} == {problem.rule for problem in check(program)}


def test_a_branch_may_test_a_literal_bool() -> None:
    """A pass may leave `true` where a test was."""
    program = flow(Branch(id="w", test=Const("true"), then=EMPTY, otherwise=EMPTY))

    assert () == wellformed(program)


def test_blocks_may_share_a_name_of_an_input() -> None:
    """Names of inputs are local to their block."""
    inner = Block(inputs=("x",), nodes=(), result=In("x"))
    program = flow(each("m", In("x"), inner), each("n", In("x"), inner), params=("x",))

    assert () == wellformed(program)
