"""Items fill the arguments that partial leaves free, also where the first one is fixed."""

from axl import Workflow, step


class PartialFirst(Workflow):
    @step
    def label(self, prefix: str, n: int, suffix: str = "") -> str:
        return f"{prefix}{n}{suffix}"

    def graph(self) -> list[str]:
        return self.label.partial(prefix="p", suffix="!").map([1, 2])
