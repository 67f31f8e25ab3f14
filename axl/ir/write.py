"""From a workflow to its canonical JSON text; keys that equal their default are left out.

Nodes and operands are written as text at once, keys in sorted order, because a workflow of many
nodes is hashed on every run; everything else goes through `canonical`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from json.encoder import encode_basestring as quote
from typing import TypeAlias, assert_never

from axl.errors import DefinitionError, Loc
from axl.ir.document import JSON, canonical
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

Place: TypeAlias = Callable[[Loc | None], str]
"""How a location is written, as text; empty leaves it out."""

_POLICY = Policy()


def keep_place(loc: Loc | None) -> str:
    """Write the author's line as `file:line`."""
    return f"{loc.file}:{loc.line}" if loc is not None else ""


def drop_place(_loc: Loc | None) -> str:
    """Write nothing: the identity of a workflow does not depend on where its lines stand."""
    return ""


def write_workflow(program: IRWorkflow, place: Place) -> str:
    """Return the canonical JSON of a workflow.

    Raises `DefinitionError` where blocks or packs are nested beyond the limits, and for a number
    that JSON cannot hold.
    """
    writer = _Writer(place)
    parts = [f'"body":{writer.block(program.body, 0)}']
    if program.defaults != _POLICY:
        parts.append(f'"defaults":{canonical(policy_to_json(program.defaults))}')
    if program.doc:
        parts.append(f'"doc":{quote(program.doc)}')
    parts.append(f'"ir_version":{canonical(program.ir_version)}')
    if loc := place(program.loc):
        parts.append(f'"loc":{quote(loc)}')
    if program.max_parallel is not None:
        parts.append(f'"max_parallel":{canonical(program.max_parallel)}')
    parts.append(f'"name":{quote(program.name)}')
    if program.on_exit is not None:
        parts.append(f'"on_exit":{writer.node(program.on_exit, 0)}')
    if program.params:
        parts.append(f'"params":{canonical([_param(param, place) for param in program.params])}')
    if program.schedule is not None:
        parts.append(
            f'"schedule":{canonical({"cron": program.schedule.cron, "timezone": program.schedule.timezone})}'
        )
    parts.append(f'"source":{quote(program.source)}')
    return f"{{{','.join(parts)}}}"


@dataclass(slots=True, eq=False)
class _Writer:
    """Writes nodes; policies and outputs, which calls of one step share, are written once each."""

    place: Place
    known: dict[int, str] = field(default_factory=dict)

    def block(self, block: Block, depth: int) -> str:
        if depth > MAX_BLOCK_DEPTH:
            raise DefinitionError(
                f"maps, branches and workflows are nested more than {MAX_BLOCK_DEPTH} deep",
                hint="move the inner work into a step",
            )
        parts = [f'"inputs":{_texts(block.inputs)}'] if block.inputs else []
        if block.nodes:
            parts.append(f'"nodes":[{",".join([self.node(node, depth) for node in block.nodes])}]')
        parts.append(f'"result":{_atom(block.result, 0)}')
        return f"{{{','.join(parts)}}}"

    def node(self, node: Node, depth: int) -> str:
        parts = [f'"after":{_texts(node.after)}'] if node.after else []
        match node:
            case Task():
                self._task(node, parts)
            case Map():
                self._map(node, parts, depth)
            case Branch():
                self._branch(node, parts, depth)
            case Group():
                self._group(node, parts, depth)
            case _:
                assert_never(node)
        return f"{{{','.join(parts)}}}"

    def _task(self, node: Task, parts: list[str]) -> None:
        if node.args:
            parts.append(f'"args":{_bindings(node.args)}')
        self._head(node, "task", parts)
        parts.append(f'"outputs":{self._outputs(node.outputs)}')
        policy = self._policy(node.policy)
        if policy != "{}":
            parts.append(f'"policy":{policy}')
        parts.append(f'"step":{quote(node.step)}')

    def _map(self, node: Map, parts: list[str], depth: int) -> None:
        if node.batch is not None:
            parts.append(f'"batch":{canonical(node.batch)}')
        parts.append(f'"body":{self.block(node.body, depth + 1)}')
        if node.captures:
            parts.append(f'"captures":{_bindings(node.captures)}')
        if node.concurrency is not None:
            parts.append(f'"concurrency":{canonical(node.concurrency)}')
        parts.append(f'"id":{quote(node.id)},"items":{_texts(node.items)},"kind":"map"')
        if loc := self.place(node.loc):
            parts.append(f'"loc":{quote(loc)}')
        if node.max_items is not None:
            parts.append(f'"max_items":{canonical(node.max_items)}')
        parts.append(f'"over":[{",".join([_atom(atom, 0) for atom in node.over])}]')

    def _branch(self, node: Branch, parts: list[str], depth: int) -> None:
        if node.captures:
            parts.append(f'"captures":{_bindings(node.captures)}')
        self._head(node, "branch", parts)
        parts.append(f'"otherwise":{self.block(node.otherwise, depth + 1)}')
        parts.append(f'"test":{_atom(node.test, 0)}')
        parts.append(f'"then":{self.block(node.then, depth + 1)}')

    def _group(self, node: Group, parts: list[str], depth: int) -> None:
        parts.append(f'"body":{self.block(node.body, depth + 1)}')
        if node.captures:
            parts.append(f'"captures":{_bindings(node.captures)}')
        self._head(node, "group", parts)
        parts.append(f'"workflow":{quote(node.workflow)}')

    def _head(self, node: Node, kind: str, parts: list[str]) -> None:
        parts.append(f'"id":{quote(node.id)},"kind":"{kind}"')
        if loc := self.place(node.loc):
            parts.append(f'"loc":{quote(loc)}')

    def _outputs(self, outputs: tuple[Output, ...]) -> str:
        text = self.known.get(id(outputs))
        if text is None:
            text = self.known[id(outputs)] = canonical([_output(output) for output in outputs])
        return text

    def _policy(self, policy: Policy) -> str:
        text = self.known.get(id(policy))
        if text is None:
            text = self.known[id(policy)] = canonical(policy_to_json(policy))
        return text


def _bindings(bindings: tuple[tuple[str, Atom], ...]) -> str:
    return f"[{','.join([f'[{quote(name)},{_atom(atom, 0)}]' for name, atom in bindings])}]"


def _atom(atom: Atom, depth: int) -> str:
    match atom:
        case Out():
            port = "" if atom.port == RESULT else f',"port":{quote(atom.port)}'
            return f'{{"out":{quote(atom.node)}{port}}}'
        case In():
            return f'{{"in":{quote(atom.name)}}}'
        case Const():
            return f'{{"const":{quote(atom.json)}}}'
        case Pack():
            return _pack(atom, depth + 1)
        case _:
            assert_never(atom)


def _pack(pack: Pack, depth: int) -> str:
    if depth > MAX_PACK_DEPTH:
        raise DefinitionError(
            f"lists, tuples and dicts are nested more than {MAX_PACK_DEPTH} deep around symbols",
            hint="build the value inside a step",
        )
    items = [_atom(item, depth) for item in pack.items]
    if pack.shape == "dict":
        items = [f"[{quote(key)},{item}]" for key, item in zip(pack.keys, items, strict=True)]
    return f'{{"{pack.shape}":[{",".join(items)}]}}'


def _texts(texts: tuple[str, ...]) -> str:
    return f"[{','.join([quote(text) for text in texts])}]"


def _output(output: Output) -> JSON:
    return {"name": output.name, "type": output.type, "handler": output.handler, "ext": output.ext}


def _param(param: Param, place: Place) -> JSON:
    out: dict[str, JSON] = {"name": param.name, "type": param.type, "schema": param.schema}
    if param.default is not None:
        out["default"] = param.default.json
    if param.required:
        out["required"] = True
    optional = (("doc", param.doc), ("step", param.step), ("loc", place(param.loc)))
    out.update((name, text) for name, text in optional if text)
    return out
