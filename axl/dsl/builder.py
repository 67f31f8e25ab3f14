"""Records the calls of one block, and turns what it uses from outside into captures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from axl.dsl.collect import Mistakes
from axl.dsl.literals import advice, in_short
from axl.dsl.location import caller
from axl.dsl.symbol import MARK, Origin, OutputRef
from axl.errors import Loc, TraceError
from axl.ir.nodes import Atom, Block, Const, In, Node, Out, Pack

MAX_DEPTH = 50
"""How deep maps, branches and workflows may nest."""


@dataclass(slots=True, eq=False)
class BlockBuilder:
    """One block while it is recorded.

    `instance` is the workflow object whose graph is being traced here. `pending_after` are the
    nodes that the node which will hold this block has to wait for.
    """

    tracer: Tracer
    parent: BlockBuilder | None
    instance: object
    nodes: list[Node] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    captures: dict[Atom, str] = field(default_factory=dict)
    pending_after: dict[str, None] = field(default_factory=dict)

    def add_input(self, wanted: str) -> str:
        """Reserve an input name, `wanted` or the next free one."""
        name, number = wanted, 1
        while name in self.inputs:
            number += 1
            name = f"{wanted}_{number}"
        self.inputs.append(name)
        return name

    def symbol(self, atom: In | Out, label: str, loc: Loc | None, fields: tuple[str, ...] = ()) -> OutputRef:
        return OutputRef(Origin(self, atom, label, loc, fields))

    def use(self, symbol: OutputRef) -> Atom:
        """Return a symbol as an atom of this block, captured from outside where it must be."""
        origin = symbol._axl
        if origin.builder is self:
            return origin.atom
        if self.parent is None or not self.is_inside(origin.builder):
            raise TraceError(
                f"`{origin.label}` (made at {origin.loc}) belongs to a map, branch or workflow that has ended",
                where=caller(),
                hint="return it from the body, and use what map, when or graph gives back",
            )
        outer = self.parent.use(symbol)
        if outer not in self.captures:
            self.captures[outer] = self.add_input(_input_name(origin.label))
        return In(self.captures[outer])

    def is_inside(self, other: BlockBuilder) -> bool:
        builder: BlockBuilder | None = self
        while builder is not None:
            if builder is other:
                return True
            builder = builder.parent
        return False

    def capture_pairs(self) -> tuple[tuple[str, Atom], ...]:
        return tuple((name, atom) for atom, name in self.captures.items())

    def block(self, result: Atom) -> Block:
        return Block(inputs=tuple(self.inputs), nodes=tuple(self.nodes), result=result)

    def atom(self, value: object, depth: int = 0) -> Atom:
        """Return any value that the author passes as an atom of this block; what cannot be one is noted."""
        try:
            return self._atom(value, depth)
        except TraceError as error:
            self.tracer.mistakes.note(error)
            return Const("null")

    def _atom(self, value: object, depth: int) -> Atom:
        if isinstance(value, OutputRef):
            return self.use(value)
        kind = type(value)
        if kind in _PLAIN:
            return _const(value)
        if depth > MAX_DEPTH:
            raise TraceError("a literal is nested too deep", where=caller(), hint="make it in a step")
        if kind is list and (text := _plain_list(value)):
            return Const(text)
        if kind is list or kind is tuple:
            assert isinstance(value, list | tuple)
            items = tuple(self.atom(item, depth + 1) for item in value)
            if kind is list and all(isinstance(item, Const) for item in items):
                return Const("[" + ",".join(item.json for item in items if isinstance(item, Const)) + "]")
            return Pack("list" if kind is list else "tuple", items)
        if kind is dict:
            assert isinstance(value, dict)
            return self._dict(value, depth)
        raise TraceError(
            f"a value of type {kind.__qualname__} cannot be passed while tracing: {in_short(value)}",
            where=caller(),
            hint=advice(value),
        )

    def _dict(self, value: dict[object, object], depth: int) -> Atom:
        wrong = [in_short(key) for key in value if type(key) is not str]
        if wrong:
            raise TraceError(
                f"a dict that is passed while tracing has the key {' and '.join(wrong[:3])}",
                where=caller(),
                hint="keys are text, as in JSON; make other dicts in a step",
            )
        keys = tuple(str(key) for key in value)
        items = tuple(self.atom(item, depth + 1) for item in value.values())
        if all(isinstance(item, Const) for item in items):
            pairs = (
                f"{_text(key)}:{item.json}"
                for key, item in zip(keys, items, strict=True)
                if isinstance(item, Const)
            )
            return Const("{" + ",".join(pairs) + "}")
        return Pack("dict", items, keys)


@dataclass(slots=True, eq=False)
class Tracer:
    """What one trace shares: the ids given out, and the open block."""

    ids: dict[str, int] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    mistakes: Mistakes = field(default_factory=Mistakes)
    depth: int = 0
    block: BlockBuilder = field(init=False)

    def __post_init__(self) -> None:
        self.block = BlockBuilder(self, None, None)

    def new_id(self, wanted: str) -> str:
        """Return a fresh id: the name itself, then with `_2`, `_3` and so on."""
        base = id_from(wanted)
        number = self.ids.get(base, 0) + 1
        name = base if number == 1 else f"{base}_{number}"
        while name in self.used:
            number += 1
            name = f"{base}_{number}"
        self.ids[base] = number
        self.used.add(name)
        return name

    def inner(
        self, instance: object, build: Callable[[BlockBuilder], object], child: BlockBuilder | None = None
    ) -> tuple[BlockBuilder, Atom]:
        """Record what `build` does as a block inside the open one; return it and its result."""
        outer = self.block
        if self.depth >= MAX_DEPTH:
            raise self._too_deep(instance)
        builder = child or BlockBuilder(self, outer, instance)
        self.block, self.depth = builder, self.depth + 1
        try:
            return builder, builder.atom(build(builder))
        finally:
            self.block, self.depth = outer, self.depth - 1

    def _too_deep(self, instance: object) -> TraceError:
        what = f"maps, branches and workflows nest more than {MAX_DEPTH} deep"
        if type(instance) in map(type, self._callers(instance)):
            what = f"{type(instance).__name__} calls itself without end"
        return TraceError(what, where=caller(), hint="put what recurs inside a step")

    def _callers(self, instance: object) -> Iterator[object]:
        """Yield the workflows whose graphs are being traced around a block of this one."""
        builder: BlockBuilder | None = self.block
        while builder is not None:
            if builder.instance is not instance:
                yield builder.instance
            builder = builder.parent

    def add(self, node: Node, inner: tuple[BlockBuilder, ...] = ()) -> None:
        """Append a node to the open block, with the order that its inner blocks asked for."""
        waits = dict.fromkeys(name for builder in inner for name in builder.pending_after)
        self.block.nodes.append(replace(node, after=(*node.after, *waits)) if waits else node)


_PLAIN = frozenset({type(None), bool, int, float, str})
_LONG = 20


def _const(value: object) -> Const:
    if isinstance(value, str):
        if MARK in value:
            raise TraceError(
                f"a text contains a symbol: {value!r:.120}",
                where=caller(),
                hint="make the text inside a step",
            )
        return Const(_text(value))
    try:
        return Const(json.dumps(value, allow_nan=False))
    except ValueError as error:
        raise TraceError(
            f"the literal {value!r:.80} has no JSON form: {error}", where=caller(), hint="make it in a step"
        ) from error


def _plain_list(value: object) -> str:
    """Return a long list of plain values as JSON in one go; empty text for what has to be looked at closely."""
    assert isinstance(value, list)
    if len(value) < _LONG or not set(map(type, value)) <= _PLAIN:
        return ""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except ValueError:  # item by item it is told which one it was
        return ""
    return "" if MARK in text else text


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise TraceError(
            f"the literal {value!a:.80} is not valid Unicode", where=caller(), hint="make it in a step"
        ) from error
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=4096)
def id_from(name: str) -> str:
    """Return a name in the form of ids: lower case, words joined by single underscores."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    words = re.findall(r"[a-z0-9]+", spaced.lower())
    text = "_".join(words) or "node"
    return text if text[0].isalpha() else f"n_{text}"


def _input_name(label: str) -> str:
    return id_from(label)
