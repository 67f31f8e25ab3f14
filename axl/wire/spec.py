"""The task spec: everything that a process needs to run one attempt, as one JSON document."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal, cast

from axl.errors import UsageError
from axl.ir.codec import policy_from_json, policy_to_json
from axl.ir.policy import Policy
from axl.wire.address import Index
from axl.wire.values import JSON, Value, from_json, quoted, to_text

SPEC_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSpec:
    """One artifact to store; a `split` list is stored item by item, because a map runs over it."""

    name: str
    handler: str
    split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSpec:
    """One attempt at one node instance.

    `workflow` is `module:Class`, `path` the folder that has to be importable for it. `op="split"`
    is the engine's own task: it stores the list in its only input item by item.
    """

    run: str
    node: str
    index: Index = ()
    attempt: int = 1
    workflow: str
    path: str = ""
    step: str
    op: Literal["call", "split"] = "call"
    inputs: tuple[tuple[str, Value], ...] = ()
    outputs: tuple[OutputSpec, ...] = ()
    policy: Policy = field(default_factory=Policy)
    store: str
    code: str = ""

    def encode(self) -> bytes:
        """Return the document as UTF-8 JSON, without a line break."""
        inputs = ",".join([f"[{quoted(name)},{to_text(value)}]" for name, value in self.inputs])
        outputs = ",".join(
            [
                f"[{quoted(out.name)},{quoted(out.handler)},{'true' if out.split else 'false'}]"
                for out in self.outputs
            ]
        )
        return (
            f'{{"spec":{SPEC_VERSION},"run":{quoted(self.run)},"node":{quoted(self.node)},"index":{list(self.index)}'
            f',"attempt":{self.attempt},"workflow":{quoted(self.workflow)},"path":{quoted(self.path)}'
            f',"step":{quoted(self.step)},"op":"{self.op}","inputs":[{inputs}],"outputs":[{outputs}]'
            f',"policy":{_policy_text(self.policy)},"store":{quoted(self.store)},"code":{quoted(self.code)}}}'
        ).encode()


_POLICIES: dict[int, tuple[Policy, str]] = {}


def _policy_text(policy: Policy) -> str:
    """Return a policy's JSON; by identity, because a program's few policies are written very often."""
    known = _POLICIES.get(id(policy))
    if known is None or known[0] is not policy:
        text = json.dumps(policy_to_json(policy), ensure_ascii=False, separators=(",", ":"))
        known = _POLICIES[id(policy)] = (policy, text)
    return known[1]


def decode_spec(data: bytes) -> TaskSpec:
    """Read a task spec; `UsageError` when it is not one, or is of a newer version."""
    try:
        doc = json.loads(data)
        version = doc["spec"]
        if version != SPEC_VERSION:
            raise UsageError(
                f"this task spec has version {version!r}, this axl reads {SPEC_VERSION}",
                hint="run it with the axl release that wrote it",
            )
        return TaskSpec(
            run=doc["run"],
            node=doc["node"],
            index=tuple(doc["index"]),
            attempt=doc["attempt"],
            workflow=doc["workflow"],
            path=doc["path"],
            step=doc["step"],
            op=doc["op"],
            inputs=tuple((name, from_json(cast("JSON", value))) for name, value in doc["inputs"]),
            outputs=tuple(
                OutputSpec(name=name, handler=handler, split=split) for name, handler, split in doc["outputs"]
            ),
            policy=policy_from_json(doc["policy"]),
            store=doc["store"],
            code=doc["code"],
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"not a task spec: {error!r}", hint="a task spec is one JSON document, as axl writes it"
        ) from error
