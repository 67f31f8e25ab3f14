"""Finds steps of maps that write a file of one fixed name and return it: at once, the items overwrite it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from axl.dsl.describe import source_of, steps_of
from axl.dsl.trace import called_by
from axl.dsl.writes import Writes
from axl.ir.nodes import IRWorkflow, Map, Task
from axl.ir.walk import BlockPath, nodes

if TYPE_CHECKING:
    from axl.dsl.step import Step
    from axl.dsl.workflow import Workflow


def shared_files(cls: type[Workflow], program: IRWorkflow) -> Iterator[tuple[Step[Any, Any, Any], str]]:
    """Yield each such step of a traced workflow, with the file that it returns."""
    owners = {source_of(owner): owner for owner in (cls, *called_by(cls, program))}
    maps: set[BlockPath] = set()
    seen: set[tuple[str, str]] = set()
    for visit in nodes(program):
        if isinstance(visit.node, Map):
            maps.add((*visit.path, visit.node.id))
        if not isinstance(visit.node, Task) or (visit.source, visit.node.step) in seen:
            continue
        if any(visit.path[:length] in maps for length in range(1, len(visit.path) + 1)):
            seen.add((visit.source, visit.node.step))
            step = steps_of(owners[visit.source])[visit.node.step]
            if file := _fixed_file(step):
                yield step, file


def _fixed_file(step: Step[Any, Any, Any]) -> str:
    """Return the file of one name that a step writes and returns, empty where there is none."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(step.function))))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ""
    writes, returned = Writes(), list[ast.expr]()
    for node in ast.walk(tree):
        match node:
            case ast.Call():
                writes.call(node)
            case ast.Assign(targets=[target], value=value):
                writes.assign(target, value)
            case ast.Return(value=ast.expr() as value):
                returned.append(value)
            case _:
                pass
    written = set(writes.parts())
    return next(filter(None, (_fixed(writes.parts_of(value), written) for value in returned)), "")


def _fixed(parts: Sequence[ast.expr], written: AbstractSet[ast.expr]) -> str:
    """Return a path that is put together of texts alone, some of them written to; empty for another."""
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "/".join(texts) if len(texts) == len(parts) and not written.isdisjoint(parts) else ""
