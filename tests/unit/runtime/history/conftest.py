"""A store into which records are written by hand."""

from __future__ import annotations

import pytest

from tests.unit.runtime.history.written_runs import Dictionary


@pytest.fixture
def store() -> Dictionary:
    return Dictionary()
