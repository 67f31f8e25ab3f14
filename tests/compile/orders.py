"""Two independent steps, in one order; `orders_turned.py` has them in the other."""

from axl import Workflow, step


class Orders(Workflow):
    """Steps in some order."""

    @step
    def left(self, n: int) -> int:
        return n + 1

    @step
    def right(self, n: int) -> int:
        return n * 2

    @step
    def join(self, table: dict[str, int]) -> int:
        return sum(table.values())

    def graph(self, n: int = 1) -> int:
        return self.join({"left": self.left(n), "right": self.right(n)})
