"""The workflow whose runs are in the golden stores; a run must be able to go on, so it is not changed."""

from __future__ import annotations

import os
from pathlib import Path

from axl import Failed, Workflow, step


class Golden(Workflow):
    """Small and large outputs, a list that is stored item by item, logs, a retry and a tolerated failure."""

    @step
    def seed(self, n: int) -> list[int]:
        """Return some numbers."""
        print("counting to", n)
        return list(range(n))

    @step(retries=1)
    def grow(self, x: int) -> bytes:
        """Return bytes that do not fit into a record."""
        if x == 1 and os.environ.get("GOLDEN_STUMBLE") and not Path("stumbled").exists():
            Path("stumbled").touch()
            raise ValueError("the first time")
        return bytes([x]) * 6000

    @step(on_failure="continue")
    def maybe(self, n: int) -> int:
        """Fail, which the workflow tolerates."""
        raise ValueError(f"no {n}")

    @step(io_handler="json")
    def facts(self, parts: list[bytes], maybe: int | Failed) -> dict[str, int]:
        """Return what there is."""
        return {
            "parts": len(parts),
            "bytes": sum(map(len, parts)),
            "maybe": 0 if isinstance(maybe, Failed) else 1,
        }

    @step
    def end(self, facts: dict[str, int], mended: bool) -> int:
        """Fail until somebody mends the world."""
        if not mended and not os.environ.get("GOLDEN_MENDED"):
            raise ValueError("not mended")
        return facts["bytes"]

    def graph(self, n: int = 3, mended: bool = True) -> int:
        """Everything in a row."""
        return self.end(self.facts(self.grow.map(self.seed(n)), self.maybe(n)), mended)
