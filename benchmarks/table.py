"""Prints results as one Markdown table."""

from __future__ import annotations

from collections.abc import Sequence

from cases import TITLES, Who, limit_of, ours_of
from results import Results, median

HEAD = ("what", "size", "who", "process s", "run s", "added ms/step", "x limit", "x axl", "peak MB", "runs")
STORES = ("what", "size", "who", "write s", "read s", "raw MB", "on disk MB", "x raw")
NAMES = {"axlw": "axl-workflows 0.6.0", "plain": "plain Python"}


def table(results: Results) -> str:
    """Return the table; in each group the quickest stands first."""
    rows: list[Sequence[str]] = []
    for section in results.sections():
        for size in results.sizes(section):
            known = sorted(results.who(section, size), key=lambda who: _order(results, section, size, who))
            rows += [_row(results, section, size, who) for who in known]
    return markdown(HEAD, rows)


def stores_table(results: Results) -> str:
    """Return what stores cost apart: writing and reading, and the disk that runs take; empty without any."""
    rows = [
        _store_row(results, section, size, who)
        for section in ("bucket", "bucket-large", "disk")
        for size in results.sizes(section)
        for who in results.who(section, size)
        if results.good(section, size, who)
    ]
    return markdown(STORES, rows) if rows else ""


def _store_row(results: Results, section: str, size: str, who: Who) -> Sequence[str]:
    def inner(name: str, factor: float = 1.0) -> float | None:
        found = median(one.inner[name] for one in results.good(section, size, who) if name in one.inner)
        return None if found is None else found * factor

    disk, raw = inner("disk", 1e-6), inner("raw", 1e-6)
    share = None if disk is None or not raw else disk / raw
    figures = (inner("write_s"), inner("read_s"), raw, disk, share)
    return (TITLES[section], size, name_of(who), *map(number, figures))


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table."""
    line = "|" + "|".join(["---"] * len(head)) + "|"
    return "\n".join(["| " + " | ".join(head) + " |", line, *("| " + " | ".join(row) + " |" for row in rows)])


def number(value: float | None) -> str:
    """Return a number with three digits that matter."""
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3}f}"


def name_of(who: Who) -> str:
    """Return how a peer and its variant are written."""
    peer = NAMES.get(who[0], who[0])
    return peer if who[1] in {who[0], "axl-workflows", "default"} else f"{peer}, {who[1]}"


def _order(results: Results, section: str, size: str, who: Who) -> float:
    seconds = results.seconds(section, size, who)
    return float("inf") if seconds is None else seconds


def _row(results: Results, section: str, size: str, who: Who) -> Sequence[str]:
    good = results.good(section, size, who)
    head = (TITLES[section], size, name_of(who))
    if not good:
        return (*head, f"failed: {results.error(section, size, who)[:60]}", *[""] * 6)
    ran = median(one.inner["run_s"] for one in good if "run_s" in one.inner)
    return (
        *head,
        number(median(one.inner.get("command_s", one.wall) for one in good)),
        number(ran),
        number(results.added(section, size, who)),
        number(results.ratio(section, size, who, limit_of(section, who))),
        number(results.ratio(section, size, who, ours_of(section))),
        f"{(median(one.peak for one in good) or 0) / 1e6:.0f}",
        str(len(good)),
    )
