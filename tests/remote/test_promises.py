"""A store in a bucket keeps the promises of every store: the same tests, against servers."""

from __future__ import annotations

from tests.unit.io.test_batches import *  # noqa: F403
from tests.unit.io.test_claims import *  # noqa: F403
from tests.unit.io.test_garbage import *  # noqa: F403
from tests.unit.io.test_stores import *  # noqa: F403
