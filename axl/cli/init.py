"""Write a small project that runs: a workflow, its test and the settings.

Nothing is overwritten: a README and a pyproject.toml that are there stay, for the rest it stops.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated

import typer

from axl.cli.commands import screen_of
from axl.cli.config import FILE
from axl.cli.init_files import PROJECT, README, SETTINGS, TEST, WORKFLOW
from axl.errors import StoreError, UsageError

_OURS = {"workflow.py": WORKFLOW, "test_workflow.py": TEST, FILE: SETTINGS}
_KEPT = {"pyproject.toml": PROJECT, "README.md": README}


def command(
    ctx: typer.Context,
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", show_default=False, help="Where to; default: here.")
    ] = ".",
) -> int:
    screen = screen_of(ctx)
    try:
        written = _write(Path(folder))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StoreError(f"cannot write the project into {folder!r}: {reason.lower()}") from error
    screen.data("\n".join(map(str, written)))
    screen.say(f"\nnext:\n{_next(folder)}")
    return 0


def _write(folder: Path) -> list[Path]:
    there = [str(folder / name) for name in _OURS if (folder / name).exists()]
    if there:
        raise UsageError(
            f"{', '.join(there)} {'is' if len(there) == 1 else 'are'} there already",
            hint="name another folder: axl init FOLDER",
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", hint="name another one: axl init FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    name = _project_name(folder)
    return [
        path
        for file, text in (_OURS | _KEPT).items()
        if (path := _new(folder / file, text.replace("PROJECT", name)))
    ]


def _new(path: Path, text: str) -> Path | None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return None
    return path


def _project_name(folder: Path) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    return words or "workflows"


def _next(folder: str) -> str:
    lines = ["axl validate workflow.py", "axl run local workflow.py", "python -m pytest"]
    enter = [] if folder == "." else [f"cd {shlex.quote(folder)}"]
    return "\n".join(f"  {line}" for line in (*enter, *lines))
