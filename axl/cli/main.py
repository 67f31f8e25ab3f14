"""The command `axl`: runs it, and turns whatever happens into a message and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from axl.cli.screen import LogFormat, Screen, harmless, open_screen, reserve_standard_files
from axl.errors import AxlError, CheckError, InternalError, MistakesError, Problem, StoreError

BUG = 70
INTERRUPTED = 130


def main(words: Sequence[str] | None = None) -> int:
    """Run the command in some words, by default those of this process; return the exit code."""
    reserve_standard_files()
    if words is not None:
        return _guarded(words, open_screen())
    signal.signal(signal.SIGINT, _interrupt)
    try:
        return _guarded(sys.argv[1:], open_screen())
    finally:  # what there is to say was said; Python's own end would answer with a traceback
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Stop the command at the first Ctrl-C; another one must not break into saying so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _guarded(words: Sequence[str], screen: Screen) -> int:
    """Run a command; nothing but an exit code leaves here."""
    screen.log_format = _asked_format(words)
    try:
        from axl.cli.root import dispatch  # noqa: PLC0415 (Ctrl-C may come while typer is imported)

        return dispatch(words, screen)
    except AxlError as error:
        return _explain(error, words, screen)
    except KeyboardInterrupt:
        screen.say("stopped")
        return INTERRUPTED
    except BrokenPipeError:
        screen.out.leave()
        return 0
    except OSError as error:
        screen.out.leave()
        place = error.filename or "cannot write to standard output"
        return _explain(
            StoreError(f"{place}: {(error.strerror or str(error)).lower()}"), words, screen, error
        )
    except Exception as error:  # noqa: BLE001 (the last boundary: a bug of ours becomes a file, not a screenful)
        return _confess(error, words, screen)


def _explain(
    error: AxlError, words: Sequence[str], screen: Screen, cause: BaseException | None = None
) -> int:
    if error.exit_code == BUG:
        return _confess(error, words, screen)
    problems = error.problems if isinstance(error, CheckError | MistakesError) else (error,)
    if screen.log_format == "json":
        for each in problems:
            screen.log("error", _facts(each, error.exit_code))
    else:
        _say_problems(problems, screen)
    if _wants_traceback(words):
        _print_traceback(cause or error, screen)
    return error.exit_code


def _say_problems(problems: Sequence[AxlError | Problem], screen: Screen) -> None:
    label = screen.err.paint("error:", "red")
    screen.say("\n\n".join(f"{label} {harmless(str(each))}" for each in problems))
    if len(problems) > 1:
        screen.say(f"\n{len(problems)} errors")


def _facts(error: AxlError | Problem, exit_code: int) -> dict[str, object]:
    places = error.where if isinstance(error, Problem) else (error.where,) if error.where else ()
    where = [{"file": each.file, "line": each.line} for each in places]
    return {"what": error.what, "where": where, "hint": error.hint, "exit_code": exit_code}


def _confess(error: BaseException, words: Sequence[str], screen: Screen) -> int:
    from axl.cli.crash import write_crash  # noqa: PLC0415 (nobody needs it otherwise)

    place = write_crash(error, words[:1])
    what = harmless(f"{type(error).__name__}: {error}".partition("\n")[0])
    told = InternalError(f"this is a mistake of axl itself: {what}", hint=f"report it with {place}")
    if screen.log_format == "json":
        screen.log("error", _facts(told, BUG))
    else:
        _say_problems((told,), screen)
    if _wants_traceback(words):
        _print_traceback(error, screen)
    return BUG


def _wants_traceback(words: Sequence[str]) -> bool:
    return "--debug" in words or bool(os.environ.get("AXL_DEBUG"))


def _asked_format(words: Sequence[str]) -> LogFormat:
    """Return the log format that the words ask for, before a command has read them and its settings."""
    pairs = zip(("", *words), words, strict=False)
    asked = any(pair == ("--log-format", "json") or pair[1] == "--log-format=json" for pair in pairs)
    return "json" if asked else "text"


def _print_traceback(error: BaseException, screen: Screen) -> None:
    import traceback  # noqa: PLC0415 (costs milliseconds that every command would pay)

    screen.say("".join(traceback.format_exception(error)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
