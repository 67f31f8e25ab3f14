"""Arguments fixed with partial are the same for every item."""

from axl import Workflow, step


class PartialMap(Workflow):
    @step
    def offset(self) -> int:
        return 1000

    @step
    def scale(self, n: int, by: int, plus: int = 0) -> int:
        return n * by + plus

    def graph(self) -> list[int]:
        return self.scale.partial(by=3, plus=self.offset()).map([1, 2, 3])
