"""A step named params returns a pydantic model whose fields are parameters of the run."""

from pydantic import BaseModel

from axl import Workflow, step


class Settings(BaseModel):
    seed: int = 42
    trees: int = 50


class StepParameters(Workflow):
    @step
    def params(self) -> Settings:
        return Settings(trees=60)

    @step
    def show(self, settings: Settings, name: str) -> str:
        return f"{type(settings).__name__} {settings.seed} {settings.trees} {name}"

    def graph(self, name: str = "x") -> str:
        return self.show(self.params(), name)
