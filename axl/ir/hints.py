"""What the author's annotations say, kept beside the IR because a type object has no place in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from axl.errors import Loc


class Missing(Enum):
    """There is no annotation, or it names something that cannot be resolved."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

Hint: TypeAlias = object
"""A resolved annotation, or `MISSING`, which agrees with everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHints:
    """The signature of one step.

    `takes` maps every parameter but `self` to its annotation, in order; `required` are the
    parameters without a default, `defaults` are the values of the others. `gives` maps every port to
    its annotation: always `result`, and one more for each of several outputs. `loc` is where the step
    is defined.
    """

    takes: Mapping[str, Hint] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    defaults: Mapping[str, object] = field(default_factory=dict)
    gives: Mapping[str, Hint] = field(default_factory=dict)
    loc: Loc | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The signatures behind one program.

    `steps` is keyed by the `module:Class` of the workflow that the task stands in (a group
    changes it) and the step's name. `params` maps the arguments of `graph` to their annotations.
    `groups` maps the `module:Class` of every workflow, the called ones too, to the annotations of
    its graph. `models` maps those with a `params` step to the fields of the model that it returns.
    """

    steps: Mapping[tuple[str, str], StepHints] = field(default_factory=dict)
    params: Mapping[str, Hint] = field(default_factory=dict)
    groups: Mapping[str, StepHints] = field(default_factory=dict)
    models: Mapping[str, StepHints] = field(default_factory=dict)
