"""Turns a workflow class that no other process can import into bytes: a script's or a notebook's own."""

from __future__ import annotations

import inspect
import io
from typing import Any

import cloudpickle

from axl.dsl.workflow import Workflow, is_traced, traced_graph
from axl.errors import DefinitionError


class _Shipper(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
    """Pickles by value what `__main__` defines; a traced graph travels as the author's function."""

    def reducer_override(self, obj: object) -> Any:
        if inspect.isfunction(obj) and is_traced(obj):
            return traced_graph, (inspect.unwrap(obj),)
        return super().reducer_override(obj)


def pack(cls: type[Workflow]) -> bytes:
    """Return a class as bytes; `DefinitionError` when it holds something that cannot travel."""
    out = io.BytesIO()
    try:
        _Shipper(out).dump(cls)
    except Exception as error:
        raise DefinitionError(
            f"{cls.__name__} cannot be sent to worker processes: {error}",
            hint='move it into a module of its own, or run it with executor="inline"',
        ) from error
    return out.getvalue()
