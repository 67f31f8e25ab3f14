"""Which time zones a schedule can have; loaded only for a workflow that has a schedule."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_fault(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the name of a time zone, and what to do; `None` if it is known.

    Where the system has no time zones at all, every name passes.
    """
    if _exists(name) or not _exists("UTC"):
        return None
    return f"the time zone {name!r} is not known", "use a name such as `Europe/Zurich` or `UTC`"


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
