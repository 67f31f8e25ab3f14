"""The shape of a legal workflow: ids bound once, operands in scope, blocks that fit their node.

Each invariant is one function here and one test with a minimal bad program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias, assert_never

from axl.check.wording import lines
from axl.errors import Loc, Problem
from axl.ir.limits import ID_PATTERN, MAX_BLOCK_DEPTH, MAX_ID_CHARS, MAX_PACK_DEPTH
from axl.ir.nodes import (
    IR_VERSION,
    PARAMS,
    RESULT,
    Atom,
    Block,
    Branch,
    Const,
    Group,
    In,
    IRWorkflow,
    Map,
    Node,
    Out,
    Pack,
    Task,
)
from axl.ir.walk import operands

RULE = "wellformed"
ON_EXIT_INPUTS = frozenset({"status", "error", "run_id"})

_is_id = re.compile(ID_PATTERN).fullmatch
_is_source = re.compile(r"[^:\s]+:[^:\s]+").fullmatch
_BOOLS = ("true", "false")


@dataclass(slots=True, eq=False)
class _Check:
    """What one check collects: every id so far, the outputs that are sound, and the problems.

    Calls of one step share one tuple of outputs, so it is looked at once.
    """

    ids: dict[str, Loc | None] = field(default_factory=dict)
    sound: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def say(self, what: str, hint: str, *where: Loc | None) -> None:
        self.problems.append(Problem(rule=RULE, what=what, where=lines(*where), hint=hint))


@dataclass(slots=True, eq=False)
class _Scope:
    """A block while it is checked: `seen` are its nodes so far; `owner` is the line that holds it."""

    block: Block
    depth: int
    owner: Loc | None
    inputs: frozenset[str]
    seen: dict[str, Node] = field(default_factory=dict)


def structure(program: IRWorkflow) -> tuple[Problem, ...]:
    """Return every way in which a workflow is not the tree of closed blocks that the IR is."""
    check = _Check()
    _header(program, check)
    stack = [_Scope(program.body, 0, program.loc, frozenset(program.body.inputs))]
    while stack:
        stack.extend(_block(stack.pop(), check))
    _on_exit(program, check)
    return tuple(check.problems)


def _header(program: IRWorkflow, check: _Check) -> None:
    if program.ir_version != IR_VERSION:
        check.say(
            f"the IR has version {program.ir_version}, not {IR_VERSION}",
            "trace the workflow again",
            program.loc,
        )
    if not _is_source(program.source):
        check.say(
            f"the source {program.source!r} is not `module:Class`", "name a class of a module", program.loc
        )
    own = [param.name for param in program.params if not param.step]
    for param in program.params:
        if param.step not in ("", PARAMS):
            check.say(
                f"the parameter `{param.name}` is of the step `{param.step}`",
                f"only `{PARAMS}` has some",
                param.loc,
            )
        if param.required and param.default is not None:
            check.say(
                f"the parameter `{param.name}` is required and has a default",
                "drop one of the two",
                param.loc,
            )
        if not _is_object(param.schema):
            check.say(
                f"the schema of the parameter `{param.name}` is not a JSON object",
                "trace it again",
                param.loc,
            )
    _distinct(check, "the workflow", "parameter", [param.name for param in program.params], program.loc)
    wanted = (*own, PARAMS) if any(param.step == PARAMS for param in program.params) else tuple(own)
    if program.body.inputs != wanted:
        given, asked = ", ".join(program.body.inputs), ", ".join(wanted)
        check.say(
            f"the inputs of the root block are ({given}), its parameters ({asked})",
            "make them agree",
            program.loc,
        )


def _block(scope: _Scope, check: _Check) -> list[_Scope]:
    block = scope.block
    if len(scope.inputs) != len(block.inputs):
        _distinct(check, "a block", "input", block.inputs, scope.owner)
    for name in block.inputs:
        if not name.isidentifier():
            check.say(
                f"the input {name!r} of a block is not a name", "use letters, digits and _", scope.owner
            )
    if scope.depth > MAX_BLOCK_DEPTH:
        check.say(
            f"maps, branches and workflows are nested more than {MAX_BLOCK_DEPTH} deep",
            "move the inner work into a step",
            scope.owner,
        )
        return []
    found: list[_Scope] = []
    for node in block.nodes:
        _id(node, check)
        for atom in operands(node):
            if not (isinstance(atom, Out) and atom.port == RESULT and atom.node in scope.seen):
                _atom(atom, node.id, node.loc, scope, check)
        if node.after:
            _after(node, scope, check)
        found.extend(_KINDS[type(node)](node, scope, check))
        scope.seen[node.id] = node
    _atom(block.result, "the result", scope.owner, scope, check)
    return found


def _id(node: Node, check: _Check) -> None:
    name = node.id
    if name in check.ids:
        check.say(
            f"the id `{name}` is bound twice",
            "an id names one node of the whole workflow",
            node.loc,
            check.ids[name],
        )
    check.ids[name] = node.loc
    if not _is_id(name):
        check.say(
            f"the id {name!r} is not valid on every target",
            "use lower-case words and digits, joined by single underscores, a letter first",
            node.loc,
        )
    if len(name) > MAX_ID_CHARS:
        check.say(
            f"the id `{name}` has {len(name)} characters, the limit is {MAX_ID_CHARS}",
            "shorten the name of the step or workflow",
            node.loc,
        )


def _atom(atom: Atom, reader: str, loc: Loc | None, scope: _Scope, check: _Check) -> None:
    match atom:
        case Out():
            _out(atom, reader, loc, scope, check)
        case In():
            if atom.name not in scope.inputs:
                check.say(f"`{reader}` reads %{atom.name}, which is no input of its block", "capture it", loc)
        case Const():
            pass
        case Pack():
            for leaf in _opened(atom, reader, loc, check):
                _atom(leaf, reader, loc, scope, check)
        case _:
            assert_never(atom)


def _out(atom: Out, reader: str, loc: Loc | None, scope: _Scope, check: _Check) -> None:
    node = scope.seen.get(atom.node)
    if node is None:
        check.say(
            f"`{reader}` reads `{atom.node}`, which is no earlier node of its block",
            "order the nodes, or capture the value",
            loc,
        )
    elif atom.port != RESULT and atom.port not in _ports(node):
        ports = ", ".join((*_ports(node), RESULT))
        check.say(
            f"`{reader}` reads `{atom.node}.{atom.port}`, which does not exist",
            f"there is {ports}",
            loc,
            node.loc,
        )


def _ports(node: Node) -> tuple[str, ...]:
    return tuple(output.name for output in node.outputs) if isinstance(node, Task) else ()


def _opened(pack: Pack, reader: str, loc: Loc | None, check: _Check) -> Iterator[Const | In | Out]:
    stack: list[tuple[Atom, int]] = [(pack, 1)]
    while stack:
        atom, depth = stack.pop()
        if not isinstance(atom, Pack):
            yield atom
            continue
        if depth > MAX_PACK_DEPTH:
            what = f"`{reader}` takes lists, tuples or dicts nested more than {MAX_PACK_DEPTH} deep"
            check.say(what, "build the value inside a step", loc)
            continue
        if atom.shape == "dict" and (
            len(atom.keys) != len(atom.items) or len(set(atom.keys)) != len(atom.keys)
        ):
            check.say(
                f"`{reader}` takes a dict whose keys and items do not pair up", "give each item one key", loc
            )
        if atom.shape != "dict" and atom.keys:
            check.say(f"`{reader}` takes a {atom.shape} with keys", "only a dict has keys", loc)
        stack.extend((item, depth + 1) for item in reversed(atom.items))


def _after(node: Node, scope: _Scope, check: _Check) -> None:
    for name in node.after:
        if name not in scope.seen:
            check.say(
                f"`{node.id}` is after `{name}`, which is no earlier node of its block",
                "order the nodes",
                node.loc,
            )
    _distinct(check, f"`{node.id}`", "node that it is after,", node.after, node.loc)


def _task(node: Node, _scope: _Scope, check: _Check) -> list[_Scope]:
    assert isinstance(node, Task)
    if len(node.args) > 1 and len(dict(node.args)) < len(node.args):
        _distinct(check, f"`{node.id}`", "argument", [name for name, _ in node.args], node.loc)
    if id(node.outputs) not in check.sound:
        _outputs(node, check)
    return []


def _outputs(node: Task, check: _Check) -> None:
    before = len(check.problems)
    if not node.outputs:
        check.say(f"`{node.id}` has no output", f"a step that returns nothing still has `{RESULT}`", node.loc)
    if len(node.outputs) > 1:
        names = _ports(node)
        _distinct(check, f"`{node.id}`", "output", names, node.loc)
        if RESULT in names:
            check.say(
                f"one of several outputs of `{node.id}` is named `{RESULT}`", "that names the whole", node.loc
            )
    for output in node.outputs:
        if not output.name.isidentifier():
            check.say(
                f"the output {output.name!r} of `{node.id}` is not a name",
                "use letters, digits and _",
                node.loc,
            )
    if len(check.problems) == before:
        check.sound.add(id(node.outputs))


def _map(node: Node, scope: _Scope, check: _Check) -> list[_Scope]:
    assert isinstance(node, Map)
    if not node.over or len(node.over) != len(node.items):
        check.say(
            f"`{node.id}` binds {len(node.items)} items of {len(node.over)} lists",
            "bind one item for each list",
            node.loc,
        )
    wanted = (*node.items, *(name for name, _ in node.captures))
    _fits(node, node.body, wanted, "its items and captures", check)
    for atom in node.over:
        if (isinstance(atom, Pack) and atom.shape == "dict") or (
            isinstance(atom, Const) and not _is_list(atom.json)
        ):
            check.say(f"`{node.id}` maps over a value that is not a list", "map over a list", node.loc)
    return [_inside(node.body, node, scope)]


def _branch(node: Node, scope: _Scope, check: _Check) -> list[_Scope]:
    assert isinstance(node, Branch)
    wanted = tuple(name for name, _ in node.captures)
    _fits(node, node.then, wanted, "the captures", check)
    _fits(node, node.otherwise, wanted, "the captures", check)
    if isinstance(node.test, Pack) or (isinstance(node.test, Const) and node.test.json not in _BOOLS):
        check.say(
            f"`{node.id}` tests a value that is not a bool", "let a step return True or False", node.loc
        )
    return [_inside(node.then, node, scope), _inside(node.otherwise, node, scope)]


def _group(node: Node, scope: _Scope, check: _Check) -> list[_Scope]:
    assert isinstance(node, Group)
    if not _is_source(node.workflow):
        check.say(
            f"the source {node.workflow!r} of `{node.id}` is not `module:Class`", "name a class", node.loc
        )
    _fits(node, node.body, tuple(name for name, _ in node.captures), "the captures", check)
    return [_inside(node.body, node, scope)]


_Kind: TypeAlias = Callable[[Node, _Scope, _Check], list[_Scope]]
_KINDS: dict[type[Node], _Kind] = {Task: _task, Map: _map, Branch: _branch, Group: _group}


def _inside(block: Block, node: Node, scope: _Scope) -> _Scope:
    return _Scope(block, scope.depth + 1, node.loc, frozenset(block.inputs))


def _fits(node: Node, block: Block, wanted: tuple[str, ...], what: str, check: _Check) -> None:
    if block.inputs != wanted:
        check.say(
            f"a block of `{node.id}` has the inputs ({', '.join(block.inputs)}), not {what} ({', '.join(wanted)})",
            "make them agree, in this order",
            node.loc,
        )


def _on_exit(program: IRWorkflow, check: _Check) -> None:
    task = program.on_exit
    if task is None:
        return
    _id(task, check)
    scope = _Scope(program.body, 0, program.loc, ON_EXIT_INPUTS)
    for _, atom in task.args:
        _atom(atom, task.id, task.loc, scope, check)
    if task.after:
        check.say(f"`{task.id}` runs on exit, after everything", "drop what it is after", task.loc)
    _task(task, scope, check)


def _distinct(check: _Check, owner: str, kind: str, names: Iterable[str], loc: Loc | None) -> None:
    for one, other in pairwise(sorted(names)):
        if one == other:
            check.say(f"{owner} has the {kind} `{one}` twice", "names are given once", loc)


def _is_list(text: str) -> bool:
    return text.startswith("[")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
