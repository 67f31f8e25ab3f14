"""A module whose code may be changed and loaded again, and the file that its steps note their calls in."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import axl
from tests.unit.runtime.cache.cached_flows import HEAD, Make


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file that steps note their calls in."""
    return tmp_path / "log"


@pytest.fixture
def make(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Write a module, and return the workflow `W` in it; its code may be changed and loaded again."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)

    def load(body: str) -> type[axl.Workflow]:
        (tmp_path / "cached_flow.py").write_text(f"LOG = {str(log)!r}\n{HEAD}{textwrap.dedent(body)}")
        sys.modules.pop("cached_flow", None)
        importlib.invalidate_caches()
        cls: type[axl.Workflow] = importlib.import_module("cached_flow").W
        return cls

    yield load
    sys.modules.pop("cached_flow", None)
