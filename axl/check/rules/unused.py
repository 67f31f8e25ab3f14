"""Points at results and parameters that nothing reads; plain Python allows them, so it only warns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from axl.check.wording import lines
from axl.errors import Problem
from axl.ir.hints import Hints
from axl.ir.nodes import Block, Branch, Const, Group, In, IRWorkflow, Map, Node, Out, Pack, Task
from axl.ir.walk import atoms, blocks, dependencies, operands

RULE = "unused"

_NOTHING = ("None", "")
"""Steps that return nothing run for their effect; of those without an annotation nobody knows."""


def check(program: IRWorkflow, hints: Hints | None = None) -> Iterator[Problem]:
    """Yield a warning for every result that is not read, returned or waited for, and every such parameter."""
    yield from _parameters(program)
    stack = [(program.body, program.source)]
    while stack:
        block, source = stack.pop()
        read = {leaf.node for leaf in atoms(block.result) if isinstance(leaf, Out)}
        for node in block.nodes:
            read.update(dependencies(node))
            inside = node.workflow if isinstance(node, Group) else source
            stack.extend((inner, inside) for inner in blocks(node))
        for node in block.nodes:
            if node.id not in read and _gives_something(node):
                yield _unread(node, block, source, hints)


def _unread(node: Node, block: Block, source: str, hints: Hints | None) -> Problem:
    form = "return it or pass it on"
    if block.result == Const("null"):
        form = "nothing is returned where it is made: return it, or pass it on"
    step = hints.steps.get((source, node.step)) if hints and isinstance(node, Task) else None
    return Problem(
        rule=RULE,
        what=f"the result of `{node.id}` is never used",
        where=lines(node.loc, step.loc if step else None),
        hint=f"{form}; a step that runs for its effect is annotated `-> None`, "
        "and ordered with after(…) where something depends on it",
        severity="warning",
    )


def _parameters(program: IRWorkflow) -> Iterator[Problem]:
    read = {leaf.name for leaf in atoms(program.body.result) if isinstance(leaf, In)}
    for node in program.body.nodes:
        for operand in operands(node):
            if isinstance(operand, In | Pack):
                read.update(leaf.name for leaf in atoms(operand) if isinstance(leaf, In))
    for param in program.params:
        if not param.step and param.name not in read:
            yield Problem(
                rule=RULE,
                what=f"the parameter `{param.name}` is never used",
                where=lines(param.loc),
                hint="pass it to a step, or drop it",
                severity="warning",
            )


def _gives_something(node: Node) -> bool:
    match node:
        case Task():
            return any(output.type not in _NOTHING for output in node.outputs)
        case Map() | Group():
            return _result_is_something(node.body)
        case Branch():
            return _result_is_something(node.then) or _result_is_something(node.otherwise)
        case _:
            assert_never(node)


def _result_is_something(block: Block) -> bool:
    stack = [block]
    while stack:
        inside = stack.pop()
        wanted = {leaf.node for leaf in atoms(inside.result) if isinstance(leaf, Out)}
        for node in inside.nodes:
            if node.id not in wanted:
                continue
            if isinstance(node, Task) and _gives_something(node):
                return True
            stack.extend(blocks(node))
    return False
