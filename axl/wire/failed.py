"""The value that stands for a result that is not there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failed:
    """What stands for the result of a step that failed under `on_failure="continue"`.

    It is false in a condition, so a consumer can drop failed items with a plain `if`.
    """

    step: str
    error: str
    message: str

    def __bool__(self) -> bool:
        return False
