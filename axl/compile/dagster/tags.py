"""What a task's policy asks of the machine, as the tags of an op that Dagster's executors read."""

from __future__ import annotations

import json
from typing import cast

from axl.compile.dagster.model import Op
from axl.compile.dagster.source import Plain
from axl.compile.sizes import bytes_text
from axl.errors import DefinitionError, Loc
from axl.ir.policy import Policy, Resources

LIMIT_PREFIX = "axl.map/"
_OWN = ("tags", "pool")


def op_tags(op: Op, digest: str) -> dict[str, Plain]:
    """Return the tags of an op."""
    out: dict[str, Plain] = {}
    if digest:
        out["axl/code"] = digest[:16]
    if op.group:
        out["axl/group"] = op.group
    out.update((LIMIT_PREFIX + name, "") for name in op.limits)
    if op.task is not None:
        container = _container(op.task.policy)
        if container:
            out["dagster-k8s/config"] = {"container_config": container}
        out.update(cast("dict[str, Plain]", own_settings(op.task.policy, op.task.loc).get("tags", {})))
    return out


def pool(op: Op) -> str:
    """Return the pool that an op takes a place of; Dagster bounds how many run at once in a pool."""
    found = own_settings(op.task.policy, op.task.loc).get("pool") if op.task is not None else None
    return found if isinstance(found, str) else ""


def own_settings(policy: Policy, where: Loc | None) -> dict[str, Plain]:
    """Return what the author set for Dagster alone; `DefinitionError` for what it is not."""
    found = dict(policy.platform).get("dagster")
    if not policy.platform or found is None:
        return {}
    settings = json.loads(found)
    if not isinstance(settings, dict) or set(settings) - set(_OWN):
        raise DefinitionError(
            f"platform['dagster'] is {found:.80}",
            where=where,
            hint='it has `tags`, an object, and `pool`, a text: {"dagster": {"pool": "database"}}',
        )
    tags, pool_name = settings.get("tags", {}), settings.get("pool", "")
    if not isinstance(tags, dict) or not isinstance(pool_name, str):
        raise DefinitionError(
            f"platform['dagster'] is {found:.80}", where=where, hint="`tags` is an object, `pool` a text"
        )
    return cast("dict[str, Plain]", settings)


def _container(policy: Policy) -> dict[str, Plain]:
    out: dict[str, Plain] = {}
    if policy.image:
        out["image"] = policy.image
    resources = _resources(policy.resources)
    if resources:
        out["resources"] = resources
    if policy.secrets:
        out["env"] = [
            {
                "name": secret.env,
                "value_from": {"secret_key_ref": {"name": secret.name, "key": secret.key or secret.env}},
            }
            for secret in policy.secrets
        ]
    return out


def _resources(asked: Resources) -> dict[str, Plain]:
    requests: dict[str, Plain] = {}
    limits: dict[str, Plain] = {}
    if asked.cpu_milli is not None:
        requests["cpu"] = f"{asked.cpu_milli}m"
    if asked.memory_bytes is not None:
        requests["memory"] = limits["memory"] = bytes_text(asked.memory_bytes)
    if asked.disk_bytes is not None:
        requests["ephemeral-storage"] = bytes_text(asked.disk_bytes)
    if asked.gpu:
        limits["nvidia.com/gpu"] = str(asked.gpu)
    named = {"requests": requests, "limits": limits}
    return {name: values for name, values in named.items() if values}
