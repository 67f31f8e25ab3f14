"""Compiles: check, lower and check again, refuse everything missing at once, emit."""

from __future__ import annotations

from axl.check.wellformed import wellformed
from axl.compile.feature import Feature, Need, needs
from axl.compile.target import Artifact, Origin, Pass, Refusal, Target
from axl.errors import CheckError, InternalError, Problem, RefusedError
from axl.ir.nodes import IRWorkflow

UNSAID = Refusal("the target does not offer it", "leave it out, or compile for another target")


def compile_program(program: IRWorkflow, target: Target, origin: Origin | None = None) -> Artifact:
    """Return the files that a target makes of a program.

    Raises `CheckError` for a program that is not well-formed, `RefusedError` with everything that the
    target cannot express, and `InternalError` when a pass of the target breaks the program.
    """
    problems = wellformed(program)
    if problems:
        raise CheckError(problems)
    for lower in target.passes:
        program = _lowered(program, lower, target)
    refuse(program, target)
    return target.emit(program, origin or Origin())


def refuse(program: IRWorkflow, target: Target) -> None:
    """Raise `RefusedError` if a program needs what a target does not support."""
    missing = [need for need in needs(program) if need.feature not in target.supports]
    if missing:
        raise RefusedError(_problems(missing, program, target))


def _lowered(program: IRWorkflow, lower: Pass, target: Target) -> IRWorkflow:
    out = lower(program)
    problems = wellformed(out)
    if problems or out.params != program.params:
        what = problems[0] if problems else "it changed the parameters"
        name = getattr(lower, "__name__", repr(lower))
        raise InternalError(f"the pass {name} of the target {target.name} broke {program.name}: {what}")
    return out


def _problems(missing: list[Need], program: IRWorkflow, target: Target) -> tuple[Problem, ...]:
    """Return one problem for each feature, with every line that needs it."""
    by_feature: dict[Feature, list[Need]] = {}
    for need in missing:
        by_feature.setdefault(need.feature, []).append(need)
    out: list[Problem] = []
    for feature, users in by_feature.items():
        refusal = target.refused.get(feature, UNSAID)
        name = f"{program.name}.{users[0].node}" if users[0].node else program.name
        more = f" (and {len(users) - 1} more)" if len(users) > 1 else ""
        lines = tuple(dict.fromkeys(user.where for user in users if user.where is not None))
        what = f"{name}{more}: {feature.value} cannot be had on {target.name}: {refusal.why}"
        out.append(Problem(rule="unsupported", what=what, where=lines, hint=refusal.instead))
    return tuple(out)
