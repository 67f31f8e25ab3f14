"""What an attempt came to: its outputs, or why it failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from axl.wire.values import JSON, Value, from_json, to_json

Kind = Literal["exception", "timeout", "signal", "exit", "output", "input", "import"]
"""How an attempt failed: the step raised, ran too long, its process was killed or left, its result
could not be stored, its inputs could not be read, its code could not be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt failed, in the author's terms.

    `traceback` holds the author's frames only. `retryable` already accounts for the policy's
    exception filter; an output that cannot be stored, for one, fails every time.
    """

    kind: Kind
    error: str
    message: str
    traceback: str = ""
    retryable: bool = True
    exit_code: int = 65

    def to_json(self) -> JSON:
        return {
            "kind": self.kind,
            "error": self.error,
            "message": self.message,
            "traceback": self.traceback,
            "retryable": self.retryable,
            "exit_code": self.exit_code,
        }

    @classmethod
    def from_json(cls, data: dict[str, JSON]) -> Failure:
        return cls(**cast("dict[str, str]", data))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One attempt: `failure` is `None` when it succeeded; times in seconds, memory in bytes."""

    outputs: tuple[tuple[str, Value], ...] = ()
    failure: Failure | None = None
    started: float = 0.0
    seconds: float = 0.0
    max_rss: int = 0

    def to_json(self) -> JSON:
        out: dict[str, JSON] = {"started": self.started, "seconds": self.seconds, "max_rss": self.max_rss}
        if self.outputs:
            out["outputs"] = {name: to_json(value) for name, value in self.outputs}
        if self.failure:
            out["failure"] = self.failure.to_json()
        return out

    @classmethod
    def from_json(cls, data: dict[str, JSON]) -> Outcome:
        outputs = cast("dict[str, JSON]", data.get("outputs", {}))
        failure = cast("dict[str, JSON] | None", data.get("failure"))
        return cls(
            outputs=tuple((name, from_json(value)) for name, value in outputs.items()),
            failure=Failure.from_json(failure) if failure else None,
            started=cast("float", data["started"]),
            seconds=cast("float", data["seconds"]),
            max_rss=cast("int", data["max_rss"]),
        )
