"""Run a workflow on an orchestrator: launch its job there, and print the id of the run.

On a running Dagster, whose web server --url names, the compiled file has to be loaded. Where no server
is named and none answers, the run takes place here, in an instance that is there for it alone, and this
waits for its end. In the store the run has the same id: `axl show`, `axl outputs` and `axl logs` know it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.options import ModuleName, Params, ParamsFile, WorkflowName, workflow_of
from axl.cli.params import given_params
from axl.cli.screen import Screen
from axl.cli.status import ServerUrl, TargetName, instance_of
from axl.compile.place import write
from axl.deploy.dagster import VARIABLE, Instance
from axl.deploy.ephemeral import execute
from axl.dsl.workflow import Workflow
from axl.errors import StepError
from axl.runtime.parameters.bind import bind
from axl.wire.values import JSON


def command(
    ctx: typer.Context,
    *,
    workflow: WorkflowName = None,
    module: ModuleName = None,
    target: TargetName = "dagster",
    params: ParamsFile = None,
    param: Params = None,
    url: ServerUrl = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end; 1 if it fails.")] = False,
) -> int:
    screen = screen_of(ctx)
    instance = instance_of(target, url)
    cls = api.load(workflow_of(workflow, module))
    program = api.checked(cls)
    bound = bind(program, cls, given_params(params, param))
    fields = bound.pop("params", None) if any(each.step for each in program.params) else None
    values = bound | (fields if isinstance(fields, dict) else {})
    job = program.name.replace("-", "_")
    if url is None and VARIABLE not in os.environ and not instance.answers():
        screen.say(f"no Dagster answers at {instance.url}: it runs here, in an instance of its own")
        return _execute(cls, target, job, values, screen)
    return _launch(instance, job, values, wait, screen)


def _launch(instance: Instance, job: str, values: Mapping[str, JSON], wait: bool, screen: Screen) -> int:
    run = instance.submit(job, values)
    screen.data(run)
    if not wait:
        return 0
    state = instance.wait(run)
    screen.say(f"{run} {state.status} in {state.seconds:.1f}s")
    return 0 if state.status == "succeeded" else StepError.exit_code


def _execute(cls: type[Workflow], target: str, job: str, values: Mapping[str, JSON], screen: Screen) -> int:
    with TemporaryDirectory(prefix="axl-dagster-") as folder:
        file = Path(folder) / "job.py"
        write(api.compile(cls, target, out=file), file.parent)
        done = execute(file, job, values, file.parent)
    screen.data(done.run)
    screen.say(f"{done.run} {'succeeded' if done.succeeded else 'failed'}; see `axl show {done.run}`")
    return 0 if done.succeeded else StepError.exit_code
