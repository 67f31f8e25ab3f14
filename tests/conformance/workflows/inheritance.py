"""A subclass replaces a step and extends the graph of its base; a mixin brings a step."""

from axl import Workflow, step


class Greets:
    @step
    def greet(self, name: str) -> str:
        return f"hello {name}"


class Base(Greets, Workflow):
    @step
    def name(self) -> str:
        return "base"

    def graph(self) -> str:
        return self.greet(self.name())


class Inheritance(Base):
    @step
    def name(self) -> str:
        return "child of " + super().name()

    @step
    def shout(self, text: str) -> str:
        return text.upper()

    def graph(self) -> str:
        return self.shout(super().graph())
