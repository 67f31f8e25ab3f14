"""Run a workflow on an orchestrator: launch its job there, and print the id of the run.

The compiled file has to be loaded there. In the store the run has the same id: `axl show`, `axl outputs`
and `axl logs` know it.
"""

from __future__ import annotations

from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.options import ModuleName, Params, ParamsFile, WorkflowName, workflow_of
from axl.cli.params import given_params
from axl.cli.status import ServerUrl, TargetName, instance_of
from axl.deploy.dagster import ENDED
from axl.errors import StepError
from axl.runtime.task.parameters import bind


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
    cls = api.load(workflow_of(workflow, module))
    program = api.checked(cls)
    bound = bind(program, cls, given_params(params, param))
    fields = bound.pop("params", None) if any(each.step for each in program.params) else None
    instance = instance_of(target, url)
    run = instance.submit(
        program.name.replace("-", "_"), bound | (fields if isinstance(fields, dict) else {})
    )
    screen.data(run)
    if not wait:
        return 0
    state = instance.wait(run)
    screen.say(f"{run} {state.status} in {state.seconds:.1f}s")
    return 0 if state.status in ENDED and state.status == "succeeded" else StepError.exit_code
