"""What a target is: its name, what it can express, its passes, and how it writes a program down.

A target of another package is a class without arguments under the entry-point group `axl.targets`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from axl.compile.feature import Feature
from axl.ir.nodes import IRWorkflow

Pass: TypeAlias = Callable[[IRWorkflow], IRWorkflow]
"""A step of lowering. It keeps parameters and meaning, and the driver checks what it returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCode:
    """What a step's code says: the author's docstring, and a digest of the author's own code behind it."""

    doc: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a compilation is told besides the program.

    `folder` is where the author's module is found, seen from the folder of the artifact; empty when
    it is installed. `steps` has the code of every step by `module:Class/step`. `name` is what the
    artifact's main file is to be called, `axl` the release that compiles.
    """

    folder: str = ""
    steps: Mapping[str, StepCode] = field(default_factory=dict)
    name: str = ""
    axl: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a compilation writes: bytes by relative path, in order of importance."""

    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a target cannot express a feature, and what an author can do instead."""

    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that a compilation is going to have, beside the limit of the target, if it has one."""

    what: str
    value: int
    limit: int | None = None
    note: str = ""


class Target(Protocol):
    """A place that workflows are compiled for.

    `supports` is everything it can express. Of that, `lowered` says how the features are expressed
    that it does not know itself; `refused` says of the others why, and what to do instead.
    """

    @property
    def name(self) -> str: ...

    @property
    def supports(self) -> frozenset[Feature]: ...

    @property
    def lowered(self) -> Mapping[Feature, str]: ...

    @property
    def refused(self) -> Mapping[Feature, Refusal]: ...

    @property
    def passes(self) -> tuple[Pass, ...]: ...

    def estimate(self, program: IRWorkflow) -> tuple[Estimate, ...]:
        """Return the sizes that the artifact of a program is going to have."""
        ...

    def emit(self, program: IRWorkflow, origin: Origin) -> Artifact:
        """Return the files of a program: the same bytes for the same arguments, always."""
        ...
