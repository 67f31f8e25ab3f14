"""Lists that are mapped over together have one length, as far as it is known before the run."""

from __future__ import annotations

import json
from collections.abc import Iterator

from axl.check.wording import lines
from axl.errors import Problem
from axl.ir.hints import Hints
from axl.ir.nodes import Atom, Const, IRWorkflow, Map, Pack
from axl.ir.walk import nodes

RULE = "lengths"


def check(program: IRWorkflow, _hints: Hints | None = None) -> Iterator[Problem]:
    """Yield a problem for every map whose written lists differ in length, or exceed `max_items`."""
    for visit in nodes(program):
        node = visit.node
        if isinstance(node, Map):
            yield from _of(node)


def _of(node: Map) -> Iterator[Problem]:
    known = {
        name: length
        for name, atom in zip(node.items, node.over, strict=True)
        if (length := _length(atom)) is not None
    }
    if len(set(known.values())) > 1:
        counts = ", ".join(f"`{name}` has {length}" for name, length in known.items())
        yield Problem(
            rule=RULE,
            what=f"the lists that `{node.id}` maps over differ in length: {counts}",
            where=lines(node.loc),
            hint="a map takes one item of each list at a time; for all pairs, make the pairs first",
        )
    longest = max(known.values(), default=0)
    if node.max_items is not None and longest > node.max_items:
        yield Problem(
            rule=RULE,
            what=f"`{node.id}` maps over {longest} items, but promises max_items={node.max_items}",
            where=lines(node.loc),
            hint=f"write max_items={longest}, or drop it",
        )


def _length(atom: Atom) -> int | None:
    if isinstance(atom, Pack):
        return len(atom.items)
    if not isinstance(atom, Const):
        return None
    try:
        value = json.loads(atom.json)
    except (ValueError, RecursionError):
        return None
    return len(value) if isinstance(value, list) else None
