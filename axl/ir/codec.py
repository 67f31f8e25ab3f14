"""The one JSON form of a workflow, and of a policy.

Keys that equal their default are left out, literals and schemas stay JSON text, so that no reader
changes `1.0` to `1` or the order of a dict. An operand is one of

    {"const": "[1,2]"}   {"in": "name"}   {"out": "node", "port": "model"}
    {"list": [operand, …]}   {"tuple": [operand, …]}   {"dict": [[key, operand], …]}

**Versions.** `ir_version` is read before anything else. A newer version is refused with a hint,
every older one is read. A key that a reader does not know is refused, because an option that is
quietly ignored makes another workflow than the one that was written; so every new key raises the
version, and a reader of version n fills in what versions below n did not write.

`axl.ir.schema` publishes the form as a JSON schema.
"""

from __future__ import annotations

import json

from axl.ir.document import JSON, parse, utf8
from axl.ir.nodes import IRWorkflow
from axl.ir.policy_codec import policy_from_json, policy_to_json
from axl.ir.read import read_workflow
from axl.ir.write import keep_place, write_workflow

__all__ = ["JSON", "decode", "encode", "from_json", "policy_from_json", "policy_to_json", "to_json"]


def to_json(program: IRWorkflow) -> dict[str, JSON]:
    """Return the JSON form of a workflow, locations included.

    Raises `DefinitionError` where blocks or packs are nested beyond `axl.ir.limits`.
    """
    form: dict[str, JSON] = json.loads(write_workflow(program, keep_place))
    return form


def from_json(data: JSON) -> IRWorkflow:
    """Return the workflow of a JSON form.

    Raises `DefinitionError` with the place, as in `body.nodes[3].args: expected a list`. What it
    returns has the right shape; whether it means something is for `axl.check` to say.
    """
    return read_workflow(data)


def encode(program: IRWorkflow) -> bytes:
    """Return the canonical JSON of a workflow: the same workflow gives the same bytes everywhere."""
    return utf8(write_workflow(program, keep_place))


def decode(data: bytes) -> IRWorkflow:
    """Return the workflow that `encode` wrote; `DefinitionError` for any other bytes."""
    return from_json(parse(data))
