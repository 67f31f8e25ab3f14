"""Compile a workflow and open it in the orchestrator's own web page, on this machine.

For Dagster this starts `dagster dev` on the file, which stays until it is interrupted.
"""

from __future__ import annotations

import subprocess
from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.options import ModuleName, WorkflowName, workflow_of
from axl.cli.status import TargetName
from axl.compile.place import place_of, write
from axl.deploy.ephemeral import dagster_program
from axl.errors import UnsupportedError


def command(
    ctx: typer.Context,
    *,
    workflow: WorkflowName = None,
    module: ModuleName = None,
    target: TargetName = "dagster",
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="FILE", help="Where the file goes.")
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Of the web page.")] = 3000,
) -> int:
    if target != "dagster":
        raise UnsupportedError(f"{target} has no web page on this machine", hint="--target dagster")
    program = dagster_program()
    artifact = api.compile(workflow_of(workflow, module), target, out=out)
    folder, _ = place_of(out)
    write(artifact, folder)
    file = folder / next(iter(artifact.files))
    screen_of(ctx).say(f"{file} at http://127.0.0.1:{port}")
    return subprocess.run([program, "dev", "-f", str(file), "-p", str(port)], check=False).returncode
