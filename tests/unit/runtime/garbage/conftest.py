"""The module of the workflows whose results are collected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.runtime.garbage.large_results import FLOW


@pytest.fixture
def flows(load: Callable[..., Any]) -> Any:
    """The module of the workflows, in a folder of its own that is the current one."""
    return load(garbage_flow=FLOW)
