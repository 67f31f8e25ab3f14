"""Runs one task spec: `python -m axl.runtime FILE`, or `-` for standard input, or `$AXL_SPEC`.

Exit codes: 0 committed, 75 try again, 65 do not try again, 76 the output cannot be stored, 77 an
input is damaged, 124 timed out, 130 or 143 stopped, 3 not a task spec.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

_STOPPED: list[int] = []


def _note(number: int, _frame: FrameType | None) -> None:
    _STOPPED.append(number)


def main() -> int:
    """Run the spec that the command line names."""
    # Before any import that takes time: as process 1 of a container, Python ignores SIGTERM.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _note)
    from axl.runtime.runner import run_spec  # noqa: PLC0415 (after the handlers)

    return run_spec(sys.argv[1:], _STOPPED)


if __name__ == "__main__":
    sys.exit(main())
