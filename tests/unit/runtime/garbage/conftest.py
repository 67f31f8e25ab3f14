"""The module of the workflows whose results are collected."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.runtime.garbage.large_results import FLOW


@pytest.fixture
def flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the workflows, in a folder of its own that is the current one."""
    (tmp_path / "garbage_flow.py").write_text(FLOW)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield __import__("garbage_flow")
    sys.modules.pop("garbage_flow", None)
