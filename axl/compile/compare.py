"""What changed between two compilations, in an author's terms: steps, wiring, settings, code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from axl.compile.facts import WORKFLOW, Facts
from axl.compile.sizes import bytes_text
from axl.wire.values import JSON

_KINDS = {"step": "step", "over": "map", "test": "branch", "workflow": "workflow"}
_NAMES = {
    "cpu_milli": "cpu",
    "memory_bytes": "memory",
    "disk_bytes": "disk",
    "timeout_s": "timeout",
    "delay_s": "delay",
    "max_delay_s": "max_delay",
    "ttl_s": "ttl",
    "hash": "wiring",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference; `subject` is a node's id, a parameter or the workflow itself.

    `fact` is empty where the whole subject came or went. `before` and `after` are as people write them.
    """

    subject: str
    kind: Literal["added", "removed", "changed"]
    fact: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        match self.kind, self.fact:
            case "added", "":
                return f"{self.subject} added: {self.after}"
            case "removed", "":
                return f"{self.subject} removed: {self.before}"
            case _, "code":
                return f"{self.subject}: code changed"
            case "added", fact:
                return f"{self.subject}: {fact} {self.after}, not set before"
            case "removed", fact:
                return f"{self.subject}: {fact} {self.before} no longer set"
            case _, fact:
                return f"{self.subject}: {fact} {self.before} → {self.after}"


def compare(before: Facts, after: Facts) -> tuple[Change, ...]:
    """Return what differs, in the order of the newer compilation, what is gone last.

    The hash of the wiring is named only where nothing else says what changed.
    """
    out: list[Change] = []
    for subject, facts in after.items():
        if subject not in before:
            out.append(Change(subject=subject, kind="added", after=_about(facts)))
        else:
            out.extend(_changes(subject, dict(before[subject]), dict(facts)))
    for subject, facts in before.items():
        if subject not in after:
            out.append(Change(subject=subject, kind="removed", before=_about(facts)))
    named = [change for change in out if (change.subject, change.fact) != (WORKFLOW, "wiring")]
    return tuple(named or out)


def _changes(subject: str, before: dict[str, JSON], after: dict[str, JSON]) -> Iterator[Change]:
    for fact in dict.fromkeys((*after, *before)):
        old, new = before.get(fact), after.get(fact)
        if old == new:
            continue
        name = _NAMES.get(fact, fact)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from (_inner(subject, name, each) for each in _changes(subject, old, new))
        elif fact not in before:
            yield Change(subject=subject, kind="added", fact=name, after=_shown(fact, new))
        elif fact not in after:
            yield Change(subject=subject, kind="removed", fact=name, before=_shown(fact, old))
        else:
            yield Change(
                subject=subject, kind="changed", fact=name, before=_shown(fact, old), after=_shown(fact, new)
            )


def _inner(subject: str, fact: str, change: Change) -> Change:
    """Return a change inside a fact, as in `reads frame`."""
    name = f"{fact} {change.fact}"
    return Change(subject=subject, kind=change.kind, fact=name, before=change.before, after=change.after)


def _about(facts: object) -> str:
    known: dict[str, JSON] = dict(facts) if isinstance(facts, dict) else {}
    for fact, kind in _KINDS.items():
        if fact in known:
            return f"a {kind} ({_shown(fact, known[fact])})"
    return _shown("type", known.get("type"))


def _shown(fact: str, value: JSON) -> str:
    """Return a fact as authors write it: `4Gi`, `500m`, `10s`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if fact.endswith("_bytes"):
            return bytes_text(int(value))
        if fact.endswith("_s"):
            return f"{value:g}s"
        return f"{value}m" if fact == "cpu_milli" else str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_shown(fact, each) for each in value)
    return json.dumps(value, ensure_ascii=False)
