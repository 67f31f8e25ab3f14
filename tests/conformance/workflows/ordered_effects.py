"""after() orders effects that share no data."""

from pathlib import Path

from axl import Workflow, after, step


class OrderedEffects(Workflow):
    @step
    def create(self, folder: str) -> None:
        Path(folder, "log").write_text("create ")

    @step
    def append(self, folder: str, word: str) -> None:
        with Path(folder, "log").open("a") as file:
            file.write(word + " ")

    @step
    def read(self, folder: str) -> str:
        return Path(folder, "log").read_text()

    def graph(self, folder: str) -> str:
        created = self.create(folder)
        first = after(created, lambda: self.append(folder, "first"))
        second = after(first, lambda: self.append(folder, "second"))
        return after(second, lambda: self.read(folder))
