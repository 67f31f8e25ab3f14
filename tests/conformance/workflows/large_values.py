"""Values over every size limit: nothing travels through the engine."""

from axl import Workflow, step


class LargeValues(Workflow):
    @step
    def text(self, size: int) -> str:
        return "x" * size

    @step
    def parts(self) -> list[str]:
        return ["y" * 10, "z" * 1000, "w" * 100_000]

    @step
    def size(self, text: str) -> int:
        return len(text)

    @step
    def show(self, sizes: list[int], all_parts: list[str], big: str) -> str:
        return f"{sizes} {[len(p) for p in all_parts]} {len(big)}"

    def graph(self) -> str:
        parts = self.parts()
        return self.show(self.size.map(parts), parts, self.text(3_000_000))
