"""A list that an orchestrator's run cannot split because its bytes are damaged: another run makes it anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from axl.runtime import remote

FLOW = """
import axl
from axl import Workflow, step

class Rows(Workflow):
    @step
    def rows(self) -> list[list[bytes]]:
        return [[b"a" * 10_000, b"b" * 10_000]]

    @step
    def size(self, part: bytes) -> int:
        return len(part)

    def graph(self) -> list[list[int]]:
        return axl.map(lambda row: self.size.map(row), self.rows())
"""


def flip(path: Path) -> None:
    """Change the last byte of a file."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def test_a_damaged_list_is_not_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that finds the damage fails and says so; the next run computes the list, and can split it."""
    (tmp_path / "rows_flow.py").write_text(FLOW)
    monkeypatch.setenv("AXL_STORE", str(tmp_path / "store"))
    workflow = remote.Workflow(source="rows_flow:Rows", folder=tmp_path)
    one = remote.join(workflow, "one", {}, "test 1")
    one.step("rows")
    for path in (tmp_path / "store" / "objects").glob("*/*"):
        if not path.read_bytes().startswith(b"{"):
            flip(path)

    assert "is damaged" in one.items("size_map").error

    two = remote.join(workflow, "two", {}, "test 2")
    assert "done" == two.step("rows").facts["how"]
    assert ("0_0", "0_1") == two.items("size_map").items
