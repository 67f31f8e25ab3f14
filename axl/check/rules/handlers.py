"""Every output is stored by a handler and a compression that exist."""

from __future__ import annotations

from collections.abc import Iterator

from axl.check.wording import lines
from axl.errors import AxlError, Problem
from axl.io.handlers import ext_of
from axl.ir.hints import Hints
from axl.ir.nodes import IRWorkflow
from axl.ir.walk import tasks

RULE = "handlers"


def check(program: IRWorkflow, _hints: Hints | None = None) -> Iterator[Problem]:
    """Yield a problem for every step with an output that nothing can store."""
    faults: dict[str, AxlError | None] = {}
    seen: set[tuple[str, str]] = set()
    for source, task in tasks(program):
        if (source, task.step) in seen:
            continue
        seen.add((source, task.step))
        for output in task.outputs:
            if output.handler not in faults:
                faults[output.handler] = _fault(output.handler)
            error = faults[output.handler]
            if error is not None:
                what = f"the output `{output.name}` of step `{task.step}`: {error.what}"
                yield Problem(rule=RULE, what=what, where=lines(task.loc), hint=error.hint)


def _fault(name: str) -> AxlError | None:
    try:
        ext_of(name)
    except AxlError as error:
        return error
    return None
