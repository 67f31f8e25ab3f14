"""What a target makes of a workflow, feature by feature, for people and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from axl.compile.explain import Explanation, Verdict
from axl.wire.values import JSON

_FEW = 3


def lines(found: Explanation, paint: Callable[[str, str], str]) -> Iterator[str]:
    """Yield one line for each feature, what to do instead below it, and the sizes."""
    yield f"{found.target}:"
    colours = {"native": "green", "lowered": "yellow", "refused": "red"}
    for verdict in found.verdicts:
        text = f": {verdict.text}" if verdict.text else ""
        nodes = f" ({_some(verdict.nodes)})" if verdict.nodes else ""
        yield f"  {paint(verdict.how.ljust(7), colours[verdict.how])}  {verdict.feature.value}{nodes}{text}"
        if verdict.how == "refused":
            yield from (f"           at {loc}" for loc in verdict.where)
            yield f"           instead: {verdict.instead}"
    for size in found.sizes:
        limit = f" of at most {size.limit}" if size.limit is not None else ""
        note = f" ({size.note})" if size.note else ""
        yield f"  {size.what}: {size.value}{limit}{note}"


def facts(found: Explanation) -> dict[str, JSON]:
    """Return what a target makes of a workflow as JSON."""
    return {
        "target": found.target,
        "refused": found.is_refused,
        "features": [_verdict_facts(verdict) for verdict in found.verdicts],
        "sizes": [
            {"what": size.what, "value": size.value, "limit": size.limit, "note": size.note}
            for size in found.sizes
        ],
    }


def _verdict_facts(verdict: Verdict) -> dict[str, JSON]:
    return {
        "feature": verdict.feature.value,
        "how": verdict.how,
        "text": verdict.text,
        "instead": verdict.instead,
        "nodes": list(verdict.nodes),
        "where": [{"file": loc.file, "line": loc.line} for loc in verdict.where],
    }


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
