"""Describes what went wrong in an attempt in the author's terms: their frames, their exception."""

from __future__ import annotations

import itertools
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from axl.dsl.location import is_library, is_ours, package_of
from axl.ir.policy import RetryPolicy
from axl.wire.outcome import Failure, Kind

RETRY, FATAL, TIMED_OUT = 75, 65, 124
"""Exit codes of the runner: try again, do not try again, timed out."""
MAX_MESSAGE = 4000
MAX_TRACEBACK = 20_000
_SIGNALS = {
    signal.SIGKILL: "the system may have run out of memory",
    signal.SIGSEGV: "a native library crashed",
    signal.SIGABRT: "a native library aborted",
    signal.SIGBUS: "a native library crashed",
}


def from_exception(error: BaseException, policy: RetryPolicy, kind: Kind = "exception") -> Failure:
    """Return the failure that an exception of the step means, retryable as the policy says."""
    retryable = matches(error, policy) and kind not in ("output", "import")
    return Failure(
        kind=kind,
        error=type(error).__name__,
        message=clip(str(error), MAX_MESSAGE),
        traceback=clip(author_traceback(error), MAX_TRACEBACK),
        retryable=retryable,
        exit_code=RETRY if retryable else FATAL,
    )


def matches(error: BaseException, policy: RetryPolicy) -> bool:
    """Say whether the policy's exception filter accepts an error, subclasses included."""
    if not policy.on:
        return True
    wanted = {name.partition(":") for name in policy.on}
    return any(_is_named(cls, module, name) for cls in type(error).__mro__ for module, _, name in wanted)


def _is_named(cls: type, module: str, name: str) -> bool:
    # What a script defines is in `__main__` where it runs, and the policy has the script's own name.
    return cls.__qualname__ == name and cls.__module__ in {module, "__main__"}


def timed_out(seconds: float) -> Failure:
    """Return the failure of an attempt that ran longer than its timeout."""
    return Failure(
        kind="timeout",
        error="Timeout",
        message=f"ran longer than its timeout of {seconds:g} s",
        exit_code=TIMED_OUT,
    )


def died(status: int) -> Failure:
    """Return the failure of an attempt whose process ended, by `os.waitpid`'s exit code.

    A negative status names the signal. Leaving without a result is a failure even with code 0.
    """
    if status < 0:
        number = -status
        name = signal.Signals(number).name if number in signal.valid_signals() else f"signal {number}"
        reason = _SIGNALS.get(signal.Signals(number)) if number in list(signal.Signals) else None
        extra = f"; {reason}" if reason else ""
        return Failure(
            kind="signal",
            error=name,
            message=f"its process was killed by signal {number} ({name}){extra}",
            exit_code=RETRY,
        )
    return Failure(
        kind="exit",
        error="Exit",
        message=f"its process left with exit code {status} and gave no result",
        exit_code=RETRY,
    )


def author_traceback(error: BaseException) -> str:
    """Format an error and its causes like Python does, with the author's frames only.

    Frames of libraries are counted instead, unless `AXL_DEBUG` is set. A cause that began and ended in
    a library is left out with its frames.
    """
    whole = traceback.TracebackException.from_exception(error, limit=200)
    keep = _keeper(whole)
    seen: set[int] = set()
    stack = [whole]
    while stack:
        part = stack.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        part.stack = _Frames(_cut([frame for frame in part.stack if not is_ours(frame.filename)], keep))
        part.__cause__ = _with_frames(part.__cause__, keep)
        part.__context__ = _with_frames(part.__context__, keep)
        stack.extend(other for other in (part.__cause__, part.__context__) if other is not None)
        stack.extend(part.exceptions or ())
    return "".join(whole.format())


_Keep = Callable[[traceback.FrameSummary], bool]
_LEFT_OUT = "<left out>"


class _Frames(traceback.StackSummary):
    """Frames, some of them standing for those that are left out."""

    def format_frame_summary(self, frame_summary: traceback.FrameSummary, **how: Any) -> str:
        if frame_summary.filename != _LEFT_OUT:
            return super().format_frame_summary(frame_summary, **how)  # newer Pythons ask for colours
        return f"  ... {frame_summary.name}; AXL_DEBUG=1 shows them\n"


def _keeper(whole: traceback.TracebackException) -> _Keep:
    """Tell the author's frames; where all are of packages, the first one's package is the author's."""
    if os.environ.get("AXL_DEBUG"):
        return lambda _frame: True
    files = [frame.filename for frame in whole.stack if not is_ours(frame.filename)]
    if not files or not all(map(is_library, files)):
        return lambda frame: not is_library(frame.filename)
    home = next((package_of(file) for file in files if package_of(file)), "")
    return lambda frame: not home or package_of(frame.filename) == home


def _cut(frames: list[traceback.FrameSummary], keep: _Keep) -> Iterator[traceback.FrameSummary]:
    """Yield the frames to show, and one in place of each row of others."""
    for kept, row in itertools.groupby(frames, keep):
        if kept:
            yield from row
            continue
        others = list(row)
        names = dict.fromkeys(package_of(frame.filename) or "Python" for frame in others)
        count = "1 frame" if len(others) == 1 else f"{len(others)} frames"
        yield traceback.FrameSummary(_LEFT_OUT, 0, f"{count} of {' and '.join(names)}", lookup_line=False)


def _with_frames(
    part: traceback.TracebackException | None, keep: _Keep
) -> traceback.TracebackException | None:
    """Return a cause, unless neither it nor what caused it has a frame to show."""
    cause, seen = part, set[int]()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if not cause.stack or any(keep(frame) for frame in cause.stack if not is_ours(frame.filename)):
            return part
        cause = cause.__cause__ or cause.__context__
    return None


def clip(text: str, limit: int) -> str:
    """Return a text cut in the middle to about `limit` characters."""
    clean = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(clean) <= limit:
        return clean
    half = limit // 2
    return f"{clean[:half]}\n… {len(clean) - 2 * half} characters left out …\n{clean[-half:]}"
