"""Derives what a task needs from the records of its run, where an orchestrator knows ids and places only.

Nothing is passed between tasks: an input is followed through the program to the record of the task that
made it. Whether an instance is to run at all follows in the same way, from the branches around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from axl.errors import DamagedError, InternalError, StepError
from axl.io.store import Store
from axl.ir.nodes import RESULT, Atom, Block, Branch, Group, In, IRWorkflow, Map, Node, Out, Task
from axl.ir.walk import atoms, operands
from axl.runtime.engine.ledger import CARRIED
from axl.runtime.plan.block import Instance, Plan, Ports, Scope, plan_block
from axl.runtime.plan.flow import Mistake, items_of, truth_of
from axl.wire.address import Index, instance_text, node_key
from axl.wire.record import Result, decode_result
from axl.wire.values import Many, Ref, Value

_REMEMBERED = 4096
"""Records of tasks that are kept at hand; they are written once, so they stay true."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A block: its plan, whose steps it calls, and the node that holds it in the block around it."""

    plan: Plan
    source: str
    owner: Node | None
    arm: str
    outer: Place | None

    @property
    def depth(self) -> int:
        """How many items an index of this block adds to one of the block around it."""
        return 1 if isinstance(self.owner, Map) else 0


class Derivation:
    """The values of one run, followed from where they are needed to where they were made."""

    def __init__(self, program: IRWorkflow, store: Store, run: str, inputs: dict[str, Value]) -> None:
        self._store = store
        self._run = run
        self._inputs = inputs
        self._where: dict[str, Place] = {}
        self._inside: dict[tuple[str, str], Place] = {}
        self._records: dict[str, Result] = {}
        self._root = self._enter(program.body, program.source)

    def result(self) -> Value:
        """Return the result of the whole run."""
        return self._value(self._root.plan.block.result, self._root, ())

    def node(self, name: str) -> Node:
        """Return the node of an id."""
        place = self._where[name]
        return place.plan.block.nodes[place.plan.places[name]]

    def instance(self, name: str, index: Index) -> Instance:
        """Return an instance with everything that it reads."""
        place = self._where[name]
        scope = self._scope(place, index, operands(self.node(name)))
        return Instance(scope, place.plan.places[name])

    def is_live(self, name: str, index: Index) -> bool:
        """Say whether the branches around an instance were taken."""
        return self._live(self._where[name], index)

    def outer_indices(self, name: str) -> Iterator[Index]:
        """Yield the index of every instance of a node that is to run, in order."""
        return self._indices(self._where[name])

    def count(self, name: str, index: Index) -> int:
        """Return how many items an instance of a map has."""
        node = self._map(name)
        over = node.over[0]
        while isinstance(over, Out) and isinstance(before := self.node(over.node), Map):
            node, over = before, before.over[0]
        return len(self._items(node, 0, index))

    def common_count(self, name: str, index: Index) -> int:
        """Return how many items an instance of a map has; `StepError` when its lists differ in length."""
        node = self._map(name)
        if len(node.over) == 1:
            return self.count(name, index)
        counts = [len(self._items(node, which, index)) for which in range(len(node.over))]
        if len(set(counts)) > 1:
            names = ", ".join(f"{item} has {count}" for item, count in zip(node.items, counts, strict=True))
            raise StepError(f"the lists that are mapped over differ in length: {names}", where=node.loc)
        return counts[0]

    def map_around(self, name: str) -> Map | None:
        """Return the map whose body a node stands in itself, if it does."""
        owner = self._where[name].owner
        return owner if isinstance(owner, Map) else None

    def record(self, name: str, index: Index) -> Result | None:
        """Return the record of an instance, if there is one."""
        key = node_key(self._run, name, index)
        known = self._records.get(key)
        if known is None:
            body = self._store.get_record(key)
            if body is None:
                return None
            known = decode_result(body, key)
            if len(self._records) >= _REMEMBERED:
                self._records.clear()
            self._records[key] = known
        return known

    def _enter(
        self, block: Block, source: str, owner: Node | None = None, arm: str = "", outer: Place | None = None
    ) -> Place:
        place = Place(plan_block(block), source, owner, arm, outer)
        for node in block.nodes:
            self._where[node.id] = place
            for name, inner in _arms(node):
                of = node.workflow if isinstance(node, Group) else source
                self._inside[node.id, name] = self._enter(inner, of, node, name, place)
        return place

    def _scope(self, place: Place, index: Index, wanted: Iterable[Atom]) -> Scope:
        """Return a block's scope that holds just what these atoms name."""
        scope = Scope(place.plan, index, place.source, {}, _ignore, _nothing)
        for atom in wanted:
            for leaf in atoms(atom):
                if isinstance(leaf, In) and leaf.name not in scope.env:
                    scope.env[leaf.name] = self._input(leaf.name, place, index)
                elif isinstance(leaf, Out) and leaf.node not in scope.results:
                    scope.results[leaf.node] = self._ports(leaf.node, index)
        return scope

    def _value(self, atom: Atom, place: Place, index: Index) -> Value:
        return self._scope(place, index, (atom,)).resolve(atom)

    def _input(self, name: str, place: Place, index: Index) -> Value:
        owner, outer = place.owner, place.outer
        if owner is None or outer is None:
            return self._inputs[name]
        around = index[: len(index) - place.depth]
        if isinstance(owner, Map) and name in owner.items:
            return self._item(owner, owner.items.index(name), around, index[-1])
        if isinstance(owner, Task):
            raise InternalError(f"{owner.id} holds no block")
        return self._value(dict(owner.captures)[name], outer, around)

    def _item(self, node: Map, which: int, index: Index, item: int) -> Value:
        over = node.over[which]
        if isinstance(over, Out) and isinstance(self.node(over.node), Map):
            inside = self._inside[over.node, ""]
            return self._value(inside.plan.block.result, inside, (*index, item))
        return self._items(node, which, index)[item]

    def _items(self, node: Map, which: int, index: Index) -> tuple[Value, ...]:
        """Return the values of one list that a map runs over."""
        value = self._value(node.over[which], self._where[node.id], index)
        if isinstance(value, Ref):
            record = self.record(node.id, index)
            split = dict(record.outputs).get(split_port(which)) if record is not None else None
            if not isinstance(split, Many):
                raise DamagedError(f"the items of {instance_text(node.id, index)} are not recorded")
            return split.items
        items = items_of(value)
        if isinstance(items, Mistake):
            raise StepError(items.message, where=node.loc)
        return items

    def _ports(self, name: str, index: Index) -> Ports:
        node = self.node(name)
        match node:
            case Task():
                record = self.record(name, index)
                if record is None:
                    raise DamagedError(
                        f"{instance_text(name, index)} has no record in the run {self._run}",
                        hint="it has not run, or it ran with another store; set AXL_STORE alike everywhere",
                    )
                return {
                    port: _light(value, node_key(self._run, name, index)) for port, value in record.outputs
                }
            case Map():
                inside = self._inside[name, ""]
                count = self.count(name, index)
                result = inside.plan.block.result
                items = (self._value(result, inside, (*index, item)) for item in range(count))
                return {RESULT: Many("list", tuple(items))}
            case Branch():
                inside = self._inside[name, "then" if self._truth(node, index) else "otherwise"]
                return {RESULT: self._value(inside.plan.block.result, inside, index)}
            case Group():
                inside = self._inside[name, ""]
                return {RESULT: self._value(inside.plan.block.result, inside, index)}
            case _:
                assert_never(node)

    def _truth(self, node: Branch, index: Index) -> bool:
        truth = truth_of(self._value(node.test, self._where[node.id], index))
        if isinstance(truth, Mistake):
            raise StepError(truth.message, where=node.loc)
        return truth

    def _live(self, place: Place, index: Index) -> bool:
        if place.outer is None:
            return True
        around = index[: len(index) - place.depth]
        if not self._live(place.outer, around):
            return False
        owner = place.owner
        return not isinstance(owner, Branch) or self._truth(owner, around) == (place.arm == "then")

    def _indices(self, place: Place) -> Iterator[Index]:
        owner = place.owner
        if place.outer is None or owner is None:
            yield ()
            return
        for index in self._indices(place.outer):
            match owner:
                case Map():
                    yield from ((*index, item) for item in range(self.count(owner.id, index)))
                case Branch():
                    if self._truth(owner, index) == (place.arm == "then"):
                        yield index
                case Group() | Task():
                    yield index
                case _:
                    assert_never(owner)

    def _map(self, name: str) -> Map:
        node = self.node(name)
        if not isinstance(node, Map):
            raise InternalError(f"{name} is not a map")
        return node


def split_port(which: int) -> str:
    """Return under which output of a map's record a list of it stands that was stored item by item."""
    return RESULT if which == 0 else f"list_{which}"


def _light(value: Value, key: str) -> Value:
    """Return a value, a longer one by the key of the record that holds it, so that specs stay small."""
    if isinstance(value, Ref) and value.data is not None and len(value.data) > CARRIED:
        return replace(value, data=None, at=key)
    return value


def _arms(node: Node) -> tuple[tuple[str, Block], ...]:
    match node:
        case Task():
            return ()
        case Map() | Group():
            return (("", node.body),)
        case Branch():
            return (("then", node.then), ("otherwise", node.otherwise))
        case _:
            assert_never(node)


def _ignore(_value: Value) -> None:
    """Take the result of a block: nobody waits for it here."""


def _nothing() -> None:
    """Take the failure of a block: nobody waits for it here."""
