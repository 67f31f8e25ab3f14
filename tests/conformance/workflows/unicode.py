"""Text of every kind survives: names, values, keys."""

from axl import Workflow, step


class Unicode(Workflow):
    @step
    def join(self, größe: int, 名前: str) -> dict[str, str]:
        return {f"{größe} 😀": 名前[::-1]}

    def graph(self, 名前: str = "ßé\u200d漢字") -> dict[str, str]:
        return self.join(größe=3, 名前=名前)
