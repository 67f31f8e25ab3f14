"""Compile a workflow: write the files that an orchestrator takes, or print the only one.

--check writes nothing and exits with 4 when the files on disk are not what would be written; --diff also
says what changed. What a target cannot express is refused before anything is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.facts import dumps
from axl.cli.options import AsJson, ModuleName, WorkflowName, workflow_of
from axl.cli.screen import Screen
from axl.compile.compare import Change
from axl.compile.place import changed_files, changes, place_of, write
from axl.compile.target import Artifact
from axl.errors import UsageError
from axl.wire.values import JSON

DIFFERENT = 4


def command(
    ctx: typer.Context,
    *,
    workflow: WorkflowName = None,
    module: ModuleName = None,
    target: Annotated[str, typer.Option("--target", "-t", metavar="NAME", help="As in dagster.")] = "",
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="PATH", help="The file, or a folder for the files.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; 4 if files differ.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Like --check, and say what changed.")] = False,
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    if not target:
        raise UsageError("name a target", hint="--target dagster")
    if (check or diff) and out is None:
        raise UsageError("name the file to compare with", hint="--out PATH")
    artifact = api.compile(workflow_of(workflow, module), target, out=out)
    folder, _ = place_of(out)
    if check or diff:
        return _compare(artifact, folder, screen, show=diff, json=json)
    if out is None:
        _print(artifact, screen)
        return 0
    changed = changed_files(artifact, folder)
    write(artifact, folder)
    names = [str(folder / name) for name in artifact.files]
    screen.data(dumps({"files": list(names), "changed": list(changed)}) if json else "\n".join(names))
    return 0


def _compare(artifact: Artifact, folder: Path, screen: Screen, *, show: bool, json: bool) -> int:
    changed = changed_files(artifact, folder)
    found = changes(artifact, folder) if changed and show else ()
    if json:
        screen.data(dumps({"changed": list(changed), "changes": [change_facts(each) for each in found]}))
    elif found:
        screen.data("\n".join(map(str, found)))
    for name in changed:
        state = "differs" if (folder / name).exists() else "is not there"
        screen.say(f"{folder / name} {state}; compile it again")
    return DIFFERENT if changed else 0


def _print(artifact: Artifact, screen: Screen) -> None:
    if len(artifact.files) > 1:
        names = ", ".join(artifact.files)
        raise UsageError(
            f"there are {len(artifact.files)} files: {names}", hint="name a folder: --out FOLDER"
        )
    (data,) = artifact.files.values()
    screen.data(data.decode().rstrip("\n"))


def change_facts(change: Change) -> dict[str, JSON]:
    """Return a change as JSON."""
    return {
        "subject": change.subject,
        "kind": change.kind,
        "fact": change.fact,
        "before": change.before,
        "after": change.after,
    }
