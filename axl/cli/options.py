"""What several commands take, declared once for typer."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import typer

from axl.cli.complete import complete_run, complete_step
from axl.errors import UsageError
from axl.wire.address import check_run_id

_TARGET = "module:Class, or path/to/file.py:Class"
_MOST = 999_999_999

WorkflowName = Annotated[str | None, typer.Argument(metavar="WORKFLOW", help=_TARGET)]
ModuleName = Annotated[
    str | None, typer.Option("--module", "-m", metavar="WORKFLOW", help=f"The same: {_TARGET}.")
]
ParamsFile = Annotated[
    str | None,
    typer.Option("--params", metavar="FILE", help="Values of parameters, in a YAML, JSON or TOML file."),
]
Params = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        "-p",
        metavar="NAME=VALUE",
        help="A parameter's value, or a field's, as model.lr=0.2; JSON or text.",
    ),
]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Where runs are kept; default: $AXL_STORE or .axl."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run's id, its beginning, or `latest`.", autocompletion=complete_run
    ),
]
StepName = Annotated[
    str | None,
    typer.Argument(
        metavar="STEP", help="One step, as load or load[3]; default: all.", autocompletion=complete_step
    ),
]
Executor = Annotated[
    Literal["process", "thread", "inline"] | None,
    typer.Option("--executor", help="Where steps run; default: process."),
]
KeepGoing = Annotated[
    bool | None, typer.Option("--keep-going", help="After a failure, run what does not depend on it.")
]
LogFormat = Annotated[
    Literal["text", "json"] | None,
    typer.Option("--log-format", help="How progress is reported; default: text."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Report nothing but errors.")]


def workflow_of(*named: str | None) -> str:
    """Return the one workflow that was named; `UsageError` when there are none or two."""
    given = [each for each in named if each is not None]
    if len(given) == 1:
        return given[0]
    what = "name a workflow" if not given else f"two workflows are named, {given[0]!r} and {given[1]!r}"
    raise UsageError(what, hint=f"-m {_TARGET}")


def whole_number(text: str) -> int:
    """Read a whole number of one or more."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= _MOST):
        raise typer.BadParameter(f"{_short(text)} is not a whole number of one or more")
    return int(text)


def zero_or_more(text: str) -> int:
    """Read a whole number of zero or more."""
    if not (text.isascii() and text.isdigit() and int(text[:12]) <= _MOST):
        raise typer.BadParameter(f"{_short(text)} is not a whole number of zero or more")
    return int(text)


def seconds(text: str) -> float:
    """Read a number of seconds, zero or more."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise typer.BadParameter(f"{_short(text)} is not a number of seconds")
    return number


def run_id(text: str) -> str:
    """Read a name for a new run."""
    try:
        return check_run_id(text)
    except UsageError as error:
        raise typer.BadParameter(f"{error.what}; {error.hint}") from error


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", parser=whole_number, metavar="N", help="How many run at once; default: the CPUs."
    ),
]
Grace = Annotated[
    float | None,
    typer.Option(
        "--grace",
        parser=seconds,
        metavar="SECONDS",
        help="How long steps may take to end when stopped; default: 10.",
    ),
]
RunId = Annotated[
    str | None, typer.Option("--run-id", parser=run_id, metavar="ID", help="A name for the run.")
]
