"""Finds steps of maps that write a file of one fixed name and return it: at once, the items overwrite it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from axl.dsl.describe import source_of, steps_of
from axl.dsl.forgotten import names_in
from axl.dsl.trace import called_by
from axl.ir.nodes import IRWorkflow, Map, Task
from axl.ir.walk import BlockPath, nodes

if TYPE_CHECKING:
    from axl.dsl.step import Step
    from axl.dsl.workflow import Workflow

_WRITING = ("write", "to_", "save", "dump", "open", "touch", "mkdir", "copy")


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
    function = inspect.unwrap(step.function)
    if not any(name.startswith(_WRITING) for name in names_in(function.__code__)):
        return ""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ""
    names = dict(_assigned(tree))
    returned = (node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value)
    return next((file for value in returned if (file := _path(value, names))), "")


def _assigned(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that are bound once, with what they are bound to."""
    stored = [
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    for node in ast.walk(tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Name) and stored.count(target.id) == 1:
            yield target.id, node.value


def _path(node: ast.expr, names: Mapping[str, ast.expr]) -> str:
    """Return the path that an expression of constants makes, empty where it is none."""
    match node:
        case ast.Call(func=ast.Name(id="Path") | ast.Attribute(attr="Path"), args=[*parts], keywords=[]):
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            whole = [text for text in texts if isinstance(text, str)]
            return "/".join(whole) if whole and len(whole) == len(parts) else ""
        case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant(value=str(right))):
            found = _path(left, names)
            return f"{found}/{right}" if found else ""
        case ast.Name(id=name) if name in names:
            return _path(names[name], {key: value for key, value in names.items() if key != name})
        case _:
            return ""
