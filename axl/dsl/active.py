"""The trace that is going on in this context; outside of one, steps are plain methods."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from axl.dsl.builder import Tracer

ACTIVE: ContextVar[Tracer | None] = ContextVar("axl_tracer", default=None)
