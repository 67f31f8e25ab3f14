"""Says of everything that a program needs what a target makes of it: native, lowered or refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from axl.compile.driver import UNSAID
from axl.compile.feature import Feature, Need, needs
from axl.compile.target import Estimate, Target
from axl.errors import Loc
from axl.ir.nodes import IRWorkflow

How = Literal["native", "lowered", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a target makes of one feature, and who needs it.

    `text` says how a feature is lowered or why it is refused, `instead` what to do then; `nodes` are
    empty where the workflow itself needs it.
    """

    feature: Feature
    how: How
    text: str = ""
    instead: str = ""
    nodes: tuple[str, ...] = ()
    where: tuple[Loc, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a target makes of a program: its features, and the sizes to expect."""

    target: str
    verdicts: tuple[Verdict, ...]
    sizes: tuple[Estimate, ...]

    @property
    def is_refused(self) -> bool:
        return any(verdict.how == "refused" for verdict in self.verdicts)


def explain(program: IRWorkflow, target: Target) -> Explanation:
    """Return what a target makes of a program; nothing is raised for what it refuses."""
    users: dict[Feature, list[Need]] = {}
    for need in needs(program):
        users.setdefault(need.feature, []).append(need)
    verdicts = tuple(_verdict(feature, tuple(found), target) for feature, found in users.items())
    refused = any(verdict.how == "refused" for verdict in verdicts)
    sizes = () if refused else target.estimate(program)
    return Explanation(target=target.name, verdicts=verdicts, sizes=sizes)


def verdict_of(feature: Feature, target: Target) -> tuple[How, str, str]:
    """Return what a target makes of a feature: how, the reason or the way, and what to do instead."""
    if feature not in target.supports:
        refusal = target.refused.get(feature, UNSAID)
        return "refused", refusal.why, refusal.instead
    lowered = target.lowered.get(feature, "")
    return ("lowered" if lowered else "native"), lowered, ""


def _verdict(feature: Feature, users: tuple[Need, ...], target: Target) -> Verdict:
    how, text, instead = verdict_of(feature, target)
    return Verdict(
        feature=feature,
        how=how,
        text=text,
        instead=instead,
        nodes=tuple(need.node for need in users if need.node),
        where=tuple(dict.fromkeys(need.where for need in users if need.where is not None)),
    )
