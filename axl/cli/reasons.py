"""Reasons why steps are computed or found, for people and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import cast

from axl.runtime.cache.why import Why
from axl.wire.values import JSON

SHOWN = 5
"""Items of a map that are named where many have the same reason."""


def facts(why: Why) -> JSON:
    """Return a reason for JSON."""
    return {
        "step": why.node,
        "index": list(why.index),
        "fate": why.fate,
        "run": why.run or None,
        "note": why.note or None,
        "changes": [cast("JSON", dataclasses.asdict(change)) for change in why.changes],
    }


def told(reasons: Iterable[Why], verb: str = "") -> Iterator[str]:
    """Yield lines for people: items of a map that have the same reason stand together.

    `verb` is said of steps in place of what became of them.
    """
    for _, steps in groupby(reasons, key=lambda why: why.node):
        together: dict[tuple[str, ...], list[Why]] = {}
        for why in steps:
            together.setdefault(_reason(why, verb or why.fate), []).append(why)
        for (first, *rest), alike in together.items():
            yield f"{_names(alike)}: {first}"
            yield from (f"  {line}" for line in rest)


def _names(alike: list[Why]) -> str:
    named = ", ".join(why.name for why in alike[:SHOWN])
    return named if len(alike) <= SHOWN else f"{named} and {len(alike) - SHOWN} more"


def _reason(why: Why, verb: str) -> tuple[str, ...]:
    if why.fate == "cached":
        return (f"found, computed by {why.run}{f' {why.note}' if why.note else ''}",)
    changes = [change.text for change in why.changes]
    if not changes:
        return (f"{verb}: {why.note}",)
    since = f"{verb}, since {why.run}"
    return (f"{since}: {changes[0]}",) if len(changes) == 1 else (f"{since}:", *changes)
