"""What an attempt came to: its outputs, or why it failed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, cast

from axl.wire.values import JSON, Value, from_json, outputs_text

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
Kind = Literal["exception", "timeout", "signal", "exit", "output", "input", "import"]
"""How an attempt failed: the step raised, ran too long, its process was killed or left, its result
could not be stored, its inputs could not be read, its code could not be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt failed, in the author's terms.

    `traceback` holds the author's frames only. `retryable` already accounts for the policy's
    exception filter; an output that cannot be stored, for one, fails every time. `damaged` is the digest of
    stored bytes that were lost or damaged, where the attempt failed for that.
    """

    kind: Kind
    error: str
    message: str
    traceback: str = ""
    retryable: bool = True
    exit_code: int = 65
    damaged: str = ""

    def to_json(self) -> JSON:
        """Return the failure as a JSON object."""
        return {
            "kind": self.kind,
            "error": self.error,
            "message": self.message,
            "traceback": self.traceback,
            "retryable": self.retryable,
            "exit_code": self.exit_code,
            **({"damaged": self.damaged} if self.damaged else {}),
        }

    def to_text(self) -> str:
        """Return the failure as JSON text."""
        return _encode(self.to_json())

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

    def to_text(self) -> str:
        """Return the outcome as JSON text."""
        failure = f',"failure":{self.failure.to_text()}' if self.failure else ""
        times = f'"started":{self.started:.6f},"seconds":{self.seconds:.6f},"max_rss":{self.max_rss}'
        return f'{{{times},"outputs":{outputs_text(self.outputs)}{failure}}}'

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
