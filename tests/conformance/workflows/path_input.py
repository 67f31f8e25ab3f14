"""A step may take the stored file instead of the object."""

import json
from pathlib import Path

from axl import Workflow, step


class PathInput(Workflow):
    @step(io_handler="json")
    def make(self) -> dict[str, int]:
        return {"a": 1}

    @step(input_mode={"table": "path"})
    def read(self, table: dict[str, int] | Path, key: str) -> int:
        return int(json.loads(table.read_bytes())[key]) if isinstance(table, Path) else table[key]

    def graph(self) -> int:
        return self.read(self.make(), "a")
