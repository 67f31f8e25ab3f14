"""The options of a step, parsed once into a policy; class attributes give their defaults."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from difflib import get_close_matches
from typing import cast

from axl.dsl.collect import Mistakes
from axl.dsl.naming import module_name
from axl.dsl.units import parse_cpu, parse_duration, parse_size
from axl.errors import DefinitionError, Loc
from axl.ir.policy import CachePolicy, InputMode, OnFailure, Policy, Resources, RetryPolicy, Secret


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and when a failed attempt is tried again.

    Args:
        attempts: tries in all, the first included.
        delay: wait before the second attempt, seconds or text such as `"10s"`.
        factor: what each further wait is multiplied by.
        max_delay: the longest wait.
        jitter: share of each wait that is random, 0 to 1.
        on: exception classes that are worth another try; empty means all.

    >>> Retry(attempts=3, delay="10s", on=(ConnectionError,)).attempts
    3
    """

    attempts: int = 3
    delay: float | str | timedelta = 0.0
    factor: float = 2.0
    max_delay: float | str | timedelta = 300.0
    jitter: float = 0.0
    on: tuple[type[BaseException], ...] = ()


@dataclass(frozen=True, slots=True)
class Default:
    """The value that stands in for the result of a step that failed; see `default`."""

    value: object


def default(value: object) -> Default:
    """Let a failed step have this JSON value as its result: `@step(on_failure=default(0))`."""
    return Default(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an author set, parsed; `None` means that it was not set here."""

    io_handler: str | dict[str, str] | None = None
    input_mode: InputMode | dict[str, InputMode] | None = None
    resources: Resources | None = None
    retries: RetryPolicy | None = None
    timeout: float | None = None
    env: dict[str, str] | None = None
    secrets: tuple[Secret, ...] | None = None
    image: str | None = None
    packages: tuple[str, ...] | None = None
    cache: CachePolicy | None = None
    on_failure: OnFailure | None = None
    default_json: str = ""
    platform: dict[str, str] | None = field(default=None)


def parse_options(given: Mapping[str, object], *, where: Loc | None, of: str) -> Options:
    """Parse the options of `of` (a step's or a class's name).

    Raises `DefinitionError` for every unknown option, with the nearest known name, and every value
    out of form, all at once.
    """
    parsed: dict[str, object] = {}
    mistakes = Mistakes()
    for name, value in given.items():
        parser = PARSERS.get(name)
        if parser is None:
            near = get_close_matches(name, PARSERS, n=1)
            guess = f"did you mean {near[0]!r}? " if near else ""
            known = f"{guess}known options: {', '.join(PARSERS)}"
            mistakes.note(DefinitionError(f"{of} has no option {name!r}", where=where, hint=known))
        elif value is not None:
            try:
                parsed[name] = parser(value)
            except ValueError as error:
                what = f"{name} of {of} is {value!r:.200}"
                mistakes.note(DefinitionError(what, where=where, hint=str(error)))
    mistakes.settle()
    if isinstance(parsed.get("on_failure"), Default):
        parsed["default_json"] = cast("Default", parsed["on_failure"]).value
        parsed["on_failure"] = "default"
    return Options(**parsed)  # type: ignore[arg-type]  # each parser returns its field's type


def merge(base: Options, own: Options) -> Options:
    """Return a step's options over its class's: mappings and resources field by field."""
    out = replace(own)
    for item in fields(Options):
        mine, theirs = object.__getattribute__(own, item.name), object.__getattribute__(base, item.name)
        if mine is None:
            object.__setattr__(out, item.name, theirs)
        elif isinstance(mine, dict) and isinstance(theirs, dict):
            object.__setattr__(out, item.name, theirs | mine)
        elif isinstance(mine, Resources) and isinstance(theirs, Resources):
            object.__setattr__(out, item.name, _merge_resources(theirs, mine))
    return out


def to_policy(options: Options, arguments: tuple[str, ...]) -> Policy:
    """Return the policy that the options of a step with these arguments come to."""
    given = options.input_mode or {}
    modes: dict[str, InputMode] = dict.fromkeys(arguments, given) if isinstance(given, str) else given
    return Policy(
        resources=options.resources or Resources(),
        retry=options.retries or RetryPolicy(),
        timeout_s=options.timeout,
        env=tuple(sorted((options.env or {}).items())),
        secrets=options.secrets or (),
        image=options.image or "",
        packages=options.packages or (),
        input_mode=tuple(sorted((name, mode) for name, mode in modes.items() if mode != "object")),
        cache=options.cache or CachePolicy(),
        on_failure=options.on_failure or "fail",
        default_json=options.default_json,
        platform=tuple(sorted((options.platform or {}).items())),
    )


def _merge_resources(base: Resources, own: Resources) -> Resources:
    return Resources(
        cpu_milli=base.cpu_milli if own.cpu_milli is None else own.cpu_milli,
        memory_bytes=base.memory_bytes if own.memory_bytes is None else own.memory_bytes,
        gpu=own.gpu or base.gpu,
        disk_bytes=base.disk_bytes if own.disk_bytes is None else own.disk_bytes,
    )


_MODES: dict[str, InputMode] = {"object": "object", "path": "path"}


def _io_handler(value: object) -> str | dict[str, str]:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, Mapping) and all(isinstance(part, str) for pair in value.items() for part in pair):
        return dict(cast("Mapping[str, str]", value))
    raise ValueError('a handler is a name such as "parquet", or a mapping from output to name')


def _input_mode(value: object) -> InputMode | dict[str, InputMode]:
    if isinstance(value, str) and value in _MODES:
        return _MODES[value]
    if isinstance(value, Mapping) and all(mode in ("object", "path") for mode in value.values()):
        return dict(cast("Mapping[str, InputMode]", value))
    raise ValueError('an input mode is "object" or "path", or a mapping from argument to one of them')


def _resources(value: object) -> Resources:
    if isinstance(value, Resources):
        return value
    if not isinstance(value, Mapping):
        raise ValueError('resources are a mapping such as {"cpu": "500m", "memory": "2Gi"}')
    parsed = _each({name: (part, _RESOURCES.get(name, _no_resource)) for name, part in value.items()})
    return Resources(**{_FIELDS.get(name, name): part for name, part in parsed.items()})  # type: ignore[arg-type]  # as above


def _no_resource(_value: object) -> object:
    raise ValueError(f"there is no such resource, only {', '.join(_RESOURCES)}")


def _retries(value: object) -> RetryPolicy:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return RetryPolicy(attempts=value + 1)
    if not isinstance(value, Retry):
        raise ValueError("retries is a number of further attempts, or Retry(attempts=…, delay=…)")
    parsed = _each(
        {
            "attempts": (value.attempts, _whole),
            "delay": (value.delay, parse_duration),
            "factor": (value.factor, _number),
            "max_delay": (value.max_delay, parse_duration),
            "jitter": (value.jitter, _number),
            "on": (value.on, _exceptions),
        }
    )
    fields = {f"{name}_s" if "delay" in name else name: part for name, part in parsed.items()}
    return RetryPolicy(**fields)  # type: ignore[arg-type]  # each parser returns its field's type


def _each(given: Mapping[str, tuple[object, Callable[[object], object]]]) -> dict[str, object]:
    """Parse every field of one option, and tell all that is wrong at once."""
    parsed: dict[str, object] = {}
    faults: list[str] = []
    for name, (value, parse) in given.items():
        try:
            parsed[name] = parse(value)
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ValueError("; ".join(faults))
    return parsed


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a whole number")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("a number")
    return float(value)


def _exceptions(value: object) -> tuple[str, ...]:
    names: list[str] = []
    for error in value if isinstance(value, tuple) else (value,):
        if not (isinstance(error, type) and issubclass(error, BaseException)):
            raise ValueError(f"exception classes, not {error!r:.80}")
        names.append(f"{module_name(error.__module__)}:{error.__qualname__}")
    return tuple(names)


_RESOURCES: dict[str, Callable[[object], object]] = {
    "cpu": parse_cpu,
    "memory": parse_size,
    "gpu": _whole,
    "disk": parse_size,
}
_FIELDS = {"cpu": "cpu_milli", "memory": "memory_bytes", "disk": "disk_bytes"}


def _timeout(value: object) -> float:
    seconds = parse_duration(value)
    if seconds <= 0:
        raise ValueError("a timeout is more than zero seconds")
    return seconds


def _env(value: object) -> dict[str, str]:
    if isinstance(value, Mapping) and all(isinstance(part, str) for pair in value.items() for part in pair):
        return dict(cast("Mapping[str, str]", value))
    raise ValueError("env maps variable names to text")


def _secrets(value: object) -> tuple[Secret, ...]:
    if isinstance(value, Mapping) and all(isinstance(part, str) for pair in value.items() for part in pair):
        return tuple(Secret(env=env, name=name) for env, name in cast("Mapping[str, str]", value).items())
    if isinstance(value, list | tuple) and all(isinstance(item, Secret) for item in value):
        return tuple(value)
    raise ValueError('secrets map an environment variable to a secret\'s name, as in {"TOKEN": "api-token"}')


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("it must be text")


def _packages(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError('packages are a list of requirements such as ["scikit-learn>=1.5"]')


def _cache(value: object) -> CachePolicy:
    if isinstance(value, bool):
        return CachePolicy(enabled=value)
    if isinstance(value, str):
        return CachePolicy(version=value)
    if not isinstance(value, Mapping) or set(value) - {"enabled", "version", "ttl"}:
        raise ValueError('cache is True, False, a version, or {"version": …, "ttl": …}')
    return CachePolicy(
        enabled=bool(value.get("enabled", True)),
        version=str(value.get("version", "")),
        ttl_s=parse_duration(value["ttl"]) if "ttl" in value else None,
    )


def _on_failure(value: object) -> object:
    if isinstance(value, Default):
        return Default(_json(value.value))
    if value in ("fail", "continue"):
        return value
    raise ValueError('on_failure is "fail", "continue" or default(value)')


def _platform(value: object) -> dict[str, str]:
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {str(name): _json(part) for name, part in value.items()}
    raise ValueError('platform maps a target to its own settings, as in {"argo": {"nodeSelector": {…}}}')


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"it must be a JSON value: {error}") from error


PARSERS: dict[str, Callable[[object], object]] = {
    "io_handler": _io_handler,
    "input_mode": _input_mode,
    "resources": _resources,
    "retries": _retries,
    "timeout": _timeout,
    "env": _env,
    "secrets": _secrets,
    "image": _text,
    "packages": _packages,
    "cache": _cache,
    "on_failure": _on_failure,
    "platform": _platform,
}

CLASS_OPTIONS = tuple(name for name in PARSERS if name not in ("input_mode", "on_failure"))
"""The options that may also be class attributes, as defaults for every step."""

SETTINGS = ("name", "schedule", "timezone", "on_exit", "max_parallel")
"""The class attributes that say something of the whole workflow, and of no step."""
