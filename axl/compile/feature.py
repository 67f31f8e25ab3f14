"""Everything that a workflow can need of a target, as a closed list, and where a program needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from axl.errors import Loc
from axl.ir.nodes import Branch, Const, Group, IRWorkflow, Map, Node, Task
from axl.ir.policy import Policy, RetryPolicy
from axl.ir.walk import BlockPath, nodes


class Feature(Enum):
    """One thing that an author can ask for; the value is how it is called in messages and tables."""

    IMPORTABLE = "a workflow that lives in a module"
    PARAMETERS = "parameters of a run"
    PARAMS_STEP = "a params step"
    ORDER = "order without data"
    SEVERAL_OUTPUTS = "several outputs"
    PATH_INPUT = "inputs as files"
    MAP = "map"
    MAP_BODY = "map of several steps"
    STATIC_MAP = "map over a literal list"
    ZIP = "map over several lists"
    NESTED_MAP = "map in a map"
    CONCURRENCY = "concurrency of a map"
    BATCH = "batches of items"
    BRANCH = "branch"
    BRANCH_IN_MAP = "branch in a map"
    MAP_IN_BRANCH = "map in a branch"
    GROUP = "workflow in a workflow"
    RETRY = "retries"
    RETRY_BY_TYPE = "retries by type of exception"
    RETRY_JITTER = "random waits between attempts"
    RETRY_FRACTION = "waits that grow by a fraction"
    TIMEOUT = "time-outs"
    ON_FAILURE = "steps that may fail"
    CACHE_TTL = "results that expire"
    COMPUTE = "CPU and memory"
    GPU = "GPUs"
    DISK = "disk space"
    ENV = "environment variables"
    SECRETS = "secrets"
    IMAGE = "images of steps"
    PACKAGES = "packages of steps"
    PACKAGES_IN_IMAGE = "packages of steps that have an image"
    ON_EXIT = "a step that always runs last"
    SCHEDULE = "schedule"
    MAX_PARALLEL = "a limit on what runs at once"


@dataclass(frozen=True, slots=True)
class Need:
    """A feature that a program uses, the node that uses it (empty: the workflow), and the author's line."""

    feature: Feature
    node: str = ""
    where: Loc | None = None


def needs(program: IRWorkflow) -> tuple[Need, ...]:
    """Return everything that a program needs, in the order of its nodes; a node names a feature once."""
    found = list(_of_workflow(program))
    policies: dict[int, tuple[Feature, ...]] = {}
    maps: set[str] = set()
    for visit in nodes(program):
        if isinstance(visit.node, Map):
            maps.add(visit.node.id)
        features = _of_node(visit.node, visit.path, maps, policies)
        found.extend(Need(feature, visit.node.id, visit.node.loc) for feature in features)
    exit_task = program.on_exit
    if exit_task is not None:
        found.append(Need(Feature.ON_EXIT, exit_task.id, exit_task.loc))
        found.extend(Need(feature, exit_task.id, exit_task.loc) for feature in _of_policy(exit_task.policy))
    return tuple(found)


def _of_workflow(program: IRWorkflow) -> Iterator[Need]:
    module, _, name = program.source.partition(":")
    if module == "__main__" or "<" in name:
        yield Need(Feature.IMPORTABLE, where=program.loc)
    if any(not param.step for param in program.params):
        yield Need(Feature.PARAMETERS, where=program.loc)
    if any(param.step for param in program.params):
        yield Need(Feature.PARAMS_STEP, where=program.loc)
    if program.schedule is not None:
        yield Need(Feature.SCHEDULE, where=program.loc)
    if program.max_parallel is not None:
        yield Need(Feature.MAX_PARALLEL, where=program.loc)


def _of_node(
    node: Node, path: BlockPath, maps: set[str], policies: dict[int, tuple[Feature, ...]]
) -> Iterator[Feature]:
    if node.after:
        yield Feature.ORDER
    match node:
        case Task():
            if len(node.outputs) > 1:
                yield Feature.SEVERAL_OUTPUTS
            known = policies.get(id(node.policy))
            if known is None:
                known = policies[id(node.policy)] = tuple(_of_policy(node.policy))
            yield from known
        case Map():
            yield from _of_map(node, path, maps)
        case Branch():
            yield Feature.BRANCH
            if any(part in maps for part in path):
                yield Feature.BRANCH_IN_MAP
        case Group():
            yield Feature.GROUP


def _of_map(node: Map, path: BlockPath, maps: set[str]) -> Iterator[Feature]:
    yield Feature.MAP
    if len(node.body.nodes) > 1:
        yield Feature.MAP_BODY
    if isinstance(node.over[0], Const):
        yield Feature.STATIC_MAP
    if len(node.over) > 1:
        yield Feature.ZIP
    if any(part in maps for part in path):
        yield Feature.NESTED_MAP
    if any(":" in part for part in path):
        yield Feature.MAP_IN_BRANCH
    if node.concurrency is not None:
        yield Feature.CONCURRENCY
    if node.batch is not None:
        yield Feature.BATCH


def _of_policy(policy: Policy) -> Iterator[Feature]:
    if policy == _PLAIN:
        return
    yield from _of_retry(policy.retry)
    resources = policy.resources
    asked = {
        Feature.TIMEOUT: policy.timeout_s is not None,
        Feature.ON_FAILURE: policy.on_failure != "fail",
        Feature.CACHE_TTL: policy.cache.ttl_s is not None,
        Feature.COMPUTE: resources.cpu_milli is not None or resources.memory_bytes is not None,
        Feature.GPU: resources.gpu > 0,
        Feature.DISK: resources.disk_bytes is not None,
        Feature.ENV: bool(policy.env),
        Feature.SECRETS: bool(policy.secrets),
        Feature.IMAGE: bool(policy.image),
        Feature.PACKAGES: bool(policy.packages) and not policy.image,
        Feature.PACKAGES_IN_IMAGE: bool(policy.packages) and bool(policy.image),
        Feature.PATH_INPUT: any(mode == "path" for _, mode in policy.input_mode),
    }
    yield from (feature for feature, used in asked.items() if used)


def _of_retry(retry: RetryPolicy) -> Iterator[Feature]:
    if retry.attempts <= 1:
        return
    yield Feature.RETRY
    if retry.on:
        yield Feature.RETRY_BY_TYPE
    if retry.delay_s and retry.jitter:
        yield Feature.RETRY_JITTER
    if retry.delay_s and retry.factor != int(retry.factor):
        yield Feature.RETRY_FRACTION


_PLAIN = Policy()
