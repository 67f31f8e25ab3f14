"""What `axl.run` returns says how that call ended, whatever other engines do with the run afterwards."""

from __future__ import annotations

from pathlib import Path

import axl
from axl import Workflow, step


class Gate(Workflow):
    @step
    def look(self, file: str) -> str:
        return Path(file).read_text("utf-8")

    def graph(self, file: str = "") -> str:
        return self.look(file)


def test_a_run_stays_what_it_came_to(tmp_path: Path) -> None:
    """A call that failed has failed, also when a later one has taken the run up and ended it well."""
    file, store = tmp_path / "gate.txt", str(tmp_path / "store")

    first = axl.run(Gate, {"file": str(file)}, executor="inline", store=store, report=print)
    file.write_text("open", "utf-8")
    second = axl.run(Gate, {"file": str(file)}, executor="inline", store=store, report=print)

    assert first.id == second.id
    assert ("failed", "succeeded") == (first.status, second.status)
    assert "succeeded" == axl.get_run(first.id, store).status
