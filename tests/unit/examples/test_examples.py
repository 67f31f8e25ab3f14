"""The examples mean what they compute as plain Python, and the engine computes the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import axl
from axl import Workflow
from axl.ir.nodes import Task
from examples.birds import Birds
from examples.churn_workflow import ChurnTrain
from examples.flights import Flights

ONE_MONTH = {"months": [6], "airports": ["JFK"]}

RUNS = [
    pytest.param(Birds, {}, id="birds"),
    pytest.param(Birds, {"walks": ["owl"]}, id="birds-one-walk"),
    pytest.param(ChurnTrain, {"months": [1, 2]}, id="churn"),
    pytest.param(Flights, ONE_MONTH, id="flights-published"),
    pytest.param(Flights, ONE_MONTH | {"least_auc": 0.99}, id="flights-held-back"),
]


@pytest.mark.parametrize(("workflow", "given"), RUNS)
def test_engine_agrees_with_plain_python(
    workflow: type[Workflow], given: dict[str, Any], tmp_path: Path
) -> None:
    """A run on the engine gives what `graph` gives as a plain method."""
    expected = workflow().graph(**given)

    run = axl.run(workflow, params=given, store=str(tmp_path / "store"))

    assert expected == run.result


@pytest.mark.parametrize("workflow", [Birds, ChurnTrain, Flights])
def test_an_example_has_no_problem(workflow: type[Workflow]) -> None:
    """The checker finds nothing to say about an example."""
    assert () == axl.validate(workflow)


def test_deferred_annotations_of_several_outputs_choose_the_handler() -> None:
    """A NamedTuple of tables is stored as one parquet file per field, though its annotations are text."""
    split = next(
        node for node in axl.trace(Flights).body.nodes if isinstance(node, Task) and node.id == "split"
    )

    assert [("train", "parquet"), ("test", "parquet")] == [(out.name, out.handler) for out in split.outputs]


def test_birds_are_counted_over_all_walks() -> None:
    """The most frequent bird comes first."""
    counted = Birds().graph(walks=["owl wren", "wren", "robin wren owl"])

    assert [("wren", 3), ("owl", 2), ("robin", 1)] == list(counted.items())


def test_a_good_churn_model_is_published() -> None:
    """The made-up customers are predictable enough for the default bar."""
    assert "published a forest of 50 trees, AUC 0.8183" == ChurnTrain().graph()


def test_flights_of_one_month_and_airport_are_all_there() -> None:
    """Every flight that arrived is there once, and whole days are kept back."""
    flights = Flights()
    slice_ = flights.join(flights.departures("JFK", [6])[0], flights.weather("JFK"), flights.planes())
    data = flights.split([[slice_]])

    assert 9182 == len(slice_)
    assert len(slice_) == len(data.train) + len(data.test)
    assert {5, 10, 15, 20, 25, 30} == set(data.test["day"])


def test_flights_without_a_busy_carrier_say_what_to_change() -> None:
    """A bar that no carrier reaches is a clear mistake, not an empty report."""
    with pytest.raises(ValueError, match="lower least_flights"):
        Flights().graph(**ONE_MONTH, least_flights=1_000_000)
