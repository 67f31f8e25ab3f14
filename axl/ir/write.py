"""From a workflow to its JSON form; keys that equal their default are left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, assert_never

from axl.errors import DefinitionError, Loc
from axl.ir.document import JSON
from axl.ir.limits import MAX_BLOCK_DEPTH, MAX_PACK_DEPTH
from axl.ir.nodes import (
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
    Output,
    Pack,
    Param,
    Task,
)
from axl.ir.policy import Policy
from axl.ir.policy_codec import policy_to_json

Place: TypeAlias = Callable[[dict[str, JSON], Loc | None], None]
"""What becomes of a location: `keep_place` writes it, `drop_place` does not."""

_POLICY = Policy()


def keep_place(out: dict[str, JSON], loc: Loc | None) -> None:
    """Write the author's line as `file:line`."""
    if loc is not None:
        out["loc"] = f"{loc.file}:{loc.line}"


def drop_place(_out: dict[str, JSON], _loc: Loc | None) -> None:
    """Write nothing: the identity of a workflow does not depend on where its lines stand."""


def write_workflow(program: IRWorkflow, place: Place) -> dict[str, JSON]:
    """Return the JSON form; `DefinitionError` where blocks or packs are nested beyond the limits."""
    out: dict[str, JSON] = {
        "ir_version": program.ir_version,
        "name": program.name,
        "source": program.source,
        "body": _block(program.body, place, 0),
    }
    if program.doc:
        out["doc"] = program.doc
    if program.params:
        out["params"] = [_param(param, place) for param in program.params]
    if program.on_exit is not None:
        out["on_exit"] = _node(program.on_exit, place, 0)
    if program.schedule is not None:
        out["schedule"] = {"cron": program.schedule.cron, "timezone": program.schedule.timezone}
    if program.max_parallel is not None:
        out["max_parallel"] = program.max_parallel
    if program.defaults != _POLICY:
        out["defaults"] = policy_to_json(program.defaults)
    place(out, program.loc)
    return out


def _block(block: Block, place: Place, depth: int) -> JSON:
    if depth > MAX_BLOCK_DEPTH:
        raise DefinitionError(
            f"blocks are nested {depth} deep, the limit is {MAX_BLOCK_DEPTH}",
            hint="move the inner work into a step",
        )
    out: dict[str, JSON] = {"result": _atom(block.result, 0)}
    if block.inputs:
        out["inputs"] = list(block.inputs)
    if block.nodes:
        out["nodes"] = [_node(node, place, depth) for node in block.nodes]
    return out


def _node(node: Node, place: Place, depth: int) -> JSON:
    match node:
        case Task():
            out = _task(node)
        case Map():
            out = _map(node, place, depth)
        case Branch():
            out = {
                "kind": "branch",
                "id": node.id,
                "test": _atom(node.test, 0),
                "then": _block(node.then, place, depth + 1),
                "otherwise": _block(node.otherwise, place, depth + 1),
            }
            _bindings(out, "captures", node.captures)
        case Group():
            out = {
                "kind": "group",
                "id": node.id,
                "workflow": node.workflow,
                "body": _block(node.body, place, depth + 1),
            }
            _bindings(out, "captures", node.captures)
        case _:
            assert_never(node)
    if node.after:
        out["after"] = list(node.after)
    place(out, node.loc)
    return out


def _task(task: Task) -> dict[str, JSON]:
    out: dict[str, JSON] = {
        "kind": "task",
        "id": task.id,
        "step": task.step,
        "outputs": [_output(output) for output in task.outputs],
    }
    _bindings(out, "args", task.args)
    if task.policy is not _POLICY and task.policy != _POLICY:
        out["policy"] = policy_to_json(task.policy)
    return out


def _map(node: Map, place: Place, depth: int) -> dict[str, JSON]:
    out: dict[str, JSON] = {
        "kind": "map",
        "id": node.id,
        "over": [_atom(atom, 0) for atom in node.over],
        "items": list(node.items),
        "body": _block(node.body, place, depth + 1),
    }
    _bindings(out, "captures", node.captures)
    for name, value in (
        ("concurrency", node.concurrency),
        ("batch", node.batch),
        ("max_items", node.max_items),
    ):
        if value is not None:
            out[name] = value
    return out


def _bindings(out: dict[str, JSON], key: str, bindings: tuple[tuple[str, Atom], ...]) -> None:
    if bindings:
        out[key] = [[name, _atom(atom, 0)] for name, atom in bindings]


def _atom(atom: Atom, depth: int) -> JSON:
    match atom:
        case Out():
            return {"out": atom.node} if atom.port == RESULT else {"out": atom.node, "port": atom.port}
        case In():
            return {"in": atom.name}
        case Const():
            return {"const": atom.json}
        case Pack():
            return _pack(atom, depth + 1)
        case _:
            assert_never(atom)


def _pack(pack: Pack, depth: int) -> JSON:
    if depth > MAX_PACK_DEPTH:
        raise DefinitionError(
            f"lists, tuples and dicts are nested more than {MAX_PACK_DEPTH} deep around symbols",
            hint="build the value inside a step",
        )
    items = [_atom(item, depth) for item in pack.items]
    if pack.shape == "dict":
        return {"dict": [[key, item] for key, item in zip(pack.keys, items, strict=True)]}
    return {pack.shape: items}


def _output(output: Output) -> JSON:
    return {"name": output.name, "type": output.type, "handler": output.handler, "ext": output.ext}


def _param(param: Param, place: Place) -> JSON:
    out: dict[str, JSON] = {"name": param.name, "type": param.type, "schema": param.schema}
    if param.default is not None:
        out["default"] = param.default.json
    if param.required:
        out["required"] = True
    if param.doc:
        out["doc"] = param.doc
    if param.step:
        out["step"] = param.step
    place(out, param.loc)
    return out
