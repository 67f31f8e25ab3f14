"""A failed step gives its default, and the run succeeds."""

from axl import Workflow, default, step


class DefaultOnFailure(Workflow):
    @step(on_failure=default({"rows": 0}))
    def load(self) -> dict[str, int]:
        raise OSError("no data")

    @step
    def rows(self, loaded: dict[str, int]) -> int:
        return loaded["rows"]

    def graph(self) -> int:
        return self.rows(self.load())


EXPECTED = 0
