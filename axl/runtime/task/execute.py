"""Executes one task spec in this process: load the inputs, call the step, store the outputs.

Every target's attempt comes down to this one function.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from axl.dsl.describe import steps_of
from axl.dsl.step import Step
from axl.dsl.workflow import Workflow
from axl.errors import AxlError, DamagedError, StoreError, compose
from axl.io.store import Store
from axl.ir.hints import MISSING
from axl.ir.nodes import PARAMS, RESULT
from axl.ir.policy import Policy
from axl.runtime.code.classes import find_class
from axl.runtime.task.failure import (
    FATAL,
    MAX_MESSAGE,
    MAX_TRACEBACK,
    RETRY,
    author_traceback,
    clip,
    from_exception,
)
from axl.runtime.task.returned import misfit
from axl.runtime.task.values import UnstoredError, load_value, local_file, save_outputs, split_value
from axl.wire.outcome import Failure, Outcome
from axl.wire.spec import TaskSpec
from axl.wire.values import Ref, Value

UNFIT = 76
"""Exit code of the runner: what the step returned cannot be its result."""
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Cancelled(BaseException):
    """The attempt was told to stop; not an `Exception`, so that steps do not swallow it."""


def execute(spec: TaskSpec, store: Store) -> Outcome:
    """Run one attempt and return what it came to; only a cancellation passes through."""
    started, clock = time.time(), time.perf_counter()
    outputs: tuple[tuple[str, Value], ...] = ()
    result = _split(spec, store) if spec.op == "split" else _call(spec, store)
    failure = result if isinstance(result, Failure) else None
    if not isinstance(result, Failure):
        outputs = result
    return Outcome(
        outputs=outputs,
        failure=failure,
        started=started,
        seconds=time.perf_counter() - clock,
        max_rss=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT,
    )


def _call(spec: TaskSpec, store: Store) -> tuple[tuple[str, Value], ...] | Failure:
    try:
        cls = find_class(spec.workflow, spec.path)
        step: Step[Any, Any, Any] = steps_of(cls)[spec.step]
    except Exception as error:  # noqa: BLE001 (importing runs the author's module)
        return from_exception(error, spec.policy.retry, "import")
    try:
        variables = _variables(spec.policy)
    except AxlError as error:  # no line of the author's is to blame, and another attempt would not help
        return Failure(kind="input", error="AxlError", message=str(error), retryable=False, exit_code=FATAL)
    # Around the loading of inputs, too: what unpickling imports may read these variables.
    with _environment(variables) if variables else nullcontext():
        return _in_folder(spec, cls, step, store)


def _in_folder(
    spec: TaskSpec, cls: type[Workflow], step: Step[Any, Any, Any], store: Store
) -> tuple[tuple[str, Value], ...] | Failure:
    if not spec.policy.input_mode:
        return _run_step(spec, cls, step, store, None)
    try:
        with store.work_folder() as folder:
            return _run_step(spec, cls, step, store, folder)
    except StoreError as error:
        return _input_failure(error, spec)


def _run_step(
    spec: TaskSpec, cls: type[Workflow], step: Step[Any, Any, Any], store: Store, folder: Path | None
) -> tuple[tuple[str, Value], ...] | Failure:
    try:
        arguments = _arguments(spec, step, store, folder)
    except Exception as error:  # noqa: BLE001 (loading runs the author's classes)
        return _input_failure(error, spec)
    try:
        value = _call_step(step, cls(), arguments)
    except SystemExit as error:
        return Failure(
            kind="exit",
            error="SystemExit",
            message=f"the step left with exit({error.code!r})",
            exit_code=FATAL,
        )
    except (Exception, KeyboardInterrupt, GeneratorExit) as error:  # noqa: BLE001 (the boundary to the author's code)
        return from_exception(error, spec.policy.retry)
    try:
        wrong = misfit(step, value)
        return _misfit(wrong) if wrong else save_outputs(value, spec.outputs, step.signature, store)
    except StoreError as error:
        return Failure(kind="output", error=type(error).__name__, message=str(error), exit_code=RETRY)
    except UnstoredError as error:
        return _unstored(error)
    except Exception as error:  # noqa: BLE001 (taking the result apart runs the author's classes)
        return from_exception(error, spec.policy.retry, "output")


def _call_step(step: Step[Any, Any, Any], instance: object, arguments: dict[str, Any]) -> object:
    if step.name != PARAMS or "overrides" not in arguments:
        return step.function(instance, **arguments)
    model = step.function(instance)
    overrides: dict[str, object] = arguments["overrides"]
    if not overrides:
        return model
    return type(model).model_validate({**model.model_dump(), **overrides})


def _arguments(
    spec: TaskSpec, step: Step[Any, Any, Any], store: Store, folder: Path | None
) -> dict[str, Any]:
    takes = step.signature.takes
    as_path = {name for name, mode in spec.policy.input_mode if mode == "path"}
    out: dict[str, Any] = {}
    for name, value in spec.inputs:
        if name in as_path and folder is not None:
            out[name] = local_file(value, store, folder, name)
            continue
        hint = takes.get(name, MISSING)
        out[name] = load_value(value, store, object if hint is MISSING else hint)
    return out


def _variables(policy: Policy) -> dict[str, str]:
    """Return the variables that a step is promised; `AxlError` when a secret is not here."""
    wanted = dict(policy.env)
    for secret in policy.secrets:
        value = os.environ.get(secret.env) or os.environ.get(secret.name)
        if value is None:
            raise AxlError(
                f"the secret {secret.name!r} is not here",
                hint=f"set the environment variable {secret.env} before the run",
            )
        wanted[secret.env] = value
    return wanted


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = old


def _split(spec: TaskSpec, store: Store) -> tuple[tuple[str, Value], ...] | Failure:
    ((_, value),) = spec.inputs
    try:
        items = load_value(value, store)
        if isinstance(items, str | bytes | dict):
            raise TypeError(f"cannot map over a {type(items).__name__}; map over a list")  # noqa: TRY301 (one way out)
        handler = value.handler if isinstance(value, Ref) else "pickle"
        base = handler if handler.split("+")[0] in ("pickle", "cloudpickle", "json") else "pickle"
        return ((RESULT, split_value(list(items), base, store)),)  # type: ignore[call-overload]  # a TypeError says so
    except Exception as error:  # noqa: BLE001 (loading and iterating run the author's classes)
        return _input_failure(error, spec)


def _input_failure(error: BaseException, spec: TaskSpec) -> Failure:
    if isinstance(error, DamagedError):
        return Failure(
            kind="input",
            error="DamagedError",
            message=str(error),
            retryable=False,
            exit_code=77,
            damaged=error.digest,
        )
    if isinstance(error, StoreError):
        return Failure(kind="input", error="StoreError", message=str(error), exit_code=RETRY)
    return from_exception(error, spec.policy.retry, "input")


def _misfit(what: str) -> Failure:
    hint = what.rpartition("\n\n")[2]
    return Failure(
        kind="output", error="TypeError", message=what, traceback=hint, retryable=False, exit_code=UNFIT
    )


def _unstored(error: UnstoredError) -> Failure:
    out, cause = error.out, error.__cause__ or error
    name = "the result" if out.name == RESULT else f"the output `{out.name}`"
    if isinstance(cause, AxlError):
        what, hint = f"{name} cannot be stored: {cause.what}", cause.hint
    else:
        kind = f"{error.kind.__module__}.{error.kind.__qualname__}".removeprefix("builtins.")
        what = f"{name}, a value of type {kind}, cannot be stored by the {out.handler} handler: {cause}"
        hint = _other_handler(out.name, out.handler)
    return Failure(
        kind="output",
        error=type(cause).__name__,
        message=compose(clip(what, MAX_MESSAGE), hint=hint),
        traceback=clip(author_traceback(cause), MAX_TRACEBACK),
        retryable=False,
        exit_code=UNFIT,
    )


def _other_handler(output: str, handler: str) -> str:
    other = "cloudpickle" if handler.startswith("pickle") else "pickle"
    option = f'"{other}"' if output == RESULT else f'{{"{output}": "{other}"}}'
    return f"return plain data, or choose another handler with @step(io_handler={option})"
