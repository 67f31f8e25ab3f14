"""Without graph(), an argument named after a step takes that step's result."""

from axl import Workflow, step


class Inferred(Workflow):
    @step
    def final(self, clean: list[int], load: list[int]) -> str:
        return f"{clean} of {load}"

    @step
    def clean(self, load: list[int], limit: int = 3) -> list[int]:
        return [n for n in load if n < limit]

    @step
    def load(self, size: int = 6) -> list[int]:
        return list(range(size))
