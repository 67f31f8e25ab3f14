"""A run tells of its steps, outputs, logs, times and fate from its records alone."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from blake3 import blake3

from axl.errors import UsageError
from axl.io.store import Stored
from axl.runtime.history.run import Run, list_runs, open_run
from axl.runtime.history.timeline import Span, StepSummary
from axl.wire.address import node_key
from axl.wire.record import NodeRecord
from axl.wire.values import Lit, Ref
from tests.unit.runtime.history.written_runs import Dictionary, Writer, stored, text


def good_run(store: Dictionary) -> Run:
    """Record a run of twelve items, of which one failed at first."""
    writer = Writer(store)
    writer.session(1, 1000.0, 1010.0, "succeeded", counts=(("done", 14),), result=stored(78))
    writer.commit("first", (), stored(1), log=text("hello\n"))
    store.put_record(
        node_key(writer.run, "load_map", ()),
        NodeRecord(status="done", step="", started=1000.0, seconds=0.1).encode(),
    )
    for item in range(12):
        more = {"attempt": 2} if item == 3 else {}
        writer.commit("load", (item,), stored(item), 1001.0 + item / 2, log=text(f"item {item}\n"), **more)
    writer.attempt("load", (3,), 1, log="first try\n")
    writer.commit("last", (), stored(78), 1009.0)
    return open_run("birds-1", store)


def test_a_run_tells_what_it_was(store: Dictionary) -> None:
    """Id, workflow, parameters, times, status and steps come from records alone."""
    run = good_run(store)

    told = (run.id, run.workflow, run.status, run.params, run.created, run.seconds, run.steps, run.error)
    assert told == (
        "birds-1",
        "birds",
        "succeeded",
        {"xs": [1, 2]},
        1000.0,
        10.0,
        ("first", "load", "last"),
        "",
    )


def test_outputs_are_loaded_in_the_order_of_items(store: Dictionary) -> None:
    """Item 10 comes after item 2, whatever the order of keys; a step outside of maps has one value."""
    run = good_run(store)

    assert list(range(12)) == run.step("load").output
    assert {"result": list(range(12))} == run.step("load").outputs
    assert (1, {"result": 1}, 78) == (run.step("first").output, run.step("first").outputs, run.result)


def test_attempts_are_counted_over_all_instances(store: Dictionary) -> None:
    """Twelve items, one of them tried twice."""
    run = good_run(store)

    assert (13, 1) == (run.step("load").attempts, run.step("first").attempts)
    assert [1, 1, 1, 2] == [instance.attempts for instance in run.step("load").instances[:4]]


def test_logs_are_in_the_order_of_items_and_attempts(store: Dictionary) -> None:
    """What each attempt printed, the failed one first."""
    run = good_run(store)

    lines = run.logs("load").splitlines()
    assert ["item 2", "first try", "item 3", "item 4"] == lines[2:6]
    assert "hello\n" == run.logs("first")
    assert [((3,), 1, "first try\n"), ((3,), 2, "item 3\n")] == list(run.step("load").logs((3,)))


def test_the_timeline_has_a_row_for_each_step(store: Dictionary) -> None:
    """In the order of the program, with counts and times; the engine's own work is not a step."""
    run = good_run(store)

    first, load, last = run.timeline
    assert ("first", "load", "last") == (first.node, load.node, last.node)
    assert (
        StepSummary(
            node="load",
            counts=(("done", 12),),
            attempts=13,
            started=1001.0,
            ended=1007.5,
            busy=12.0,
            spans=(Span(0, 1001.0, 1007.5),),
        )
        == load
    )


def test_a_step_that_has_not_begun_is_there(store: Dictionary) -> None:
    """An interrupted run shows what is still to do."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    writer.commit("first", (), stored(1))

    run = open_run("birds-1", store)

    assert [1, 0, 0] == [step.instances for step in run.timeline]
    with pytest.raises(UsageError, match="last did not run in birds-1"):
        _ = run.step("last").output


def test_an_unknown_step_names_the_nearest(store: Dictionary) -> None:
    """A slip of the finger is met with the right name."""
    with pytest.raises(UsageError, match="did you mean load"):
        good_run(store).step("laod")


def test_a_step_is_found_by_the_name_of_its_method(store: Dictionary) -> None:
    """Where the id is another, as for `when_`, both name the step."""
    Writer(store)
    run = open_run("birds-1", store)

    assert ("last", "last") == (run.step("last").name, run.step("last_").name)


def test_a_literal_stands_for_its_value(store: Dictionary) -> None:
    """The default of a failed step is a literal, and is read like any output."""
    writer = Writer(store)
    writer.commit("first", (), Lit("[1, 2]"))

    assert [1, 2] == open_run("birds-1", store).step("first").output


def test_html_is_a_table_without_anything_of_the_records(store: Dictionary) -> None:
    """Names are escaped; the table has a row for each step."""
    writer = Writer(store, "<b>")
    writer.session(1, 1000.0)
    writer.commit("<script>", (), stored(1))

    html = open_run("<b>", store)._repr_html_()

    assert "<script>" not in html
    assert "<b>birds</b> &lt;b&gt;" in html
    assert 5 == html.count("<tr>")


class Bomb:
    """A pickle that leaves a mark when it is opened."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def test_nothing_is_unpickled_but_by_output(store: Dictionary, tmp_path: Path) -> None:
    """Looking at a run in every way leaves its pickles closed."""
    mark = tmp_path / "mark"
    data = pickle.dumps(Bomb(mark))
    bomb = Ref(blake3(data).hexdigest(), len(data), "pickle", data=data)
    writer = Writer(store)
    writer.session(1, 1000.0, 1001.0, "succeeded", result=bomb)
    writer.commit("first", (), bomb)
    run = open_run("birds-1", store)

    looked = (
        run.status,
        run.seconds,
        run.timeline,
        run.logs("first"),
        run._repr_html_(),
        repr(run),
        list_runs(store),
    )
    looked_closer = (run.step("first").instances, run.step("first").values, list(run.instances()))

    assert looked
    assert looked_closer
    assert not mark.exists()


def test_many_instances_are_read_in_one_pass(store: Dictionary) -> None:
    """Twenty thousand instances take a fraction of the seconds that a hundred thousand may take."""
    writer = Writer(store)
    writer.session(1, 1000.0)
    body = NodeRecord(
        status="done", step="load", outputs=(("result", stored(1)),), started=1.0, seconds=1.0
    ).encode()
    for item in range(20_000):
        store.records[node_key("birds-1", "load", (item,))] = body

    summary = open_run("birds-1", store).timeline

    assert 20_000 == summary[1].instances


def test_stored_is_what_a_writer_gives() -> None:
    """The fake store's contract is the real one's."""
    assert Stored("d", 1).data is None
