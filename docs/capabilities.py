"""The page that says what each target makes of each feature, from the targets' own declarations."""

from __future__ import annotations

from axl.compile.explain import verdict_of
from axl.compile.feature import Feature
from axl.compile.targets import TARGETS, get_target

HEAD = """# Targets and features

Generated from what the targets declare; `axl validate --target NAME` says the same of one workflow, with
lines. *Native* is the target's own construct, *lowered* says how axl expresses it there, *refused* why it
cannot, and what to do instead.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(_section(name) for name in TARGETS)])


def _section(name: str) -> str:
    target = get_target(name)
    rows = []
    for feature in Feature:
        how, text, instead = verdict_of(feature, target)
        more = f"{text}; instead: {instead}" if instead else text
        rows.append(f"| {feature.value} | {how} | {more} |")
    return "\n".join([f"## {name}", "", "| feature | | |", "| --- | --- | --- |", *rows, ""])
