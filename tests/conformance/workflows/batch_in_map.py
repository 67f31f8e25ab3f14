"""Batches inside a map, the last one shorter, a retry in one of them."""

from pathlib import Path

import axl
from axl import Workflow, step


class BatchInMap(Workflow):
    @step
    def upto(self, n: int) -> list[int]:
        return list(range(n))

    @step(retries=2)
    def work(self, n: int, folder: str) -> int:
        mark = Path(folder, str(n))
        if n == 4 and not mark.exists():
            mark.touch()
            raise OSError(n)
        return n * n

    def graph(self, folder: str) -> list[list[int]]:
        def rows(size: int) -> list[int]:
            return self.work.partial(folder=folder).map(self.upto(size), batch=3)

        return axl.map(rows, [7, 0, 2])


EXPECTED = [[0, 1, 4, 9, 16, 25, 36], [], [0, 1]]
