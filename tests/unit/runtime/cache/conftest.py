"""A module whose code may be changed and loaded again, and the file that its steps note their calls in."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.runtime.cache.cached_flows import HEAD, Make


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file that steps note their calls in."""
    return tmp_path / "log"


@pytest.fixture
def make(load: Callable[..., Any], log: Path) -> Make:
    """Write a module, and return the workflow `W` in it; its code may be changed and loaded again."""
    return lambda body: load(cached_flow=f"LOG = {str(log)!r}\n{HEAD}{textwrap.dedent(body)}").W
