"""Lists, tuples and dicts of results are built in graph and passed whole."""

from axl import Workflow, step


class Containers(Workflow):
    @step
    def n(self, n: int) -> int:
        return n

    @step
    def show(self, items: list[object], pair: tuple[int, str], table: dict[str, object]) -> str:
        return f"{items} {pair} {table}"

    def graph(self) -> str:
        a, b = self.n(1), self.n(2)
        return self.show([a, [b, 3], {"a": a}], (a, "x"), {"z": b, "y": [a, (b,)]})
