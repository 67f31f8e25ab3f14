"""Dagster as a target: what it can express, and how."""

from __future__ import annotations

from collections.abc import Mapping

from axl.compile.dagster.emit import emit
from axl.compile.dagster.lower import lower
from axl.compile.feature import Feature
from axl.compile.target import Artifact, Estimate, Origin, Pass, Refusal
from axl.ir.nodes import IRWorkflow, Map
from axl.ir.walk import nodes

_REFUSED = {
    Feature.IMPORTABLE: Refusal(
        "Dagster imports the workflow, and this one is defined in a function or in the main script",
        "move the class to the top level of a module of its own",
    ),
    Feature.PACKAGES: Refusal(
        "an op runs in the environment of its code location, which installs nothing",
        "install them there and leave `packages` out, or name an image that has them: image=…, for the k8s executor",
    ),
}

_LOWERED = {
    Feature.PARAMS_STEP: "its fields are optional values of the resource `parameters`",
    Feature.PATH_INPUT: "by the runner",
    Feature.STATIC_MAP: "as a map over a list that a step made",
    Feature.ZIP: "one dynamic output over the common length; other lengths fail the op that names the items",
    Feature.NESTED_MAP: "the body is cut at the inner map; each part runs for all items before the next begins",
    Feature.CONCURRENCY: "a tag with a limit, over all runs of the map's body; the in-process executor runs one at a time",
    Feature.BATCH: "one op for several items",
    Feature.BRANCH: "both arms run; the one that is not taken finds nothing to do",
    Feature.BRANCH_IN_MAP: "both arms run; the one that is not taken finds nothing to do",
    Feature.MAP_IN_BRANCH: "a map in an arm that is not taken has no items",
    Feature.GROUP: "its steps are ops of the job, with the tag axl/group",
    Feature.SEVERAL_OUTPUTS: "by the runner, each with its own metadata",
    Feature.RETRY: "the runner decides, the op asks for another attempt",
    Feature.RETRY_BY_TYPE: "the runner decides, the op asks for another attempt",
    Feature.RETRY_JITTER: "the runner computes the wait",
    Feature.RETRY_FRACTION: "the runner computes the wait",
    Feature.TIMEOUT: "the runner ends the attempt",
    Feature.ON_FAILURE: "the runner commits what stands in, and the op succeeds",
    Feature.CACHE_TTL: "by the runner",
    Feature.COMPUTE: "for the k8s executor; other executors take what the machine has",
    Feature.GPU: "for the k8s executor; other executors take what the machine has",
    Feature.DISK: "for the k8s executor; other executors take what the machine has",
    Feature.ENV: "set by the runner",
    Feature.SECRETS: "for the k8s executor from its secrets; else from the environment of the ops",
    Feature.IMAGE: "for the k8s executor; other executors run in the code location",
    Feature.PACKAGES_IN_IMAGE: "the image has to have them; other executors run in the code location",
    Feature.ON_EXIT: "a second job, started by sensors; they need the Dagster daemon",
}


class Dagster:
    """One generated module with a job of ops that call axl's runner."""

    name = "dagster"
    supports = frozenset(Feature) - _REFUSED.keys()
    lowered: Mapping[Feature, str] = _LOWERED
    refused: Mapping[Feature, Refusal] = _REFUSED
    passes: tuple[Pass, ...] = ()

    def estimate(self, program: IRWorkflow) -> tuple[Estimate, ...]:
        """Return how many ops the job has, and how many steps a run launches as far as that is known."""
        job = lower(program)
        out = [Estimate("ops", len(job.ops))]
        sizes = {
            visit.node.id: visit.node.max_items for visit in nodes(program) if isinstance(visit.node, Map)
        }
        known = {name: size for name, size in sizes.items() if size is not None}
        if sizes:
            count = sum(_times(op.level, known) if op.does == "step" else 1 for op in job.ops)
            unknown = [name for name in sizes if name not in known]
            note = f"maps without max_items count one item: {', '.join(unknown)}" if unknown else ""
            out.append(Estimate("steps of a run", count, None, note))
        return tuple(out)

    def emit(self, program: IRWorkflow, origin: Origin) -> Artifact:
        """Return the module."""
        name = origin.name or f"{program.name.replace('-', '_')}_dagster.py"
        module = emit(program, lower(program), origin)
        return Artifact({name: module.encode()})


def _times(level: tuple[str, ...], sizes: Mapping[str, int]) -> int:
    count = 1
    for name in level:
        count *= sizes.get(name, 1)
    return count
