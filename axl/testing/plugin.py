"""A pytest plugin: the fixture `axl_run` runs a workflow in a store of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from axl.runtime.history.run import Run


@pytest.fixture
def axl_run() -> Callable[..., Run]:
    """Return `axl.testing.run`: `axl_run(Churn, {"months": [1]}, mocks={"load": frame})`."""
    from axl.testing import run  # noqa: PLC0415 (only for tests that ask for it)

    return run
