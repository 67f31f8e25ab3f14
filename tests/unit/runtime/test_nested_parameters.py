"""`--param model.lr=0.2` sets one field of a parameter; the others stay."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from pydantic import BaseModel

from axl import Workflow, step
from axl.api import trace
from axl.errors import ParameterError
from axl.io.assignment import Given, parse_assignment
from axl.runtime.parameters.bind import bind


@dataclass
class Rate:
    start: float = 0.1
    steps: int | None = None


@dataclass
class Model:
    name: str = "adam"
    layers: int = 3
    note: str | None = None
    rate: Rate = field(default_factory=Rate)


class Options(BaseModel):
    depth: int = 2
    model: Model | None = None


class Fit(Workflow):
    @step
    def fit(self, model: Model, options: Options, limits: dict[str, int]) -> str:
        return f"{model} {options} {limits}"

    def graph(
        self,
        model: Model = Model(layers=7),
        options: Options = Options(),
        limits: dict[str, int] = {"low": 1},
        months: list[int] = [1],
    ) -> str:
        return self.fit(model, options, limits)


class Seeded(BaseModel):
    seed: int = 42
    options: Options = Options(depth=9)


class Later(Workflow):
    @step
    def params(self) -> Seeded:
        return Seeded()

    @step
    def fit(self, given: Seeded) -> int:
        return given.seed

    def graph(self) -> int:
        return self.fit(self.params())


def bound(cls: type[Workflow], *given: Given | str) -> dict[str, object]:
    items = [parse_assignment(each) if isinstance(each, str) else each for each in given]
    return dict(bind(trace(cls), cls, items))


def test_the_other_fields_keep_the_default() -> None:
    """Of a dataclass, deep in one, of an optional model and of a dict."""
    values = bound(
        Fit, "model.rate.start=0.5", "model.rate.steps=4", "options.model.layers=2", "limits.high=9"
    )

    rate = {"start": 0.5, "steps": 4}
    assert {"name": "adam", "layers": 7, "note": None, "rate": rate} == values["model"]
    assert {"low": 1, "high": 9} == values["limits"]
    options = values["options"]
    assert isinstance(options, dict)
    assert 2 == options["model"]["layers"]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("model.name=5", "name", "5"),
        ('model.name="5"', "name", '"5"'),
        ("model.note=5", "note", "5"),
        ("model.note=null", "note", None),
        ("model.layers=5", "layers", 5),
    ],
)
def test_words_are_text_where_the_field_is(text: str, name: str, value: object) -> None:
    """As for a parameter that takes text itself."""
    model = bound(Fit, text)["model"]

    assert isinstance(model, dict)
    assert value == model[name]


def test_a_field_is_set_in_what_a_file_or_an_object_gave() -> None:
    """Wherever it stands among the words."""
    file = Given(name="model", value={"name": "sgd"}, source="params.yaml")
    values = [bound(Fit, file, "model.layers=1"), bound(Fit, "model.layers=1", 'model={"name": "sgd"}')]

    for each in values:
        model = each["model"]
        assert isinstance(model, dict)
        assert ("sgd", 1) == (model["name"], model["layers"])


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("model.layer=1", "there is no layer"),
        ("model.layers=many", "layers should be a valid integer"),
        ("model.layers.deep=1", "model.layers is 7, which has no field deep (--param)"),
        ("months.first=1", "months is [1], which has no field first (--param)"),
        ("modle.layers=1", "there is no parameter modle.layers (--param)"),
    ],
)
def test_a_field_that_cannot_be_is_refused(words: str, what: str) -> None:
    """With the name of the parameter."""
    with pytest.raises(ParameterError) as raised:
        bound(Fit, words)

    assert what in str(raised.value)


def test_fields_of_the_params_step() -> None:
    """`params.seed` is `seed`; what only the step knows is not guessed."""
    with pytest.raises(ParameterError, match="whose other fields only the step params knows"):
        bound(Later, "options.depth=1")

    assert {"params": {"seed": 1}} == bound(Later, "params.seed=1")
    whole = bound(Later, 'options={"depth": 1}', "params.options.model=null")
    assert {"params": {"options": {"depth": 1, "model": None}}} == whole
