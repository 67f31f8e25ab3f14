"""after() waits for a whole map, and orders a map that follows."""

from pathlib import Path

from axl import Workflow, after, step


class AfterMap(Workflow):
    @step
    def touch(self, folder: str, name: str) -> None:
        Path(folder, name).touch()

    @step
    def count(self, folder: str, _name: str) -> int:
        return len(list(Path(folder).iterdir()))

    def graph(self, folder: str) -> list[int]:
        made = self.touch.partial(folder).map(["a", "b", "c"])
        return after(made, lambda: self.count.partial(folder).map(["x", "y"]))
