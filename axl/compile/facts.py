"""What a compilation was made from, as facts that it carries along and that two of them are compared by.

A fact is a line of JSON about the workflow, a parameter or a node. A target writes the lines where its
language has comments, so that `axl diff` can say what changed without the workflow of then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import assert_never

from blake3 import blake3

from axl.compile.target import Origin
from axl.errors import UsageError
from axl.ir.nodes import Atom, Branch, Const, Group, In, IRWorkflow, Map, Node, Out, Pack, Param, Task
from axl.ir.policy import Policy
from axl.ir.policy_codec import policy_to_json
from axl.ir.walk import nodes
from axl.wire.values import JSON

HEADING = "Compiled from, for `axl diff`:"
WORKFLOW = "workflow"
_LONG = 60

Facts = Mapping[str, Mapping[str, JSON]]
"""By subject, which is `workflow`, `parameter NAME` or a node's id: what is known of it, by name."""


def facts_of(program: IRWorkflow, origin: Origin) -> Facts:
    """Return what a compilation of a program is made from."""
    out: dict[str, dict[str, JSON]] = {WORKFLOW: _workflow(program)}
    out.update((f"parameter {param.name}", _param(param)) for param in program.params)
    policies: dict[int, dict[str, JSON]] = {}
    for visit in nodes(program):
        out[visit.node.id] = _node(visit.node, visit.source, visit.path, origin, policies)
    if program.on_exit is not None:
        out[program.on_exit.id] = _node(program.on_exit, program.source, (), origin, policies)
    return out


def lines_of(facts: Facts) -> Iterator[str]:
    """Yield the lines that carry facts, each without a line break, in plain ASCII."""
    yield HEADING
    for subject, known in facts.items():
        yield f"  {json.dumps(subject)} {json.dumps(known)}"


def read_facts(text: str, comment: str, name: str) -> Facts:
    """Return the facts that a compiled file carries in lines that begin with `comment`.

    Raises `UsageError`, with the file's name, when it has none.
    """
    out: dict[str, dict[str, JSON]] = {}
    lines = iter(text.split("\n"))
    if f"{comment} {HEADING}" not in lines:
        raise UsageError(f"{name} was not compiled by axl", hint="name a file that `axl compile` wrote")
    decoder = json.JSONDecoder()
    for line in lines:
        if not line.startswith(f"{comment}   "):
            break
        rest = line.removeprefix(f"{comment}   ")
        try:
            subject, end = decoder.raw_decode(rest)
            out[str(subject)] = dict(json.loads(rest[end:]))
        except ValueError as error:
            raise UsageError(f"{name} is damaged: {line[:80]!r}", hint="compile it again") from error
    return out


def atom_text(atom: Atom) -> str:
    """Return an operand as a person writes it down; a long literal by its digest."""
    match atom:
        case Const():
            if len(atom.json) <= _LONG:
                return atom.json
            return f"{atom.json[:20]}… {blake3(atom.json.encode()).hexdigest()[:8]}"
        case In():
            return f"%{atom.name}"
        case Out():
            return atom.node if atom.port == "result" else f"{atom.node}.{atom.port}"
        case Pack():
            return f"{atom.shape}({', '.join(map(atom_text, atom.items))})"
        case _:
            assert_never(atom)


def _workflow(program: IRWorkflow) -> dict[str, JSON]:
    out: dict[str, JSON] = {
        "name": program.name,
        "source": program.source,
        "hash": program.compute_hash()[:16],
        "result": atom_text(program.body.result),
    }
    if program.schedule is not None:
        out["schedule"] = f"{program.schedule.cron} {program.schedule.timezone}"
    if program.max_parallel is not None:
        out["max_parallel"] = program.max_parallel
    return out


def _param(param: Param) -> dict[str, JSON]:
    out: dict[str, JSON] = {"type": param.type}
    if param.default is not None:
        out["default"] = atom_text(param.default)
    return out


def _node(
    node: Node, source: str, path: tuple[str, ...], origin: Origin, policies: dict[int, dict[str, JSON]]
) -> dict[str, JSON]:
    out: dict[str, JSON] = {}
    if path:
        out["in"] = "/".join(path)
    if node.after:
        out["after"] = list(node.after)
    match node:
        case Task():
            known = policies.get(id(node.policy))
            if known is None:
                known = policies[id(node.policy)] = dict(_policy(node.policy))
            code = origin.steps.get(f"{source}/{node.step}")
            out["step"] = f"{source}/{node.step}"
            if code is not None and code.digest:
                out["code"] = code.digest[:16]
            out["reads"] = {name: atom_text(atom) for name, atom in node.args}
            out["gives"] = {output.name: f"{output.type} ({output.handler})" for output in node.outputs}
            out |= known
        case Map():
            out["over"] = [atom_text(atom) for atom in node.over]
            sizes = {"concurrency": node.concurrency, "batch": node.batch, "max_items": node.max_items}
            out |= {name: size for name, size in sizes.items() if size is not None}
        case Branch():
            out["test"] = atom_text(node.test)
        case Group():
            out["workflow"] = node.workflow
        case _:
            assert_never(node)
    return out


def _policy(policy: Policy) -> Iterator[tuple[str, JSON]]:
    """Yield what is set of a policy, one fact for each setting; values of variables as digests."""
    known = policy_to_json(policy)
    assert isinstance(known, dict)
    for name, value in known.items():
        if name == "env":
            yield name, {key: blake3(text.encode()).hexdigest()[:8] for key, text in policy.env}
        elif name in ("resources", "retry", "cache") and isinstance(value, dict):
            yield from value.items()
        else:
            yield name, value
