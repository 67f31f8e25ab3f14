"""What a run would compute, for people and as JSON."""

from __future__ import annotations

from axl.cli.facts import document
from axl.cli.reasons import facts, told
from axl.cli.screen import Screen
from axl.runtime.engine.forecast import Forecast
from axl.wire.address import Index
from axl.wire.values import JSON


def print_forecast(found: Forecast, index: Index, json: bool, screen: Screen) -> int:
    """Print what would be computed and why; of a map's items only those below an index."""
    runs = [why for why in found.runs if why.index[: len(index)] == index]
    if json:
        screen.data(document(_facts(found, [facts(why) for why in runs]), screen))
        return 0
    for name, count in found.found.items():
        screen.data(f"{name}: {count} found")
    for line in told(runs, "would run"):
        screen.data(line)
    if found.later:
        screen.data(f"after that, as their inputs turn out: {', '.join(found.later)}")
    if not runs and not found.later:
        screen.say("nothing would be computed")
    return 0


def _facts(found: Forecast, runs: list[JSON]) -> JSON:
    return {"runs": runs, "found": dict(found.found), "later": list(found.later)}
