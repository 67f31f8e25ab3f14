"""Items of an inner map fail once each, others never; empty inner lists stand between them."""

from pathlib import Path

import axl
from axl import Workflow, step


class RetryInNestedMap(Workflow):
    @step
    def sizes(self) -> list[int]:
        return [2, 0, 3, 0]

    @step
    def upto(self, n: int) -> list[int]:
        return list(range(n))

    @step(retries=3)
    def flaky(self, n: int, of: int, folder: str) -> str:
        mark = Path(folder, f"{of}-{n}")
        if n % 2 and not mark.exists():
            mark.touch()
            raise OSError(n)
        return f"{of}:{n}"

    @step
    def join(self, parts: list[list[str]]) -> str:
        return " | ".join(" ".join(part) for part in parts)

    def graph(self, folder: str) -> str:
        return self.join(
            axl.map(
                lambda size: axl.map(lambda n: self.flaky(n, size, folder), self.upto(size)), self.sizes()
            )
        )


EXPECTED = "2:0 2:1 |  | 3:0 3:1 3:2 | "
