"""Interprets the IR: says which tasks can run, and what follows from their results.

Pure bookkeeping over values, without clocks, processes or files; the engine does the rest.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never, cast

from axl.ir.nodes import RESULT, Block, Branch, Group, IRWorkflow, Map, Task
from axl.runtime.plan.block import Instance, Plan, Ports, Scope, plan_block
from axl.wire.address import Index
from axl.wire.failed import Failed
from axl.wire.values import JSON, Lit, Many, Ref, Value, quote


@dataclass(slots=True, eq=False)
class MapRun:
    """A map while it runs: a bounded window of live items over lists of values."""

    instance: Instance
    node: Map
    lists: tuple[tuple[Value, ...], ...]
    captures: dict[str, Value]
    limit: int
    results: list[Value | None]
    next: int = 0
    live: int = 0
    left: int = field(init=False)
    broken: bool = False
    filling: bool = False

    def __post_init__(self) -> None:
        self.left = len(self.results)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a map or a branch cannot go on with the values it got."""

    message: str


class Flow:
    """One run of a program.

    `ready` holds the tasks that can run, in order of becoming so; the engine takes from it and
    answers with `complete` or `give_up`. `splits` are maps that need their list stored item by
    item first; `mistakes` are maps and branches whose values do not fit.
    """

    def __init__(self, program: IRWorkflow, window: int) -> None:
        self.program = program
        self.window = window
        self.ready: deque[Instance] = deque()
        self.splits: deque[tuple[Instance, int, Ref]] = deque()
        self.mistakes: deque[tuple[Instance, Mistake]] = deque()
        self.started_maps: deque[tuple[Instance, int]] = deque()
        self.result: Value | None = None
        self.ended = False
        self.skipped = 0
        self._plans: dict[int, Plan] = {}
        self._pending: deque[Instance] = deque()
        self._split_values: dict[tuple[str, Index], dict[int, Value]] = {}

    def start(self, inputs: dict[str, Value]) -> None:
        """Begin with the run's parameters."""
        self._open(self.program.body, (), self.program.source, inputs, self._finish, self._break)
        self._advance()

    def complete(self, instance: Instance, ports: Ports) -> None:
        """Take the outputs of a task."""
        self._complete(instance, ports)
        self._advance()

    def complete_split(self, instance: Instance, place: int, value: Value) -> None:
        """Take a list that was stored item by item for a map."""
        key = (instance.node.id, instance.index)
        self._split_values.setdefault(key, {})[place] = value
        self._pending.append(instance)
        self._advance()

    def give_up(self, instance: Instance) -> None:
        """Take note that a node has failed for good; what needs it will never run."""
        self._give_up(instance)
        self._advance()

    def _finish(self, value: Value) -> None:
        self.result, self.ended = value, True

    def _break(self) -> None:
        self.ended = True

    def _open(
        self,
        block: Block,
        index: Index,
        workflow: str,
        env: dict[str, Value],
        done: Callable[[Value], None],
        failed: Callable[[], None],
        batch: int = 1,
    ) -> None:
        plan = self._plans.get(id(block))
        if plan is None:
            plan = self._plans[id(block)] = plan_block(block)
        scope = Scope(plan, index, workflow, env, done, failed, batch)
        if not scope.left:
            done(scope.resolve(block.result))
            return
        self._pending.extend(Instance(scope, place) for place, waits in enumerate(plan.waits) if not waits)

    def _advance(self) -> None:
        while self._pending:
            instance = self._pending.popleft()
            node = instance.node
            match node:
                case Task():
                    self.ready.append(instance)
                case Map():
                    self._start_map(instance, node)
                case Branch():
                    self._start_branch(instance, node)
                case Group():
                    env = {name: instance.scope.resolve(atom) for name, atom in node.captures}
                    self._enter(instance, node.body, node.workflow, env)
                case _:
                    assert_never(node)

    def _enter(self, instance: Instance, block: Block, workflow: str, env: dict[str, Value]) -> None:
        def done(value: Value) -> None:
            self._complete(instance, {RESULT: value})

        self._open(block, instance.index, workflow, env, done, lambda: self._give_up(instance))

    def _start_branch(self, instance: Instance, node: Branch) -> None:
        truth = truth_of(instance.scope.resolve(node.test))
        if isinstance(truth, Mistake):
            self.mistakes.append((instance, truth))
            return
        env = {name: instance.scope.resolve(atom) for name, atom in node.captures}
        self._enter(instance, node.then if truth else node.otherwise, instance.scope.workflow, env)

    def _start_map(self, instance: Instance, node: Map) -> None:
        lists = self._lists(instance, node)
        if lists is None:
            return
        counts = sorted({len(each) for each in lists})
        if len(counts) > 1:
            names = ", ".join(f"{name} has {len(each)}" for name, each in zip(node.items, lists, strict=True))
            self.mistakes.append(
                (instance, Mistake(f"the lists that are mapped over differ in length: {names}"))
            )
            return
        self.started_maps.append((instance, counts[0]))
        limit = min(node.concurrency or self.window, self.window) * (node.batch or 1)
        captures = {name: instance.scope.resolve(atom) for name, atom in node.captures}
        run = MapRun(instance, node, lists, captures, limit, [None] * counts[0])
        if not counts[0]:
            self._complete(instance, {RESULT: Many("list", ())})
            return
        self._fill(run)

    def _lists(self, instance: Instance, node: Map) -> tuple[tuple[Value, ...], ...] | None:
        known = self._split_values.get((node.id, instance.index), {})
        lists: list[tuple[Value, ...]] = []
        for place, atom in enumerate(node.over):
            value = known.get(place) or instance.scope.resolve(atom)
            if isinstance(value, Ref):
                self.splits.append((instance, place, value))
                return None
            items = items_of(value)
            if isinstance(items, Mistake):
                self.mistakes.append((instance, items))
                return None
            lists.append(items)
        self._split_values.pop((node.id, instance.index), None)
        return tuple(lists)

    def _fill(self, run: MapRun) -> None:
        # A body without tasks ends inside `_open_item` and comes back here; the first call goes on.
        if run.filling:
            return
        run.filling = True
        while run.live < run.limit and run.next < len(run.results):
            place = run.next
            run.next += 1
            run.live += 1
            items = {name: values[place] for name, values in zip(run.node.items, run.lists, strict=True)}
            self._open_item(run, place, run.captures | items)
        run.filling = False

    def _open_item(self, run: MapRun, place: int, env: dict[str, Value]) -> None:
        def done(value: Value) -> None:
            run.results[place] = value
            self._item_ended(run)

        def failed() -> None:
            run.broken = True
            self._item_ended(run)

        scope = run.instance.scope
        batch = run.node.batch if run.node.batch and len(run.node.body.nodes) == 1 else 1
        self._open(run.node.body, (*scope.index, place), scope.workflow, env, done, failed, batch)

    def _item_ended(self, run: MapRun) -> None:
        run.live -= 1
        run.left -= 1
        if run.next < len(run.results):
            self._fill(run)
        elif not run.left and run.broken:
            self._give_up(run.instance)
        elif not run.left:
            self._complete(run.instance, {RESULT: Many("list", tuple(cast("list[Value]", run.results)))})

    def _complete(self, instance: Instance, ports: Ports) -> None:
        scope = instance.scope
        scope.results[instance.node.id] = ports
        for place in scope.plan.followers[instance.place]:
            scope.waits[place] -= 1
            if scope.waits[place] == 0:
                self._pending.append(Instance(scope, place))
        self._leave(scope, 1)

    def _give_up(self, instance: Instance) -> None:
        scope = instance.scope
        scope.broken = True
        stack, lost = list(scope.plan.followers[instance.place]), 1
        while stack:
            place = stack.pop()
            if scope.waits[place] > 0:
                scope.waits[place] = -(10**9)
                lost += 1
                self.skipped += 1
                stack.extend(scope.plan.followers[place])
        self._leave(scope, lost)

    def _leave(self, scope: Scope, count: int) -> None:
        scope.left -= count
        if scope.left:
            return
        if scope.broken:
            scope.failed()
        else:
            scope.done(scope.resolve(scope.plan.block.result))


def truth_of(value: Value) -> bool | Mistake:
    """Return the bool that a branch tests."""
    if isinstance(value, Ref) and value.truth is not None:
        return value.truth
    if isinstance(value, Lit):
        data = json.loads(value.json)
        if isinstance(data, bool):
            return data
    if isinstance(value, Failed):
        return Mistake(f"when() tests the result of `{value.step}`, which failed: {value.message}")
    return Mistake("when() tests a value that is not a bool; let the step return True or False")


def items_of(value: Lit | Many | Failed) -> tuple[Value, ...] | Mistake:
    """Return the items of a value that a map runs over."""
    match value:
        case Many(shape="dict"):
            return Mistake("cannot map over a dict; map over a list")
        case Many():
            return value.items
        case Failed():
            return Mistake(f"cannot map over the result of `{value.step}`, which failed: {value.message}")
        case Lit():
            data: JSON = json.loads(value.json)
            if not isinstance(data, list):
                return Mistake(f"cannot map over {value.json[:60]}; map over a list")
            maker = f"{value.maker}/[]" if value.maker else ""
            return tuple([Lit(repr(item) if type(item) is int else quote(item), maker) for item in data])
        case _:
            assert_never(value)
