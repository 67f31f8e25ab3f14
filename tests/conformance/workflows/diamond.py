"""Two branches that meet again; arguments bind by name, not by order."""

from axl import Workflow, step


class Diamond(Workflow):
    @step
    def source(self) -> int:
        return 7

    @step
    def zebra(self, n: int) -> int:
        return n + 100

    @step
    def ant(self, n: int) -> int:
        return n - 100

    @step
    def join(self, p: int, q: int) -> str:
        return f"p={p} q={q}"

    def graph(self) -> str:
        s = self.source()
        return self.join(q=self.ant(s), p=self.zebra(s))
