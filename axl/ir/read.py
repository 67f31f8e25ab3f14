"""From a JSON form back to a workflow; every mistake is named with its place."""

from __future__ import annotations

from typing import Literal, cast

from axl.errors import DefinitionError, Loc
from axl.ir.document import JSON
from axl.ir.fields import Fields, Path, as_choice, as_object, pair, wrong
from axl.ir.limits import MAX_BLOCK_DEPTH, MAX_PACK_DEPTH
from axl.ir.nodes import (
    IR_VERSION,
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
    Schedule,
    Task,
)
from axl.ir.policy import Policy
from axl.ir.policy_codec import read_policy

_POLICY = Policy()


def read_workflow(data: JSON) -> IRWorkflow:
    """Return the workflow of a JSON form; `DefinitionError` names the place where it is not one."""
    fields = Fields(data, None)
    _version(fields.whole("ir_version"))
    program = IRWorkflow(
        name=fields.text("name"),
        source=fields.text("source"),
        doc=fields.text_or("doc", ""),
        params=tuple(_param(item, at) for item, at in fields.items("params")),
        body=_block(fields.take("body"), fields.at("body"), 0),
        on_exit=_on_exit(fields),
        schedule=_schedule(fields),
        max_parallel=fields.count("max_parallel"),
        defaults=_policy(fields, "defaults"),
        loc=_loc(fields),
    )
    fields.close()
    return program


def _version(version: int) -> None:
    if version > IR_VERSION:
        raise DefinitionError(
            f"this workflow document has version {version}, this axl reads up to {IR_VERSION}",
            hint="use the axl release that wrote it, or a newer one",
        )
    if version < 1:
        raise wrong((None, "ir_version"), f"there is no version {version}")


def _block(data: JSON, path: Path, depth: int) -> Block:
    if depth > MAX_BLOCK_DEPTH:
        raise wrong(path, f"blocks are nested more than {MAX_BLOCK_DEPTH} deep")
    fields = Fields(data, path)
    block = Block(
        inputs=fields.texts("inputs"),
        nodes=tuple(_node(item, at, depth) for item, at in fields.items("nodes")),
        result=_atom(fields.take("result"), fields.at("result"), 0),
    )
    fields.close()
    return block


def _node(data: JSON, path: Path, depth: int) -> Node:
    fields = Fields(data, path)
    kind = fields.text("kind")
    as_choice(kind, ("task", "map", "branch", "group"), fields.at("kind"))
    node: Node
    if kind == "task":
        node = _task(fields)
    elif kind == "map":
        node = _map(fields, depth)
    elif kind == "branch":
        node = _branch(fields, depth)
    else:
        node = _group(fields, depth)
    fields.close()
    return node


def _task(fields: Fields) -> Task:
    return Task(
        id=fields.text("id"),
        step=fields.text("step"),
        args=_bindings(fields, "args"),
        outputs=tuple(_output(item, at) for item, at in fields.items("outputs")),
        policy=_policy(fields, "policy"),
        after=fields.texts("after"),
        loc=_loc(fields),
    )


def _map(fields: Fields, depth: int) -> Map:
    return Map(
        id=fields.text("id"),
        over=tuple(_atom(item, at, 0) for item, at in fields.items("over")),
        items=fields.texts("items"),
        captures=_bindings(fields, "captures"),
        body=_block(fields.take("body"), fields.at("body"), depth + 1),
        concurrency=fields.count("concurrency"),
        batch=fields.count("batch"),
        max_items=fields.count("max_items"),
        after=fields.texts("after"),
        loc=_loc(fields),
    )


def _branch(fields: Fields, depth: int) -> Branch:
    return Branch(
        id=fields.text("id"),
        test=_atom(fields.take("test"), fields.at("test"), 0),
        captures=_bindings(fields, "captures"),
        then=_block(fields.take("then"), fields.at("then"), depth + 1),
        otherwise=_block(fields.take("otherwise"), fields.at("otherwise"), depth + 1),
        after=fields.texts("after"),
        loc=_loc(fields),
    )


def _group(fields: Fields, depth: int) -> Group:
    return Group(
        id=fields.text("id"),
        workflow=fields.text("workflow"),
        captures=_bindings(fields, "captures"),
        body=_block(fields.take("body"), fields.at("body"), depth + 1),
        after=fields.texts("after"),
        loc=_loc(fields),
    )


def _bindings(fields: Fields, key: str) -> tuple[tuple[str, Atom], ...]:
    found = []
    for item, at in fields.items(key):
        name, value = pair(item, at)
        found.append((name, _atom(value, (at, 1), 0)))
    return tuple(found)


def _atom(data: JSON, path: Path, depth: int) -> Atom:
    match data:
        case {"out": str(node), **rest} if not rest:
            return Out(node)
        case {"out": str(node), "port": str(port), **rest} if not rest:
            return Out(node, port)
        case {"in": str(name), **rest} if not rest:
            return In(name)
        case {"const": str(text), **rest} if not rest:
            return Const(text)
        case {"list": list(), **rest} | {"tuple": list(), **rest} | {"dict": list(), **rest} if not rest:
            return _pack(data, path, depth + 1)
        case _:
            as_object(data, path)
            raise wrong(
                path, "this is no operand", 'write {"const": …}, {"in": …}, {"out": …} or a list of them'
            )


def _pack(data: JSON, path: Path, depth: int) -> Pack:
    if depth > MAX_PACK_DEPTH:
        raise wrong(path, f"lists, tuples and dicts are nested more than {MAX_PACK_DEPTH} deep")
    fields = Fields(data, path)
    if fields.has("dict"):
        pairs = [(pair(item, at), at) for item, at in fields.items("dict")]
        items = tuple(_atom(value, (at, 1), depth) for (_, value), at in pairs)
        return Pack("dict", items, tuple(key for (key, _), _ in pairs))
    shape = "list" if fields.has("list") else "tuple"
    return Pack(
        cast("Literal['list', 'tuple']", shape),
        tuple(_atom(item, at, depth) for item, at in fields.items(shape)),
    )


def _output(data: JSON, path: Path) -> Output:
    fields = Fields(data, path)
    output = Output(
        name=fields.text("name"),
        type=fields.text("type"),
        handler=fields.text("handler"),
        ext=fields.text("ext"),
    )
    fields.close()
    return output


def _param(data: JSON, path: Path) -> Param:
    fields = Fields(data, path)
    param = Param(
        name=fields.text("name"),
        type=fields.text("type"),
        schema=fields.text("schema"),
        default=Const(fields.text("default")) if fields.has("default") else None,
        required=fields.truth_or("required", default=False),
        doc=fields.text_or("doc", ""),
        step=fields.text_or("step", ""),
        loc=_loc(fields),
    )
    fields.close()
    return param


def _on_exit(fields: Fields) -> Task | None:
    if not fields.has("on_exit"):
        return None
    node = _node(fields.take("on_exit"), fields.at("on_exit"), 0)
    if not isinstance(node, Task):
        raise wrong(fields.at("on_exit"), "only a task can run on exit")
    return node


def _schedule(fields: Fields) -> Schedule | None:
    if not fields.has("schedule"):
        return None
    inner = Fields(fields.take("schedule"), fields.at("schedule"))
    schedule = Schedule(cron=inner.text("cron"), timezone=inner.text_or("timezone", "UTC"))
    inner.close()
    return schedule


def _policy(fields: Fields, key: str) -> Policy:
    return read_policy(fields.take(key), fields.at(key)) if fields.has(key) else _POLICY


def _loc(fields: Fields) -> Loc | None:
    if not fields.has("loc"):
        return None
    text = fields.text("loc")
    file, _, line = text.rpartition(":")
    if not file or not (line.isascii() and line.isdigit()) or len(line) > 9:
        raise wrong(fields.at("loc"), f"{text[:80]!r} is not file:line")
    return Loc(file, int(line))
