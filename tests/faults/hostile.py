"""A workflow whose names, values and outputs are as odd as Python lets them be."""

from __future__ import annotations

from axl import Workflow, step


class Liar:
    """Says that it equals everything and comes back from its pickle as something else."""

    def __init__(self, value: int) -> None:
        self.value = value

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __len__(self) -> int:
        raise RuntimeError("of no length")

    def __bool__(self) -> bool:
        raise RuntimeError("neither true nor false")

    def __repr__(self) -> str:
        raise RuntimeError("not to be shown")

    def __reduce__(self) -> tuple[object, ...]:
        return (Liar, (self.value + 1,))


class Echo(Workflow):
    """Gives its text back, by way of a value, a file and a name."""

    @step
    def Ünïcode_日本(self, text: str) -> str:  # noqa: N802
        return text

    @step
    def __(self, text: str) -> dict[str, str]:
        print(text)
        return {text: text}

    @step
    def con(self, table: dict[str, str]) -> str:
        ((key, value),) = table.items()
        return key if key == value else "they differ"

    def graph(self, text: str) -> str:
        return self.con(self.__(self.Ünïcode_日本(text)))


class Lies(Workflow):
    """A value that lies about itself goes from one step to the next."""

    @step
    def make(self) -> Liar:
        return Liar(1)

    @step
    def use(self, liar: Liar) -> int:
        return liar.value

    def graph(self) -> int:
        return self.use(self.make())
