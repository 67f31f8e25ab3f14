"""Lists that are mapped over together have one length, as far as it is known before the run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from axl.check.wording import lines
from axl.errors import Problem
from axl.ir.hints import Hints
from axl.ir.nodes import RESULT, Atom, Block, Branch, Const, Group, In, IRWorkflow, Map, Node, Out, Pack, Task

RULE = "lengths"


@dataclass(frozen=True, slots=True)
class _List:
    """A list: its length, where that is known, and what is known of each of its items."""

    length: int | None
    item: _Known = None


_Known = _List | None


def check(program: IRWorkflow, _hints: Hints | None = None) -> Iterator[Problem]:
    """Yield a problem for every map whose lists are known to differ in length, or to exceed `max_items`."""
    follow = _Follow()
    follow.block(program.body, {})
    yield from follow.problems


class _Follow:
    """Follows the lengths of lists through blocks; blocks are nested to a fixed depth."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def block(self, block: Block, inputs: Mapping[str, _Known]) -> _Known:
        """Look at every map of a block, and return what is known of its result."""
        results: dict[str, _Known] = {}
        for node in block.nodes:
            if not isinstance(node, Task):
                results[node.id] = self._node(node, inputs, results)
        return _known(block.result, inputs, results)

    def _node(self, node: Node, inputs: Mapping[str, _Known], results: Mapping[str, _Known]) -> _Known:
        if isinstance(node, Task):
            return None
        captured = {name: _known(atom, inputs, results) for name, atom in node.captures}
        match node:
            case Map():
                over = [_known(atom, inputs, results) for atom in node.over]
                return self._map(node, over, captured)
            case Branch():
                return _same(self.block(arm, captured) for arm in (node.then, node.otherwise))
            case Group():
                return self.block(node.body, captured)
            case _:
                assert_never(node)

    def _map(self, node: Map, over: list[_Known], captured: dict[str, _Known]) -> _Known:
        named = dict(zip(node.items, over, strict=True))
        lengths = {name: found.length for name, found in named.items() if found and found.length is not None}
        self.problems.extend(_problems(node, lengths))
        items = {name: found and found.item for name, found in named.items()}
        result = self.block(node.body, items | captured)
        first, *others = dict.fromkeys(lengths.values()) or [None]
        return _List(None if others else first, result)


def _known(atom: Atom, inputs: Mapping[str, _Known], results: Mapping[str, _Known]) -> _Known:
    match atom:
        case Const():
            return _written(atom.json)
        case In():
            return inputs.get(atom.name)
        case Out():
            return results.get(atom.node) if atom.port == RESULT else None
        case Pack():
            if atom.shape == "dict":
                return None
            return _List(len(atom.items), _same(_known(item, inputs, results) for item in atom.items))
        case _:
            assert_never(atom)


def _written(text: str) -> _Known:
    if not text.startswith("["):
        return None
    try:
        return _of_value(json.loads(text))
    except (ValueError, RecursionError):  # the rule about literals says so
        return None


def _of_value(value: object) -> _Known:
    return _List(len(value), _same(map(_of_value, value))) if isinstance(value, list) else None


def _same(found: Iterable[_Known]) -> _Known:
    """Return what all of some values are known to be."""
    first: _Known = None
    for number, item in enumerate(found):
        if item is None or (number and item != first):
            return None
        first = item
    return first


def _problems(node: Map, lengths: Mapping[str, int]) -> Iterator[Problem]:
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"`{name}` has {length}" for name, length in lengths.items())
        yield Problem(
            rule=RULE,
            what=f"the lists that `{node.id}` maps over differ in length: {counts}",
            where=lines(node.loc),
            hint="a map takes one item of each list at a time; for all pairs, make the pairs first",
        )
    longest = max(lengths.values(), default=0)
    if node.max_items is not None and longest > node.max_items:
        yield Problem(
            rule=RULE,
            what=f"`{node.id}` maps over {longest} items, but promises max_items={node.max_items}",
            where=lines(node.loc),
            hint=f"write max_items={longest}, or drop it",
        )
