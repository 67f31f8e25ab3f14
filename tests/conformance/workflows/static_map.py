"""A map over a literal list."""

from axl import Workflow, step


class StaticMap(Workflow):
    @step
    def shout(self, word: str) -> str:
        return word.upper()

    def graph(self) -> list[str]:
        return self.shout.map(["a", "b", "ü"])
