"""Check a workflow: print its program and its hash, and every problem with its line.

Errors exit with 3; warnings are told and do not. With --target, say what the target makes of everything
that the workflow needs: native, lowered and how, or refused, which exits with 3 too.
"""

from __future__ import annotations

from typing import Annotated, cast

import typer

from axl import api
from axl.cli import verdicts
from axl.cli.commands import screen_of
from axl.cli.facts import dumps
from axl.cli.options import AsJson, ModuleName, Params, ParamsFile, WorkflowName, workflow_of
from axl.cli.params import given_params
from axl.cli.screen import Screen
from axl.cli.table import counted
from axl.compile.explain import Explanation, explain
from axl.compile.targets import TARGETS, get_target
from axl.errors import CheckError, Problem
from axl.ir.codec import to_json
from axl.ir.nodes import IRWorkflow
from axl.ir.show import show
from axl.runtime.parameters.bind import bind
from axl.wire.values import JSON

ALL = "all"


def command(
    ctx: typer.Context,
    workflow: WorkflowName = None,
    module: ModuleName = None,
    params: ParamsFile = None,
    param: Params = None,
    target: Annotated[
        str | None,
        typer.Option("--target", "-t", metavar="NAME", help="Also for a target, or `all` that axl has."),
    ] = None,
    json: AsJson = False,
) -> int:
    screen = screen_of(ctx)
    cls = api.load(workflow_of(workflow, module))
    given = given_params(params, param)
    program, problems = api.trace(cls), api.validate(cls)
    errors = [problem for problem in problems if problem.severity == "error"]
    if given and not errors:
        bind(program, cls, given)
    found = _explained(program, target) if target is not None and not errors else ()
    if json:
        targets: list[JSON] = [verdicts.facts(each) for each in found]
        screen.data(dumps({**_facts(program, problems), "targets": targets}))
    else:
        _print(program, problems, len(errors), screen)
        for each in found:
            screen.data("\n".join(["", *verdicts.lines(each, screen.out.paint)]))
    refused = target != ALL and any(each.is_refused for each in found)
    return CheckError.exit_code if errors or refused else 0


def _explained(program: IRWorkflow, target: str) -> tuple[Explanation, ...]:
    names = TARGETS if target == ALL else (target,)
    return tuple(explain(program, get_target(name)) for name in names)


def _print(program: IRWorkflow, problems: tuple[Problem, ...], errors: int, screen: Screen) -> None:
    if not errors:
        screen.data(f"{show(program)}\n\nhash {program.compute_hash()}")
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        screen.say(f"{screen.err.paint(f'{problem.severity}:', colour)} {problem}\n")
    warnings = len(problems) - errors
    told = [counted(errors, "error")] if errors else ["the workflow is valid"]
    screen.say(", ".join([*told, *([counted(warnings, "warning")] if warnings else [])]))


def _facts(program: IRWorkflow, problems: tuple[Problem, ...]) -> dict[str, JSON]:
    return {
        "name": program.name,
        "source": program.source,
        "valid": all(problem.severity != "error" for problem in problems),
        "hash": program.compute_hash(),
        "problems": [_problem_facts(problem) for problem in problems],
        "program": cast("JSON", to_json(program)),
    }


def _problem_facts(problem: Problem) -> dict[str, JSON]:
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        "what": problem.what,
        "where": [{"file": loc.file, "line": loc.line} for loc in problem.where],
        "hint": problem.hint,
    }
