"""How a task is run: limits, retries and placement, each in one canonical unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OnFailure = Literal["fail", "continue", "default"]
InputMode = Literal["object", "path"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a task asks of the machine; `None` leaves the choice to the target."""

    cpu_milli: int | None = None
    memory_bytes: int | None = None
    gpu: int = 0
    disk_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When a failed attempt is tried again.

    `attempts` counts every try, the first included. The wait before attempt n+1 is
    `delay_s * factor ** (n - 1)`, at most `max_delay_s`, spread by `jitter` (0 to 1: the share of
    the wait that is random). `on` names exception classes as `module:Class`; empty means all.
    """

    attempts: int = 1
    delay_s: float = 0.0
    factor: float = 2.0
    max_delay_s: float = 300.0
    jitter: float = 0.0
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret by name: the environment variable that receives it, never its value."""

    env: str
    name: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachePolicy:
    """Whether a result may be taken from an earlier run, and for how long."""

    enabled: bool = True
    version: str = ""
    ttl_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything about a task but what it computes.

    `default_json` is the canonical JSON of the value that stands in for a failed result, only
    with `on_failure="default"`. `platform` pairs a target's name with canonical JSON for it.
    """

    resources: Resources = Resources()
    retry: RetryPolicy = RetryPolicy()
    timeout_s: float | None = None
    env: tuple[tuple[str, str], ...] = ()
    secrets: tuple[Secret, ...] = ()
    image: str = ""
    packages: tuple[str, ...] = ()
    input_mode: tuple[tuple[str, InputMode], ...] = ()
    cache: CachePolicy = CachePolicy()
    on_failure: OnFailure = "fail"
    default_json: str = ""
    platform: tuple[tuple[str, str], ...] = ()
