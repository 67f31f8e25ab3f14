"""The only traversals of a workflow: what a node needs, what it holds, and every node in turn.

All are iterative, so the length of a workflow and its nesting cost no stack.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, assert_never

from axl.ir.nodes import Atom, Block, Branch, Const, Group, In, IRWorkflow, Map, Node, Out, Pack, Task

Leaf: TypeAlias = Const | In | Out
BlockPath: TypeAlias = tuple[str, ...]
"""Where a block stands: the ids of the nodes around it, for a branch with the arm, as in
`("when:then", "size_map")`; empty for the root."""


class Visit(NamedTuple):
    """A node as it is met: the `module:Class` whose steps it calls, and the block it stands in."""

    node: Node
    source: str
    path: BlockPath


def operands(node: Node) -> Iterator[Atom]:
    """Yield what a node reads from its own block, packs unopened."""
    match node:
        case Task():
            yield from (atom for _, atom in node.args)
        case Map():
            yield from node.over
            yield from (atom for _, atom in node.captures)
        case Branch():
            yield node.test
            yield from (atom for _, atom in node.captures)
        case Group():
            yield from (atom for _, atom in node.captures)
        case _:
            assert_never(node)


def atoms(atom: Atom) -> Iterator[Leaf]:
    """Yield the constants, inputs and outputs in an atom, from left to right."""
    if not isinstance(atom, Pack):
        yield atom
        return
    stack: list[Atom] = [atom]
    while stack:
        top = stack.pop()
        if isinstance(top, Pack):
            stack.extend(reversed(top.items))
        else:
            yield top


def dependencies(node: Node) -> tuple[str, ...]:
    """Return the ids of the nodes of the same block that must end before this one, each once."""
    found: dict[str, None] = {}
    for operand in operands(node):
        if isinstance(operand, Out):
            found[operand.node] = None
        elif isinstance(operand, Pack):
            found.update((leaf.node, None) for leaf in atoms(operand) if isinstance(leaf, Out))
    found.update(dict.fromkeys(node.after))
    return tuple(found)


def blocks(node: Node) -> tuple[Block, ...]:
    """Return the blocks that a node holds."""
    match node:
        case Task():
            return ()
        case Map() | Group():
            return (node.body,)
        case Branch():
            return (node.then, node.otherwise)
        case _:
            assert_never(node)


def inner(visit: Visit) -> tuple[tuple[Block, str, BlockPath], ...]:
    """Return the blocks that a visited node holds, each with its source and its path."""
    node = visit.node
    match node:
        case Task():
            return ()
        case Map():
            return ((node.body, visit.source, (*visit.path, node.id)),)
        case Branch():
            return (
                (node.then, visit.source, (*visit.path, f"{node.id}:then")),
                (node.otherwise, visit.source, (*visit.path, f"{node.id}:otherwise")),
            )
        case Group():
            return ((node.body, node.workflow, (*visit.path, node.id)),)
        case _:
            assert_never(node)


def nodes(program: IRWorkflow) -> Iterator[Visit]:
    """Yield every node of the body: a node, then what it holds, then the next."""
    stack: list[tuple[Iterator[Node], str, BlockPath]] = [(iter(program.body.nodes), program.source, ())]
    while stack:
        rest, source, path = stack[-1]
        for node in rest:
            visit = Visit(node, source, path)
            yield visit
            if not isinstance(node, Task):
                stack.extend(
                    (iter(block.nodes), owner, place) for block, owner, place in reversed(inner(visit))
                )
                break
        else:
            stack.pop()


def tasks(program: IRWorkflow) -> Iterator[tuple[str, Task]]:
    """Yield every task with the `module:Class` whose step it calls, the one that runs on exit last."""
    for visit in nodes(program):
        if isinstance(visit.node, Task):
            yield visit.source, visit.node
    if program.on_exit is not None:
        yield program.source, program.on_exit


def workflows(program: IRWorkflow) -> tuple[str, ...]:
    """Return the `module:Class` of the workflow and of every workflow called in it, each once."""
    found = {program.source: None}
    found.update((visit.node.workflow, None) for visit in nodes(program) if isinstance(visit.node, Group))
    return tuple(found)


def split_outputs(program: IRWorkflow) -> frozenset[tuple[str, str]]:
    """Return the outputs, as (task id, port), that some map runs over directly.

    A list is followed through captures, the inputs and results of groups, the results of branches,
    and the items of outer maps over the results of maps: where `files` is mapped and a nested map
    runs over each of its results, the lists of `files` are stored item by item too.
    """
    table: dict[str, tuple[Node, str]] = {}
    maps: list[Map] = []
    for visit in nodes(program):
        inside = visit.path[-1].partition(":")[0] if visit.path else ""
        table[visit.node.id] = (visit.node, inside)
        if isinstance(visit.node, Map):
            maps.append(visit.node)
    found: set[tuple[str, str]] = set()
    todo = [_Wanted(atom, table[node.id][1], 0) for node in maps for atom in node.over]
    seen = set(todo)
    while todo:
        for wanted in _trace(todo.pop(), table, found):
            if wanted not in seen:
                seen.add(wanted)
                todo.append(wanted)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A value to trace to its producer.

    `inside` is the node whose block the atom stands in, empty for the root; `taken` says how many
    times an item was taken out of it.
    """

    atom: Atom
    inside: str
    taken: int


def _trace(
    wanted: _Wanted, table: dict[str, tuple[Node, str]], found: set[tuple[str, str]]
) -> tuple[_Wanted, ...]:
    atom = wanted.atom
    match atom:
        case Const():
            return ()
        case Pack():
            if not wanted.taken or atom.shape == "dict":
                return ()
            return tuple(_Wanted(item, wanted.inside, wanted.taken - 1) for item in atom.items)
        case In():
            return _outwards(atom, wanted, table)
        case Out():
            node, _ = table[atom.node]
            if isinstance(node, Task):
                if not wanted.taken and any(output.name == atom.port for output in node.outputs):
                    found.add((node.id, atom.port))
                return ()
            return _inwards(node, wanted.taken)
        case _:
            assert_never(atom)


def _outwards(atom: In, wanted: _Wanted, table: dict[str, tuple[Node, str]]) -> tuple[_Wanted, ...]:
    if not wanted.inside:
        return ()
    owner, outside = table[wanted.inside]
    if isinstance(owner, Task):
        return ()
    if isinstance(owner, Map) and atom.name in owner.items:
        return (_Wanted(owner.over[owner.items.index(atom.name)], outside, wanted.taken + 1),)
    captures = dict(owner.captures)
    return (_Wanted(captures[atom.name], outside, wanted.taken),)


def _inwards(node: Map | Branch | Group, taken: int) -> tuple[_Wanted, ...]:
    match node:
        case Map():
            return (_Wanted(node.body.result, node.id, taken - 1),) if taken else ()
        case Branch():
            return (_Wanted(node.then.result, node.id, taken), _Wanted(node.otherwise.result, node.id, taken))
        case Group():
            return (_Wanted(node.body.result, node.id, taken),)
        case _:
            assert_never(node)
