"""What a run would compute, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from axl import api
from axl.cli.facts import document
from axl.cli.reasons import facts, told
from axl.cli.screen import Screen
from axl.dsl.workflow import Workflow
from axl.io.assignment import Given
from axl.runtime.engine.forecast import Forecast
from axl.wire.values import JSON


def print_forecast(
    cls: type[Workflow],
    params: Iterable[Given],
    store: str | None,
    step: str,
    json: bool,
    screen: Screen,
) -> int:
    """Print what a run of a workflow would compute and why, of all steps or of one."""
    found = api.forecast(cls, params, store=store)
    runs = [why for why in found.runs if step in {"", why.node}]
    if json:
        screen.data(document(_facts(found, [facts(why) for why in runs]), screen))
        return 0
    for name, count in found.found.items():
        if step in {"", name}:
            screen.data(f"{name}: {count} found")
    for line in told(runs, "would run"):
        screen.data(line)
    later = [name for name in found.later if step in {"", name}]
    if later:
        screen.data(f"after that, as their inputs turn out: {', '.join(later)}")
    if not runs and not later:
        screen.say("nothing would be computed")
    return 0


def _facts(found: Forecast, runs: list[JSON]) -> JSON:
    return {"runs": runs, "found": dict(found.found), "later": list(found.later)}
