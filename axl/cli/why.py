"""Say why each step of a run was computed, or was found in the cache.

With -m and parameters it tells of the run that these would begin: nothing is run.
"""

from __future__ import annotations

from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps
from axl.cli.forecast import print_forecast
from axl.cli.instances import parse_instance
from axl.cli.options import AsJson, ModuleName, Params, ParamsFile, StepName, StoreUrl
from axl.cli.params import given_params
from axl.cli.reasons import facts, told
from axl.errors import UsageError
from axl.io.stores import existing_store


def command(
    ctx: typer.Context,
    *,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `latest`.")
    ] = None,
    step: StepName = None,
    module: ModuleName = None,
    params: ParamsFile = None,
    param: Params = None,
    store: StoreUrl = None,
    json: AsJson = False,
) -> int:
    screen, url = screen_of(ctx), read_settings({"store": store}).store
    if module is not None:
        if step is not None:
            raise UsageError("a run and a workflow are named", hint="axl why RUN, or axl why -m WORKFLOW")
        name, index = parse_instance(run) if run is not None else ("", ())
        given = given_params(params, param)
        return print_forecast(
            api.forecast(api.load(module), given, step=name, store=url), index, json, screen
        )
    if run is None:
        raise UsageError("name a run, or a workflow", hint="axl why latest, or axl why -m module:Class")
    name, index = parse_instance(step) if step else ("", ())
    opened = existing_store(url)
    found = [each for each in api.why(run, name, opened) if each.index[: len(index)] == index]
    if step and not found:
        raise api.get_run(run, opened).step(name).no_result(index)
    if json:
        screen.data(dumps([facts(each) for each in found]))
        return 0
    for line in told(found):
        screen.data(line)
    return 0
