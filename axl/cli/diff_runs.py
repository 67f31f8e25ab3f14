"""Prints what is different between two runs: a few lines for each step, however many items it has."""

from __future__ import annotations

from collections.abc import Iterator

from axl import api
from axl.cli.facts import dumps
from axl.cli.narrate import span
from axl.cli.screen import Screen, harmless
from axl.io.stores import existing_store
from axl.runtime.history.diff import RunDiff, StepDiff
from axl.wire.address import instance_text
from axl.wire.values import JSON

DIFFERENT = 4


def print_diff(before: str, after: str, url: str | None, as_json: bool, screen: Screen) -> int:
    """Print the differences of two runs, and return the exit code."""
    found = api.diff(before, after, existing_store(url))
    if as_json:
        screen.data(dumps(_facts(found)))
    else:
        lines = list(_lines(found))
        for line in lines:
            screen.data(harmless(line))
        if not lines:
            screen.say(f"{found.before} and {found.after} do not differ")
    return DIFFERENT if found.differs else 0


def _lines(found: RunDiff) -> Iterator[str]:
    for name, (before, after) in found.facts:
        yield f"{name}: {before or 'not given'} -> {after or 'not given'}"
    for step in found.steps:
        yield _head(step)
        yield from (f"  {line}" for line in _details(step))


def _head(step: StepDiff) -> str:
    if not step.items[1]:
        return f"{step.step} ran only in the first run"
    if not step.items[0]:
        return f"{step.step} ran only in the second run"
    most = max(step.items)
    if most == 1 and step.places in ((), ((),)):
        return f"{step.step} differs" if step.differs else f"{step.step} has the same result"
    if not step.differs:
        return f"{step.step}: {most:,} items have the same results"
    places = ", ".join(instance_text("", place) for place in step.places)
    more = ", ..." if step.differing > len(step.places) else ""
    verb = "differs" if step.differing == 1 else "differ"
    return f"{step.step}: {step.differing:,} of {most:,} items {verb}: {places}{more}"


def _details(step: StepDiff) -> Iterator[str]:
    if step.items[0] != step.items[1] and all(step.items):
        yield f"items: {step.items[0]:,} -> {step.items[1]:,}"
    for change in step.changes:
        yield change.text
    for (before, after), count in step.statuses:
        if before and after:
            yield f"status: {before} -> {after}{_times(count, step)}"
    for name, (was, now_is) in step.outputs:
        yield f"output `{name}`{_of_first(step)}: {was or 'none'} -> {now_is or 'none'}"
    if step.unstable:
        yield f"though its code and inputs are the same{_times(step.unstable, step)}"
    if step.attempts[0] != step.attempts[1] and all(step.items):
        yield f"attempts: {step.attempts[0]:,} -> {step.attempts[1]:,}"
    if step.seconds is not None:
        yield f"time: {span(step.seconds[0])} -> {span(step.seconds[1])}"


def _times(count: int, step: StepDiff) -> str:
    return f" ({count:,} items)" if max(step.items) > 1 else ""


def _of_first(step: StepDiff) -> str:
    return f" of {instance_text('', step.example)}" if step.example else ""


def _facts(found: RunDiff) -> dict[str, JSON]:
    return {
        "before": found.before,
        "after": found.after,
        "differs": found.differs,
        "facts": [{"name": name, "before": was, "after": now_is} for name, (was, now_is) in found.facts],
        "steps": [_step_facts(step) for step in found.steps],
    }


def _step_facts(step: StepDiff) -> JSON:
    return {
        "step": step.step,
        "differs": step.differs,
        "items": list(step.items),
        "differing": step.differing,
        "places": [list(place) for place in step.places],
        "changes": [
            {
                "kind": each.kind,
                "name": each.name,
                "before": each.before,
                "after": each.after,
                "where": each.where,
                "text": each.text,
            }
            for each in step.changes
        ],
        "outputs": [{"name": name, "before": was, "after": now_is} for name, (was, now_is) in step.outputs],
        "example": list(step.example),
        "unstable": step.unstable,
        "statuses": [
            {"before": was or None, "after": now_is or None, "items": count}
            for (was, now_is), count in step.statuses
        ],
        "attempts": list(step.attempts),
        "seconds": list(step.seconds) if step.seconds else None,
    }
