"""A target of a third party: a workflow as one script that runs its tasks one after the other.

What it does not support, it says. Like every target it writes down ids only, no data: the script asks
axl's door for each step, and the door derives the rest from the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from axl.compile.facts import facts_of, lines_of
from axl.compile.feature import Feature
from axl.compile.target import Artifact, Estimate, Origin, Pass, Refusal
from axl.ir.nodes import IRWorkflow, Map, Task
from axl.ir.walk import nodes, tasks

REFUSED = {
    Feature.SCHEDULE: Refusal("a script does not start itself", "let cron start it"),
    Feature.ON_EXIT: Refusal("a script that is killed does nothing more", "do it in a step"),
    Feature.IMPORTABLE: Refusal("the script imports the workflow", "move the class to a module of its own"),
}

LOWERED = {
    Feature.CONCURRENCY: "one task at a time is within every limit",
    Feature.MAX_PARALLEL: "one task at a time is within every limit",
    Feature.BRANCH: "both arms are asked for; the one that is not taken finds nothing to do",
    Feature.NESTED_MAP: "each step runs for all items before the next one does",
}

SCRIPT = '''\
"""A workflow as a script: `python FILE RUN [PARAMETERS as JSON]`."""

import json
import sys
import time
from pathlib import Path

from axl.runtime import remote

WORKFLOW = remote.Workflow(
    source=SOURCE,
    folder=Path(__file__).parent / FOLDER,
    hash=HASH,
)

# A map, or a step and the map that it stands in.
PLAN = [
LINES
]


def main(name: str, params: str = "{}") -> None:
    with remote.driving(name, "plain"):
        work(remote.join(WORKFLOW, name, json.loads(params), "plain"))


def work(run: remote.Run) -> None:
    places: dict[str, tuple[str, ...]] = {"": ("",)}
    for node, inside in PLAN:
        if inside is None:
            report = run.items(node)
            places[node] = report.items
            if report.error:
                sys.exit(report.error)
        else:
            for place in places[inside]:
                attempt(run, node, place)
    run.finish()


def attempt(run: remote.Run, node: str, place: str) -> None:
    retry = 0
    while (report := run.step(node, place, retry)).retry_after is not None:
        time.sleep(report.retry_after)
        retry += 1
    if report.error:
        sys.exit(report.error)


if __name__ == "__main__":
    main(*sys.argv[1:])
'''


class Plain:
    """One script, one task at a time."""

    name = "plain"
    supports = frozenset(Feature) - REFUSED.keys()
    lowered: Mapping[Feature, str] = LOWERED
    refused: Mapping[Feature, Refusal] = REFUSED
    passes: tuple[Pass, ...] = ()

    def estimate(self, program: IRWorkflow) -> tuple[Estimate, ...]:
        """Return how many tasks the script asks for, those of a map counted once."""
        return (Estimate("tasks", sum(1 for _ in tasks(program))),)

    def emit(self, program: IRWorkflow, origin: Origin) -> Artifact:
        """Return the script; what is the author's goes in as literals and comments."""
        plan = "\n".join(f"    ({node!r}, {inside!r})," for node, inside in _plan(program))
        parts = {
            "SOURCE": repr(program.source),
            "FOLDER": repr(origin.folder),
            "HASH": repr(program.compute_hash()),
            "LINES": plan,
        }
        text = "".join(f"{_filled(line, parts)}\n" for line in SCRIPT.splitlines())
        text += "".join(f"# {line}\n" for line in lines_of(facts_of(program, origin)))
        return Artifact({origin.name or f"{program.name}.py": text.encode()})


def _filled(line: str, parts: Mapping[str, str]) -> str:
    for name, value in parts.items():
        if name in line:
            return line.replace(name, value)
    return line


def _plan(program: IRWorkflow) -> Iterator[tuple[str, str | None]]:
    """Yield maps and steps in an order in which each stands after what it needs."""
    maps: set[str] = set()
    for visit in nodes(program):
        if isinstance(visit.node, Map):
            maps.add(visit.node.id)
            yield visit.node.id, None
        elif isinstance(visit.node, Task):
            yield visit.node.id, next((part for part in reversed(visit.path) if part in maps), "")
