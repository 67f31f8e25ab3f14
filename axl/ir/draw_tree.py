"""Writes a workflow as a tree of text: what holds what, and what each node waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, assert_never

from axl.ir.nodes import Block, Branch, Group, IRWorkflow, Map, Node, Task
from axl.ir.walk import dependencies
from axl.ir.words import atom_words, clean, param_words

_Part: TypeAlias = tuple[str, Block | tuple[Block, Block] | None]
"""A line, and the block or the two arms under it."""


def tree(program: IRWorkflow) -> str:
    """Return the tree, one node a line."""
    parts = [_node(node) for node in program.body.nodes]
    parts.append((f"→ {atom_words(program.body.result)}", None))
    if program.on_exit is not None:
        parts.append((f"on exit: {clean(program.on_exit.id)}", None))
    params = ", ".join(param_words(param) for param in program.params)
    return "\n".join([f"{clean(program.name)} ({params})", *_lines(parts, "")])


def _lines(parts: list[_Part], indent: str) -> Iterator[str]:
    for place, (text, inner) in enumerate(parts, 1):
        last = place == len(parts)
        yield f"{indent}{'└─' if last else '├─'} {text}"
        deeper = f"{indent}{'   ' if last else '│  '}"
        if isinstance(inner, Block):
            yield from _lines(_parts(inner), deeper)
        elif inner is not None:
            yield from _lines([("then", inner[0]), ("otherwise", inner[1])], deeper)


def _parts(block: Block) -> list[_Part]:
    return [*(_node(node) for node in block.nodes), (f"→ {atom_words(block.result)}", None)]


def _node(node: Node) -> _Part:
    waits = ", ".join(clean(name) for name in dependencies(node))
    needs = f"  ← {waits}" if waits else ""
    name = clean(node.id)
    match node:
        case Task():
            call = "" if node.step == node.id else f" = {clean(node.step)}()"
            return f"{name}{call}{needs}", None
        case Map():
            return f"{name}: each {', '.join(map(clean, node.items))}{needs}", node.body
        case Branch():
            return f"{name}: {atom_words(node.test)}?{needs}", (node.then, node.otherwise)
        case Group():
            return f"{name}: {clean(node.workflow)}{needs}", node.body
        case _:
            assert_never(node)
