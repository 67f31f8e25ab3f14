"""Which values the options of a policy can have."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import TypeAlias

from axl.check.rules.literals import fault
from axl.check.wording import nearest
from axl.ir.limits import MAX_INTEGER
from axl.ir.policy import Policy, Resources, RetryPolicy

Fault: TypeAlias = tuple[str, str]
"""What is wrong, and what to do about it."""

TARGETS = ("argo", "aws", "dagster")

_is_variable = re.compile("[A-Za-z_][A-Za-z0-9_]*").fullmatch
_is_class = re.compile(r"[^:\s]+:[^:\s]+").fullmatch


def policy_faults(policy: Policy) -> Iterator[Fault]:
    """Yield what is out of range in a policy."""
    yield from _resources(policy.resources)
    yield from _retry(policy.retry)
    yield from _more_than_zero("timeout", policy.timeout_s, "a number of seconds above zero")
    yield from _more_than_zero("cache ttl", policy.cache.ttl_s, "a number of seconds above zero")
    yield from _environment(policy)
    yield from _on_failure(policy)
    yield from _platform(policy)
    for package in policy.packages:
        if not package.strip():
            yield "a package has an empty name", "name it as in a requirements file, or drop it"


def _resources(resources: Resources) -> Iterator[Fault]:
    yield from _more_than_zero("cpu", resources.cpu_milli, "some milli-CPUs")
    yield from _more_than_zero("memory", resources.memory_bytes, "a number of bytes above zero")
    yield from _more_than_zero("disk", resources.disk_bytes, "a number of bytes above zero")
    if not 0 <= resources.gpu <= MAX_INTEGER:
        yield f"gpu is {resources.gpu}", "ask for zero or more"


def _retry(retry: RetryPolicy) -> Iterator[Fault]:
    if not 1 <= retry.attempts <= MAX_INTEGER:
        yield f"the number of attempts is {retry.attempts}", "it counts the first one too: one or more"
    for name, value in (("delay", retry.delay_s), ("max_delay", retry.max_delay_s)):
        if not (math.isfinite(value) and value >= 0):
            yield f"the {name} of its retries is {value}", "write a number of seconds, zero or more"
    if not (math.isfinite(retry.factor) and retry.factor >= 1):
        yield f"the factor of its retries is {retry.factor}", "waits grow: write one or more"
    if not 0 <= retry.jitter <= 1:
        yield f"the jitter of its retries is {retry.jitter}", "it is a share of the wait: from 0 to 1"
    for name in retry.on:
        if not _is_class(name):
            yield f"its retries are on {name!r}", "name an exception class, as in `builtins:ConnectionError`"


def _environment(policy: Policy) -> Iterator[Fault]:
    seen: set[str] = set()
    for name in (*(name for name, _ in policy.env), *(secret.env for secret in policy.secrets)):
        if not _is_variable(name):
            yield (
                f"the environment variable {name!r} is not a name",
                "use letters, digits and _, no digit first",
            )
        if name in seen:
            yield f"the environment variable `{name}` is set twice", "set it once, in env or in secrets"
        seen.add(name)
    for name, value in policy.env:
        if "\0" in value:
            yield f"the environment variable `{name}` holds a null character", "no system can pass it on"
    for secret in policy.secrets:
        if not secret.name:
            yield f"the secret for `{secret.env}` has no name", "name the secret in the store of secrets"


def _on_failure(policy: Policy) -> Iterator[Fault]:
    if policy.on_failure == "default" and not policy.default_json:
        yield 'on_failure="default" has no default', "write on_failure=default(value)"
    if policy.on_failure != "default" and policy.default_json:
        yield f'a default is given with on_failure="{policy.on_failure}"', "write on_failure=default(value)"
    found = fault(policy.default_json) if policy.default_json else None
    if found is not None:
        yield f"on_failure {found[0]}", found[1]


def _platform(policy: Policy) -> Iterator[Fault]:
    for name, text in policy.platform:
        if name not in TARGETS:
            yield f"platform names `{name}`, which is no target", nearest(name, TARGETS)
        if not _is_json_object(text):
            yield f"platform options for `{name}` are not a JSON object", "write a dict of options"


def _more_than_zero(name: str, value: float | None, form: str) -> Iterator[Fault]:
    if value is not None and not 0 < value < math.inf:
        yield f"{name} is {value}", f"write {form}"


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
