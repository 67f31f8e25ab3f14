"""What a shell is offered where a run or one of its steps is wanted; a shell gets no messages."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import typer

from axl.errors import AxlError

if TYPE_CHECKING:
    from axl.io.store import Store

_MANY = 200


def complete_run(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of the newest runs, and `latest`."""
    from axl import api  # noqa: PLC0415 (opens a store, which only completion needs here)

    with contextlib.suppress(AxlError, OSError):
        found = ["latest", *(each.id for each in api.list_runs(_store(ctx)))]
        return [each for each in found if each.startswith(incomplete)][:_MANY]
    return []


def complete_step(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the steps of the run that is already named."""
    from axl import api  # noqa: PLC0415 (as above)

    with contextlib.suppress(AxlError, OSError):
        run = api.get_run(ctx.params["run"], _store(ctx))
        return [each for each in run.steps if each.startswith(incomplete)]
    return []


def _store(ctx: typer.Context) -> Store:
    from axl.cli.config import read_settings  # noqa: PLC0415 (as above)
    from axl.io.stores import existing_store  # noqa: PLC0415 (as above)

    return existing_store(read_settings({"store": ctx.params.get("store")}).store)
