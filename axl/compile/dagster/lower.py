"""Turns nodes into ops: branches and groups dissolve, nested maps become stages with barriers between.

Dagster knows no map in a map. So the body of a map is cut where an inner map stands: what comes before
is one stage, run once per item; the inner map names all its items, of every outer item, at once; what
comes after is another stage, over the outer items again. An arm that is not taken runs too, and finds
that there is nothing to do. Nothing passes between ops: each derives what it needs from the store.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from axl.compile.dagster.model import ItemPath, Job, Op, Stage, Unit
from axl.ir.nodes import Block, Branch, Group, IRWorkflow, Map, Node, Task
from axl.ir.walk import dependencies

RESULT_OP = "run__result"
"""The op that records the result; like `__items`, a name that no node can have."""


def lower(program: IRWorkflow) -> Job:
    """Return the job of a program."""
    lowering = _Lowering()
    place = _Place((), program.source, "", ())
    last = lowering.block(program.body, place, ())
    lowering.add(Op(name=RESULT_OP, does="result", node="", waits=last))
    lowering.add_barriers()
    return Job(units=_units(lowering.ops), limits=tuple(lowering.limits))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands: the maps around it, whose steps it calls, its group, its bounded maps."""

    level: ItemPath
    source: str
    group: str
    limits: tuple[str, ...]


@dataclass(slots=True)
class _Lowering:
    """The ops made so far. `begun` says in which stage of the body around it a map begins."""

    ops: dict[str, Op] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    limits: list[tuple[str, int]] = field(default_factory=list)

    def add(self, op: Op) -> tuple[str, ...]:
        self.ops[op.name] = op
        return (op.name,)

    def block(self, block: Block, place: _Place, ready: tuple[str, ...]) -> tuple[str, ...]:
        """Lower the nodes of a block that begins when `ready` have ended; return the ops that end it."""
        ends: dict[str, tuple[str, ...]] = {}
        followed: set[str] = set()
        for node in block.nodes:
            before = dependencies(node)
            followed.update(before)
            ends[node.id] = self.node(node, place, _union(ends[name] for name in before) or ready)
        return _union(ends[node.id] for node in block.nodes if node.id not in followed) or ready

    def node(self, node: Node, place: _Place, waits: tuple[str, ...]) -> tuple[str, ...]:
        match node:
            case Task():
                return self.task(node, place, waits)
            case Map():
                return self.map(node, place, waits)
            case Branch():
                arms = [self.block(arm, place, waits) for arm in (node.then, node.otherwise)]
                return _union(arms)
            case Group():
                return self.block(node.body, replace(place, source=node.workflow, group=node.id), waits)
            case _:
                assert_never(node)

    def task(self, task: Task, place: _Place, waits: tuple[str, ...]) -> tuple[str, ...]:
        stage = self.stage(place.level, waits)
        items = items_op(place.level, stage) if place.level else ""
        return self.add(
            Op(
                name=task.id,
                does="step",
                node=task.id,
                level=place.level,
                stage=stage,
                items=items,
                waits=waits,
                task=task,
                source=place.source,
                group=place.group,
                limits=place.limits,
            )
        )

    def map(self, node: Map, place: _Place, waits: tuple[str, ...]) -> tuple[str, ...]:
        level = (*place.level, node.id)
        self.begun[node.id] = self.stage(place.level, waits)
        bounds = place.limits
        if node.concurrency is not None:
            self.limits.append((node.id, node.concurrency))
            bounds = (*bounds, node.id)
        items = Op(name=items_op(level, 1), does="items", node=node.id, level=level, stage=1, waits=waits)
        return self.block(node.body, replace(place, level=level, limits=bounds), self.add(items))

    def stage(self, level: ItemPath, waits: Iterable[str]) -> int:
        """Return the stage of a body in which something can begin that waits for these ops."""
        if not level:
            return 0
        depth, stage = len(level), 1
        for name in waits:
            other = self.ops[name]
            deeper = len(other.level) > depth
            stage = max(stage, self.begun[other.level[depth]] + 1 if deeper else other.stage)
        return stage

    def add_barriers(self) -> None:
        """Add the ops that name the items of a map again, for each of its later stages."""
        needed: dict[tuple[ItemPath, int], dict[str, None]] = {}
        for op in self.ops.values():
            if op.does == "step" and op.stage > 1:
                outside = (name for name in op.waits if not _same_stage(self.ops[name], op))
                needed.setdefault((op.level, op.stage), {}).update(dict.fromkeys(outside))
        for (level, stage), waits in needed.items():
            name = items_op(level, stage)
            op = Op(name=name, does="items", node=level[-1], level=level, stage=stage, waits=tuple(waits))
            self.add(op)


def items_op(level: ItemPath, stage: int) -> str:
    """Return the name of the op that names the items of a map for a stage of its body."""
    return f"{level[-1]}__items" if stage == 1 else f"{level[-1]}__items_{stage}"


def _same_stage(one: Op, other: Op) -> bool:
    return (one.level, one.stage) == (other.level, other.stage)


def _union(many: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in many for name in names))


def _units(ops: dict[str, Op]) -> tuple[Unit, ...]:
    """Return ops outside maps one by one, those of a stage together, in an order that can be written."""
    members: dict[str, list[Op]] = {}
    unit_of: dict[str, str] = {}
    for op in ops.values():
        staged = op.does == "step" and op.level
        unit_of[op.name] = f"{items_op(op.level, op.stage)} stage" if staged else op.name
        members.setdefault(unit_of[op.name], []).append(op)
    before: dict[str, set[str]] = {
        unit: {unit_of[name] for op in each for name in _waits(op)} - {unit} for unit, each in members.items()
    }
    awaited = {name for op in ops.values() for name in op.waits if unit_of[name] != unit_of[op.name]}
    return tuple(_unit(members[unit], awaited) for unit in _sorted(before))


def _waits(op: Op) -> tuple[str, ...]:
    return (*op.waits, items_op(op.level, op.stage)) if op.does == "step" and op.level else op.waits


def _unit(members: list[Op], awaited: set[str]) -> Unit:
    first = members[0]
    if first.does != "step" or not first.level:
        return first
    items = items_op(first.level, first.stage)
    names = {op.name for op in members}
    inside = tuple(replace(op, waits=tuple(filter(names.__contains__, op.waits))) for op in members)
    return Stage(items=items, ops=inside, leave=tuple(op.name for op in members if op.name in awaited))


def _sorted(before: dict[str, set[str]]) -> list[str]:
    """Return names so that each stands after those before it, else in their own order."""
    place = {name: number for number, name in enumerate(before)}
    after: dict[str, list[str]] = {}
    left = {name: len(names) for name, names in before.items()}
    for name, names in before.items():
        for each in names:
            after.setdefault(each, []).append(name)
    heap = [place[name] for name, count in left.items() if not count]
    order, out = list(before), list[str]()
    while heap:
        name = order[heapq.heappop(heap)]
        out.append(name)
        for follower in after.get(name, ()):
            left[follower] -= 1
            if not left[follower]:
                heapq.heappush(heap, place[follower])
    return out
