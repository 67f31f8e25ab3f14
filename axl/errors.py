"""Every error that axl raises, in one tree.

    AxlError                  never raised itself; `except AxlError` catches all of ours
    ├── UsageError        2   a flag or a file that was named is not there
    ├── DefinitionError   3   the author's class cannot be a workflow
    │   ├── TraceError    3   a symbol was used where a value is needed
    │   └── MistakesError 3   several of these at once; holds every problem
    ├── CheckError        3   the workflow breaks one or more rules; holds every problem
    ├── ParameterError    3   the values given for the run do not fit its parameters
    ├── UnsupportedError  3   what was asked for does not exist there
    │   └── RefusedError  3   a target cannot express parts of the workflow; holds every problem
    ├── StoreError        5   a store, disk or network did not do its part
    │   └── DamagedError  5   stored bytes are not what was written
    ├── LockedError       6   a live engine holds the run
    ├── StepError         1   the author's code raised
    └── InternalError    70   a mistake of ours

The number is the exit code of the command line. A message says what, then where; after a
blank line a hint says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Loc:
    """A line of the author's code."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a workflow: the rule it breaks, and every line concerned.

    A warning does not stop anything; the command line shows it, and says so.
    """

    rule: str
    what: str
    where: tuple[Loc, ...] = ()
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        text = compose(self.what, self.where[0] if self.where else None, self.hint)
        for loc in self.where[1:]:
            text = (
                text.replace("\n\nhint:", f"\n  see {loc}\n\nhint:", 1)
                if self.hint
                else f"{text}\n  see {loc}"
            )
        return text


def compose(what: str, where: Loc | None = None, hint: str = "") -> str:
    """Lay out one message: `where: what`, then a blank line and `hint: …`."""
    text = f"{where}: {what}" if where else what
    return f"{text}\n\nhint: {hint}" if hint else text


class AxlError(Exception):
    """The root of the tree: what happened, where, and what to do about it."""

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, where: Loc | None = None, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return compose(self.what, self.where, self.hint)


class UsageError(AxlError):
    """A flag, a name or a file that was given cannot be used."""

    exit_code = 2


class DefinitionError(AxlError):
    """The author's class cannot be made into a workflow."""

    exit_code = 3


class TraceError(DefinitionError):
    """A symbol was used where only a value will do."""


class MistakesError(DefinitionError):
    """A class has several mistakes; `problems` holds all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} mistakes")
        self.problems = problems

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)


class CheckError(AxlError):
    """The workflow breaks rules; `problems` holds all of them."""

    exit_code = 3

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(count)
        self.problems = problems

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)


class ParameterError(AxlError):
    """The values given for a run do not fit the workflow's parameters."""

    exit_code = 3


class UnsupportedError(AxlError):
    """What was asked for does not exist on this target, machine or installation."""

    exit_code = 3


class RefusedError(UnsupportedError):
    """A target cannot express parts of the workflow; `problems` holds all of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        count = "1 feature is" if len(problems) == 1 else f"{len(problems)} features are"
        super().__init__(f"{count} not available there")
        self.problems = problems

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)


class StoreError(AxlError):
    """A store, disk or network did not do its part."""

    exit_code = 5


class DamagedError(StoreError):
    """Stored bytes are missing or are not the bytes that were written.

    `digest` names them, where they are those of a value.
    """

    def __init__(self, what: str, *, where: Loc | None = None, hint: str = "", digest: str = "") -> None:
        super().__init__(what, where=where, hint=hint)
        self.digest = digest


class LockedError(AxlError):
    """A live engine holds what was asked for."""

    exit_code = 6


class StepError(AxlError):
    """The author's code raised; the message holds the author's frames only."""

    exit_code = 1


class InternalError(AxlError):
    """A mistake of axl itself."""
