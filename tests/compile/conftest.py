"""Compiles workflows of these tests and runs them in Dagster, in a folder of their own."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from axl import api
from axl.dsl.workflow import Workflow

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))  # the flows are imported by the processes of steps, by their own name

Compiled = Callable[..., ModuleType]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the store that ops find."""
    monkeypatch.setenv("AXL_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def compiled(tmp_path: Path, store: Path) -> Compiled:
    """Compile a workflow for Dagster and import the module."""
    numbers = itertools.count()

    def make(cls: type[Workflow]) -> ModuleType:
        path = tmp_path / f"compiled_{next(numbers)}.py"
        (data,) = api.compile(cls, "dagster", out=path).files.values()
        path.write_bytes(data)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return make
