"""Parameters that are enums and models arrive as such, in lists too."""

from enum import Enum

from pydantic import BaseModel

from axl import Workflow, step


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Box(BaseModel):
    width: int
    color: Color = Color.RED


class TypedParameters(Workflow):
    @step
    def one(self, color: Color, box: Box) -> str:
        return f"{color.name} {box.width} {box.color.name}"

    @step
    def each(self, color: Color) -> str:
        return color.name.lower()

    @step
    def join(self, first: str, rest: list[str]) -> str:
        return first + " " + " ".join(rest)

    def graph(
        self,
        color: Color = Color.BLUE,
        box: Box = Box(width=3),
        colors: list[Color] = [Color.RED, Color.BLUE],
    ) -> str:
        return self.join(self.one(color, box), self.each.map(colors))
