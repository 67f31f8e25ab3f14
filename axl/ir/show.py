"""Prints a workflow as text: one equation a line, blocks indented.

workflow train (root: str, depth: int = 3)
  folders = folders(root=%root, n=%depth)  [3 attempts, timeout 10m]
  sizes_map = map %folder in folders  [8 at once]
    size = size(file=%folder, scale=10)
    return size
  return sizes_map
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias, assert_never

from axl.errors import Loc
from axl.ir.nodes import Block, Branch, Group, IRWorkflow, Map, Node, Task
from axl.ir.words import atom_words, bindings_words, clean, param_words, policy_words

_Note: TypeAlias = Callable[[Loc | None], str]


def show(program: IRWorkflow) -> str:
    """Return a workflow as text; the same workflow gives the same text everywhere."""
    return "\n".join(_workflow(program, _no_line))


def show_with_lines(program: IRWorkflow) -> str:
    """Return a workflow as text, with the author's line at the end of each equation."""
    return "\n".join(_workflow(program, _line))


def _workflow(program: IRWorkflow, note: _Note) -> Iterator[str]:
    params = ", ".join(param_words(param) for param in program.params)
    yield f"workflow {clean(program.name)} ({params}){note(program.loc)}"
    if program.schedule is not None:
        yield f"  at {clean(program.schedule.cron)} {clean(program.schedule.timezone)}"
    if program.max_parallel is not None:
        yield f"  at most {program.max_parallel} at once"
    yield from _block(program.body, "  ", note)
    if program.on_exit is not None:
        yield f"  on exit {_task(program.on_exit)}{note(program.on_exit.loc)}"


def _block(block: Block, indent: str, note: _Note) -> Iterator[str]:
    for node in block.nodes:
        yield from _node(node, indent, note)
    yield f"{indent}return {atom_words(block.result)}"


def _node(node: Node, indent: str, note: _Note) -> Iterator[str]:
    deeper = f"{indent}  "
    match node:
        case Task():
            yield f"{indent}{_task(node)}{note(node.loc)}"
        case Map():
            yield f"{indent}{_map(node)}{note(node.loc)}"
            yield from _block(node.body, deeper, note)
        case Branch():
            head = f"{clean(node.id)} = if {atom_words(node.test)}"
            yield f"{indent}{head}{_with(node)}{_after(node)}{note(node.loc)}"
            yield from _block(node.then, deeper, note)
            yield f"{indent}else"
            yield from _block(node.otherwise, deeper, note)
        case Group():
            head = f"{clean(node.id)} = workflow {clean(node.workflow)}"
            yield f"{indent}{head}{_with(node)}{_after(node)}{note(node.loc)}"
            yield from _block(node.body, deeper, note)
        case _:
            assert_never(node)


def _task(node: Task) -> str:
    words = policy_words(node.policy)
    policy = f"  [{', '.join(words)}]" if words else ""
    return f"{clean(node.id)} = {clean(node.step)}({bindings_words(node.args)}){_after(node)}{policy}"


def _map(node: Map) -> str:
    pairs = ", ".join(
        f"%{clean(name)} in {atom_words(atom)}" for name, atom in zip(node.items, node.over, strict=False)
    )
    words = [
        words
        for value, words in (
            (node.concurrency, f"{node.concurrency} at once"),
            (node.batch, f"{node.batch} a task"),
            (node.max_items, f"at most {node.max_items}"),
        )
        if value is not None
    ]
    options = f"  [{', '.join(words)}]" if words else ""
    return f"{clean(node.id)} = map {pairs}{_with(node)}{_after(node)}{options}"


def _with(node: Map | Branch | Group) -> str:
    return f" with {bindings_words(node.captures)}" if node.captures else ""


def _after(node: Node) -> str:
    return f" after {', '.join(map(clean, node.after))}" if node.after else ""


def _no_line(_loc: Loc | None) -> str:
    return ""


def _line(loc: Loc | None) -> str:
    return f"  # {clean(str(loc))}" if loc is not None else ""
