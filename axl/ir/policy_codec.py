"""The JSON form of a policy: only what differs from the default is written."""

from __future__ import annotations

from typing import cast

from axl.ir.document import JSON
from axl.ir.fields import Fields, Path, as_choice, as_text, pair
from axl.ir.policy import CachePolicy, InputMode, OnFailure, Policy, Resources, RetryPolicy, Secret

_POLICY = Policy()
_RESOURCES = Resources()
_RETRY = RetryPolicy()
_CACHE = CachePolicy()


def policy_to_json(policy: Policy) -> JSON:
    """Return the JSON form of a policy; `{}` for the default one."""
    out: dict[str, JSON] = {}
    if policy.resources != _RESOURCES:
        out["resources"] = _resources_to_json(policy.resources)
    if policy.retry != _RETRY:
        out["retry"] = _retry_to_json(policy.retry)
    if policy.timeout_s is not None:
        out["timeout_s"] = float(policy.timeout_s)
    if policy.secrets:
        out["secrets"] = [_secret_to_json(secret) for secret in policy.secrets]
    if policy.cache != _CACHE:
        out["cache"] = _cache_to_json(policy.cache)
    for name, texts in (
        ("env", policy.env),
        ("input_mode", policy.input_mode),
        ("platform", policy.platform),
    ):
        if texts:
            out[name] = [[key, value] for key, value in texts]
    if policy.packages:
        out["packages"] = list(policy.packages)
    if policy.image:
        out["image"] = policy.image
    if policy.on_failure != _POLICY.on_failure:
        out["on_failure"] = policy.on_failure
    if policy.default_json:
        out["default_json"] = policy.default_json
    return out


def policy_from_json(data: JSON) -> Policy:
    """Return the policy of a JSON form; `DefinitionError` when it is not one."""
    return read_policy(data, (None, "policy"))


def read_policy(data: JSON, path: Path) -> Policy:
    """Return the policy found at one place of a document."""
    if data == {}:
        return _POLICY
    fields = Fields(data, path)
    on_failure = fields.text_or("on_failure", _POLICY.on_failure)
    as_choice(on_failure, ("fail", "continue", "default"), fields.at("on_failure"))
    policy = Policy(
        resources=_read_resources(fields.take("resources"), fields.at("resources"))
        if fields.has("resources")
        else _RESOURCES,
        retry=_read_retry(fields.take("retry"), fields.at("retry")) if fields.has("retry") else _RETRY,
        timeout_s=fields.number("timeout_s"),
        env=_pairs(fields, "env"),
        secrets=tuple(_read_secret(item, at) for item, at in fields.items("secrets")),
        image=fields.text_or("image", ""),
        packages=fields.texts("packages"),
        input_mode=_read_modes(fields),
        cache=_read_cache(fields.take("cache"), fields.at("cache")) if fields.has("cache") else _CACHE,
        on_failure=cast("OnFailure", on_failure),
        default_json=fields.text_or("default_json", ""),
        platform=_pairs(fields, "platform"),
    )
    fields.close()
    return policy


def _resources_to_json(resources: Resources) -> JSON:
    out: dict[str, JSON] = {}
    for name, value in (
        ("cpu_milli", resources.cpu_milli),
        ("memory_bytes", resources.memory_bytes),
        ("disk_bytes", resources.disk_bytes),
    ):
        if value is not None:
            out[name] = value
    if resources.gpu != _RESOURCES.gpu:
        out["gpu"] = resources.gpu
    return out


def _read_resources(data: JSON, path: Path) -> Resources:
    fields = Fields(data, path)
    resources = Resources(
        cpu_milli=fields.count("cpu_milli"),
        memory_bytes=fields.count("memory_bytes"),
        gpu=fields.whole_or("gpu", _RESOURCES.gpu),
        disk_bytes=fields.count("disk_bytes"),
    )
    fields.close()
    return resources


def _retry_to_json(retry: RetryPolicy) -> JSON:
    out: dict[str, JSON] = {}
    if retry.attempts != _RETRY.attempts:
        out["attempts"] = retry.attempts
    for name, value, default in (
        ("delay_s", retry.delay_s, _RETRY.delay_s),
        ("factor", retry.factor, _RETRY.factor),
        ("max_delay_s", retry.max_delay_s, _RETRY.max_delay_s),
        ("jitter", retry.jitter, _RETRY.jitter),
    ):
        if value != default:
            out[name] = float(value)
    if retry.on:
        out["on"] = list(retry.on)
    return out


def _read_retry(data: JSON, path: Path) -> RetryPolicy:
    fields = Fields(data, path)
    retry = RetryPolicy(
        attempts=fields.whole_or("attempts", _RETRY.attempts),
        delay_s=fields.number_or("delay_s", _RETRY.delay_s),
        factor=fields.number_or("factor", _RETRY.factor),
        max_delay_s=fields.number_or("max_delay_s", _RETRY.max_delay_s),
        jitter=fields.number_or("jitter", _RETRY.jitter),
        on=fields.texts("on"),
    )
    fields.close()
    return retry


def _secret_to_json(secret: Secret) -> JSON:
    out: dict[str, JSON] = {"env": secret.env, "name": secret.name}
    if secret.key:
        out["key"] = secret.key
    return out


def _read_secret(data: JSON, path: Path) -> Secret:
    fields = Fields(data, path)
    secret = Secret(env=fields.text("env"), name=fields.text("name"), key=fields.text_or("key", ""))
    fields.close()
    return secret


def _cache_to_json(cache: CachePolicy) -> JSON:
    out: dict[str, JSON] = {}
    if cache.enabled != _CACHE.enabled:
        out["enabled"] = cache.enabled
    if cache.version:
        out["version"] = cache.version
    if cache.ttl_s is not None:
        out["ttl_s"] = float(cache.ttl_s)
    return out


def _read_cache(data: JSON, path: Path) -> CachePolicy:
    fields = Fields(data, path)
    cache = CachePolicy(
        enabled=fields.truth_or("enabled", _CACHE.enabled),
        version=fields.text_or("version", ""),
        ttl_s=fields.number("ttl_s"),
    )
    fields.close()
    return cache


def _read_modes(fields: Fields) -> tuple[tuple[str, InputMode], ...]:
    pairs = _pairs(fields, "input_mode")
    for number, (_, mode) in enumerate(pairs):
        as_choice(mode, ("object", "path"), (fields.at("input_mode"), number))
    return cast("tuple[tuple[str, InputMode], ...]", pairs)


def _pairs(fields: Fields, key: str) -> tuple[tuple[str, str], ...]:
    found = []
    for item, at in fields.items(key):
        name, value = pair(item, at)
        found.append((name, as_text(value, (at, 1))))
    return tuple(found)
