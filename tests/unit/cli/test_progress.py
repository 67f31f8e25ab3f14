"""How far a run is, from its events."""

from __future__ import annotations

from axl.cli.progress import Progress
from axl.ir.nodes import Block, Branch, Const, In, IRWorkflow, Map, Out, Output, Task
from axl.wire.events import MapStarted, TaskFinished, TaskStarted

RESULT = Output(name="result", type="int", handler="pickle", ext="pkl")


def task(name: str) -> Task:
    return Task(id=name, step=name, outputs=(RESULT,))


def program(*nodes: Task | Map | Branch) -> IRWorkflow:
    return IRWorkflow(name="test", source="m:Test", body=Block(nodes=nodes, result=Const("1")))


def finished(node: str, *index: int, failed: bool = False) -> TaskFinished:
    return TaskFinished(node=node, index=index, attempt=1, status="failed" if failed else "done", seconds=0.1)


def nested() -> IRWorkflow:
    inner = Map(
        id="inner_map",
        over=(In("x"),),
        items=("y",),
        body=Block(inputs=("y",), nodes=(task("c"),), result=In("y")),
    )
    body = Block(inputs=("x",), nodes=(task("b"), inner), result=Out("b"))
    return program(task("a"), Map(id="outer_map", over=(Out("a"),), items=("x",), body=body), task("d"))


def test_the_total_grows_as_maps_begin() -> None:
    """Outside tasks are known at once, those in maps once the number of items is."""
    progress = Progress(nested())
    totals = [progress.total]
    for event in (
        MapStarted(node="outer_map", index=(), count=3),
        MapStarted(node="inner_map", index=(0,), count=4),
        MapStarted(node="inner_map", index=(1,), count=0),
    ):
        progress.take(event)
        totals.append(progress.total)

    assert [2, 5, 9, 9] == totals


def test_a_bar_counts_the_tasks_of_its_own_map() -> None:
    """Each map has one bar, however many instances of it run, named after its tasks."""
    progress = Progress(nested())
    for event in (
        MapStarted(node="outer_map", index=(), count=1),
        MapStarted(node="inner_map", index=(0,), count=2),
        finished("a"),
        finished("b", 0),
        finished("c", 0, 0),
        finished("c", 0, 1, failed=True),
    ):
        progress.take(event)

    bars = [(bar.label, bar.ended, bar.total, bar.failed) for bar in progress.bars.values()]
    assert [("steps", 1, 2, 0), ("b", 1, 1, 0), ("c", 2, 2, 1)] == bars
    assert (4, 1) == (progress.ended, progress.failed)


def test_of_a_branch_the_longer_arm_is_counted() -> None:
    """Until one arm is taken nobody knows; the bar is rather too long than too short."""
    then = Block(nodes=(task("t1"), task("t2")), result=Out("t2"))
    otherwise = Block(nodes=(task("o"),), result=Out("o"))
    branch = Branch(id="when", test=Out("good"), then=then, otherwise=otherwise)

    assert 3 == Progress(program(task("good"), branch)).total


def test_what_runs_is_known_by_name() -> None:
    """A task is running from its start to its end, in whichever attempt."""
    progress = Progress(nested())
    progress.take(TaskStarted(node="a", index=(), attempt=1))
    progress.take(TaskStarted(node="b", index=(2,), attempt=3))
    progress.take(finished("a"))

    assert {"b[2]": 3} == progress.running


def test_an_unknown_node_is_counted_outside() -> None:
    """An event of a node that the program lacks is no reason to fail."""
    progress = Progress(program(task("a")))
    progress.take(finished("stranger", 1))
    progress.take(finished("a"))

    assert (2, 2) == (progress.ended, progress.total)
