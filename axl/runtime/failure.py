"""Describes what went wrong in an attempt in the author's terms: their frames, their exception."""

from __future__ import annotations

import signal
import traceback

from axl.dsl.location import is_ours
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
    return any(f"{cls.__module__}:{cls.__qualname__}" in policy.on for cls in type(error).__mro__)


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
    """Format an error and its causes like Python does, without the frames of axl."""
    whole = traceback.TracebackException.from_exception(error, limit=200)
    seen: set[int] = set()
    stack = [whole]
    while stack:
        part = stack.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        part.stack = traceback.StackSummary.from_list(
            [frame for frame in part.stack if not is_ours(frame.filename)]
        )
        stack.extend(other for other in (part.__cause__, part.__context__) if other is not None)
        stack.extend(part.exceptions or ())
    return "".join(whole.format())


def clip(text: str, limit: int) -> str:
    """Return a text cut in the middle to about `limit` characters."""
    clean = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if len(clean) <= limit:
        return clean
    half = limit // 2
    return f"{clean[:half]}\n… {len(clean) - 2 * half} characters left out …\n{clean[-half:]}"
