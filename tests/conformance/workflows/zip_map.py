"""Several lists are zipped."""

from axl import Workflow, step


class ZipMap(Workflow):
    @step
    def letters(self) -> list[str]:
        return ["x", "y", "z"]

    @step
    def pair(self, letter: str, number: int) -> str:
        return f"{letter}{number}"

    def graph(self, numbers: list[int] = [3, 2, 1]) -> list[str]:
        return self.pair.map(self.letters(), numbers)
