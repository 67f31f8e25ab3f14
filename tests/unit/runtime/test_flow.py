"""The flow: which tasks become ready, in what order, and what a failure leaves undone."""

from __future__ import annotations

import json

import axl
from axl import Workflow, step, when
from axl.runtime.plan.block import Instance
from axl.runtime.plan.flow import Flow
from axl.wire.address import instance_text
from axl.wire.values import Lit, Many, Value


def name(instance: Instance) -> str:
    return instance_text(instance.node.id, instance.index)


def run_by_hand(flow: Flow, value: Value = Lit("1"), fail: str = "") -> list[str]:
    """Complete whatever becomes ready with one value; give one instance up."""
    order = []
    while flow.ready:
        instance = flow.ready.popleft()
        order.append(name(instance))
        if name(instance) == fail:
            flow.give_up(instance)
        else:
            flow.complete(instance, {"result": value})
    return order


class Diamond(Workflow):
    @step
    def one(self) -> int:
        return 1

    @step
    def join(self, a: int, b: int) -> int:
        return a + b

    def graph(self) -> int:
        left, right = self.one(), self.one()
        return self.join(self.join(left, right), self.one())


class Items(Workflow):
    @step
    def inc(self, n: int) -> int:
        return n

    def graph(self, items: list[int] = [1, 2, 3, 4, 5]) -> list[int]:
        return self.inc.map(items, concurrency=2)


def test_tasks_become_ready_when_all_they_need_is_there() -> None:
    """Sources come first, then each task as soon as its last input exists."""
    flow = Flow(axl.trace(Diamond), window=8)

    flow.start({})

    assert [name(each) for each in flow.ready] == ["one", "one_2", "one_3"]
    assert run_by_hand(flow) == ["one", "one_2", "one_3", "join", "join_2"]
    assert flow.result == Lit("1")


def test_a_map_keeps_a_bounded_window_of_live_items() -> None:
    """No more items are ready at once than the concurrency allows."""
    flow = Flow(axl.trace(Items), window=8)

    flow.start({"items": Lit("[1,2,3,4,5]")})
    sizes = []
    while flow.ready:
        sizes.append(len(flow.ready))
        flow.complete(flow.ready.popleft(), {"result": Lit("0")})

    assert max(sizes) == 2
    assert isinstance(flow.result, Many)
    assert len(flow.result.items) == 5


def test_what_needs_a_failed_task_never_runs() -> None:
    """The other tasks do run, and the flow ends without a result."""
    flow = Flow(axl.trace(Diamond), window=8)

    flow.start({})
    order = run_by_hand(flow, fail="one_2")

    assert order == ["one", "one_2", "one_3"]
    assert (flow.ended, flow.result, flow.skipped) == (True, None, 2)


def test_other_items_run_when_one_fails() -> None:
    """A failed item breaks its map only after all others had their turn."""
    flow = Flow(axl.trace(Items), window=8)

    flow.start({"items": Lit("[1,2,3,4,5]")})
    order = run_by_hand(flow, fail="inc[1]")

    assert order == [f"inc[{i}]" for i in range(5)]
    assert (flow.ended, flow.result) == (True, None)


class Choice(Workflow):
    @step
    def value(self) -> bool:
        return True

    @step
    def yes(self) -> str:
        return "yes"

    def graph(self) -> str:
        return when(self.value(), self.yes, lambda: "no")


def test_a_test_that_is_not_a_bool_is_a_mistake() -> None:
    """A branch on 1 instead of True is refused, not taken."""
    flow = Flow(axl.trace(Choice), window=8)

    flow.start({})
    flow.complete(flow.ready.popleft(), {"result": Lit("1")})

    assert [name(instance) for instance, _ in flow.mistakes] == ["when"]


def test_a_map_over_a_number_is_a_mistake() -> None:
    """What is mapped over has to be a list."""
    flow = Flow(axl.trace(Items), window=8)

    flow.start({"items": Lit(json.dumps(5))})

    assert [name(instance) for instance, _ in flow.mistakes] == ["inc_map"]


def test_a_long_chain_needs_no_recursion() -> None:
    """A chain of 20,000 tasks runs to its end."""

    class Chain(Workflow):
        @step
        def inc(self, n: int) -> int:
            return n

        def graph(self, n: int = 0) -> int:
            for _ in range(20_000):
                n = self.inc(n)
            return n

    flow = Flow(axl.trace(Chain), window=8)

    flow.start({"n": Lit("0")})

    assert len(run_by_hand(flow)) == 20_000
    assert flow.result == Lit("1")
