"""Ends a command that ran something: prints the result, and chooses the exit code."""

from __future__ import annotations

import signal
from typing import cast

from axl.cli.facts import document
from axl.cli.present import as_json, as_text
from axl.cli.screen import Screen
from axl.errors import AxlError, StepError
from axl.runtime.history.run import Run, summarize
from axl.wire.values import JSON

_CODES = {"succeeded": 0, "failed": StepError.exit_code}


def leave(run: Run, stopped_by: str, wants_json: bool, screen: Screen) -> int:
    """Print what the run came to and return the exit code; a signal's name outweighs everything."""
    if wants_json:
        screen.data(document(_facts(run), screen))
    elif run.status == "succeeded":
        value, trouble = _result(run)
        if trouble:
            screen.say(f"the result cannot be shown: {trouble}")
        elif value is not None:
            screen.data(_shown(value, screen))
    return exit_code(run.status, stopped_by)


def _shown(value: object, screen: Screen) -> str:
    if screen.log_format == "json":
        return document(as_json(value), screen)
    return as_text(value, screen.width)


def exit_code(status: str, stopped_by: str) -> int:
    """Return 128 and the number for a run that a signal stopped, else what its status means."""
    if status == "cancelled" or (stopped_by and status != "succeeded"):
        return 128 + signal.Signals[stopped_by or "SIGINT"].value
    return _CODES.get(status, StepError.exit_code)


def _facts(run: Run) -> dict[str, JSON]:
    summary = summarize(run)
    facts: dict[str, JSON] = {
        "run": summary.id,
        "workflow": summary.workflow,
        "status": summary.status,
        "seconds": round(summary.seconds, 3),
        "counts": cast("dict[str, JSON]", dict(summary.counts)),
    }
    if summary.status != "succeeded":
        return {**facts, "error": run.error}
    value, trouble = _result(run)
    return {**facts, "error": trouble} if trouble else {**facts, "result": as_json(value)}


def _result(run: Run) -> tuple[object, str]:
    """Return the result, or why there is none to show; loading it runs the author's classes."""
    try:
        return run.result, ""
    except AxlError:
        raise
    except Exception as error:  # noqa: BLE001 (the boundary to the author's code)
        return None, f"{type(error).__name__}: {error}"
