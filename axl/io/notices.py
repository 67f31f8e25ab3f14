"""What a store has to tell while somebody waits for it: whoever listens hears it, else the log does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Hear = Callable[[str], None]

_LISTENERS: list[Hear] = []
_TURN = threading.Lock()


def notice(text: str) -> None:
    """Tell something, from any thread; one at a time.

    Where nobody listens, it is a warning of the logger `axl`, which Python prints by default.
    """
    with _TURN:
        if _LISTENERS:
            _LISTENERS[-1](text)
            return
    import logging  # noqa: PLC0415 (5 ms, only where something is wrong)

    logging.getLogger("axl").warning(text)


@contextmanager
def heard_by(hear: Hear) -> Iterator[None]:
    """Let somebody hear what is told until the context ends; of several the last one does."""
    _LISTENERS.append(hear)
    try:
        yield
    finally:
        _LISTENERS.remove(hear)
