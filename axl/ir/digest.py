"""The identity of a workflow: the blake3 digest of its canonical JSON without locations."""

from __future__ import annotations

from blake3 import blake3

from axl.ir.document import utf8
from axl.ir.nodes import IRWorkflow
from axl.ir.write import drop_place, write_workflow


def workflow_hash(program: IRWorkflow) -> str:
    """Return 64 hexadecimal digits, the same in every process and on every machine."""
    return blake3(utf8(write_workflow(program, drop_place))).hexdigest()
