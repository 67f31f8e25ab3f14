"""Wrong wiring: both type checkers refuse exactly the lines that end in `# E`."""

from __future__ import annotations

from pathlib import Path

import axl
from axl import Workflow, step, when


class Bad(Workflow):
    @step
    def numbers(self) -> list[int]:
        return [1, 2]

    @step
    def words(self) -> list[str]:
        return ["a"]

    @step
    def inc(self, n: int) -> int:
        return n + 1

    @step
    def pair(self, a: int, b: str) -> str:
        return f"{a}{b}"

    @step
    def total(self, numbers: list[int]) -> int:
        return sum(numbers)

    @step
    def good(self, n: int) -> bool:
        return n > 1

    @step(input_mode={"rows": "path"})
    def size(self, rows: Path) -> int:
        return rows.stat().st_size

    def graph(self) -> int:
        n = self.inc(1)
        self.inc("one")  # E
        self.inc()  # E
        self.inc(n, n)  # E
        self.inc(m=1)  # E
        self.inc(self.words())  # E
        self.inc.map(self.words())  # E
        self.inc.map(1)  # E
        self.inc.map([1], concurrency="2")  # E
        self.pair.map([1], [2])  # E
        self.pair.map(["a"], ["a"])  # E
        self.total(self.inc.map([1]))
        self.total(self.pair.map([1], ["a"]))  # E
        self.total(n)  # E
        axl.map(lambda w: self.inc(w), self.words())  # E
        axl.map(self.inc, self.words())  # E
        self.size(self.words())  # E
        self.nothing()  # E
        text: str = self.inc(1)  # E
        when(self.good(1), self.inc, lambda: n)  # E
        when(self.words(), lambda: n, lambda: n)  # E
        when(self.good(1), lambda: n)  # E
        print(text)
        return when(self.good(n), lambda: self.pair(n, "a"), lambda: n)  # E


Bad().inc("x")  # E
