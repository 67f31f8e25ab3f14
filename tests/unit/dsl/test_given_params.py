"""A workflow object may be given what stands for the result of its step `params`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import axl
from axl import AxlError, Workflow, step


class Inner(BaseModel):
    rate: float = 0.5


class TrainParams(BaseModel):
    seed: int = 42
    trees: int = 50
    inner: Inner = Inner()


class Train(Workflow):
    @step
    def params(self) -> TrainParams:
        return TrainParams(seed=1)

    @step
    def fit(self, p: TrainParams) -> str:
        return f"{p.trees} trees, seed {p.seed}, rate {p.inner.rate}"

    def graph(self) -> str:
        return self.fit(self.params())


class Both(Workflow):
    """Trains with parameters of its own, and with those of the step."""

    def graph(self) -> list[str]:
        given = TrainParams(trees=3, inner=Inner(rate=0.1))
        return [Train(params=given).graph(), Train().graph()]


class Bare(Workflow):
    @step
    def work(self) -> int:
        return 1


def test_plain_python_takes_what_it_is_given() -> None:
    """The step is not called; another object of the class is not concerned."""
    given = TrainParams(trees=200)

    assert "200 trees, seed 42, rate 0.5" == Train(params=given).graph()
    assert given is Train(params=given).params()
    assert "50 trees, seed 1, rate 0.5" == Train().graph()


def test_a_called_workflow_takes_what_it_is_given(tmp_path: Path) -> None:
    """Inside another graph it means the same, in plain Python and on the engine."""
    run = axl.run(Both, executor="inline", store=tmp_path)

    assert () == axl.validate(Both)
    assert ["3 trees, seed 42, rate 0.1", "50 trees, seed 1, rate 0.5"] == Both().graph()
    assert Both().graph() == run.result


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Train(params={"trees": 3}), "write Train(params=TrainParams(…))"),
        (lambda: Train(params=Inner()), "not what its step `params` returns"),
        (lambda: Bare(params=TrainParams()), "Bare has no step `params` to give a result for"),
    ],
    ids=["a dict", "another model", "no such step"],
)
def test_what_the_step_does_not_return_is_refused(make: Any, words: str) -> None:
    """Only an object of the model stands for one."""
    with pytest.raises(AxlError) as caught:
        make()

    assert words in str(caught.value)
    assert "test_given_params.py:" in str(caught.value)
