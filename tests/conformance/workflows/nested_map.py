"""A map in a map, with empty inner lists."""

import axl
from axl import Workflow, step


class NestedMap(Workflow):
    @step
    def folders(self) -> list[int]:
        return [2, 0, 3]

    @step
    def files(self, n: int) -> list[str]:
        return [f"f{n}{i}" for i in range(n)]

    @step
    def size(self, file: str) -> int:
        return len(file) + int(file[-1])

    def graph(self) -> list[list[int]]:
        return axl.map(lambda folder: self.size.map(self.files(folder)), self.folders())
