"""A run as a small HTML table, for notebooks."""

from __future__ import annotations

from html import escape

from axl.runtime.history.timeline import StepSummary
from axl.wire.record import RunStatus

_CELL = "padding:1px 8px;text-align:left"
_COLOURS = {"succeeded": "#2e7d32", "failed": "#c62828", "cancelled": "#ef6c00", "interrupted": "#ef6c00"}


def run_html(
    run: str, workflow: str, status: RunStatus, seconds: float, steps: tuple[StepSummary, ...]
) -> str:
    """Return a heading and a row for each step; every name is escaped."""
    colour = _COLOURS.get(status, "#1565c0")
    began = min((step.started for step in steps if step.started), default=0.0)
    head = "".join(
        f'<th style="{_CELL}">{title}</th>' for title in ("step", "instances", "attempts", "began", "took")
    )
    rows = "".join(_row(step, began) for step in steps)
    return (
        f"<div><b>{escape(workflow)}</b> {escape(run)} "
        f'<span style="color:{colour}">{escape(status)}</span> in {seconds:.2f} s'
        f'<table style="border-collapse:collapse"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(step: StepSummary, began: float) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in step.counts) or "not begun"
    start = f"{step.started - began:.2f} s" if step.started else ""
    took = f"{step.took:.2f} s" if step.started else ""
    cells = (step.node, counts, str(step.attempts), start, took)
    return "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in cells) + "</tr>"
