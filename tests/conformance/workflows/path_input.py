"""A step may take the stored file instead of the object."""

import json
from pathlib import Path

from axl import Workflow, step


class PathInput(Workflow):
    @step(io_handler="json")
    def make(self) -> dict[str, int]:
        return {"a": 1}

    @step(input_mode={"table": "path"})
    def read(self, table: Path, key: str) -> str:
        return f"{json.loads(table.read_bytes())[key]} from {table.suffix}"

    def graph(self) -> str:
        return self.read(self.make(), "a")  # type: ignore[arg-type]


EXPECTED = "1 from .json"
