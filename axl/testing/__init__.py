"""For authors' tests: run a workflow or one step in this process, with mocks and a fake clock.

def test_churn():
    result = axl.testing.run(Churn, {"months": [1]}, mocks={"load": frame})

    assert result.step("evaluate").output > 0.5
    assert result.step("load").attempts == 1
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, cast

from axl import __version__
from axl.api import checked, load
from axl.dsl.describe import name_of, steps_of
from axl.dsl.location import line_of
from axl.dsl.mistakes import as_written
from axl.dsl.step import Step
from axl.dsl.workflow import Workflow, require_workflow
from axl.errors import UsageError
from axl.io.store import Store
from axl.io.stores import open_store
from axl.runtime.code.classes import ship
from axl.runtime.engine.clock import Clock
from axl.runtime.engine.local import Local, Wanted, run_local
from axl.runtime.engine.options import Options
from axl.runtime.history.run import Run, open_run
from axl.runtime.parameters.bind import bind
from axl.wire.values import JSON

_NUMBERS = itertools.count(1)


class FakeClock(Clock):
    """A clock that jumps to whatever is waited for, so that back-off takes no time.

    >>> clock = FakeClock()
    >>> clock.until(30.0), clock.now()
    (0.0, 30.0)
    """

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        """Return the seconds that this clock was moved on."""
        return self._now

    def until(self, when: float) -> float:
        """Move on to a point in time."""
        self._now = max(self._now, when)
        return 0.0


def run(
    workflow: type[Workflow] | str,
    params: Mapping[str, object] | None = None,
    *,
    mocks: Mapping[str, object] | None = None,
    clock: Clock | None = None,
    keep_going: bool = False,
    executor: str = "inline",
    store: Store | None = None,
) -> Run:
    """Run a workflow for a test and return the run; nothing is left on disk.

    Args:
        workflow: the class under test, or a text that `axl.load` takes.
        params: values for the run's parameters.
        mocks: for a step's name, the value that it returns, or a function called with the step's
            arguments by name; those that the step has a default for, it may leave out.
        clock: the engine's clock; by default one that never waits.
        keep_going: after a failure, go on with everything that does not depend on it.
        executor: where steps run; `inline` lets a debugger stop in them.
        store: where records and artifacts go; by default memory of its own.
    """
    cls = mocked(load(workflow) if isinstance(workflow, str) else workflow, mocks or {})
    program = checked(cls)
    opened = store if store is not None else open_store(f"memory://test-{next(_NUMBERS)}")
    given = bind(program, cls, cast("Mapping[str, JSON]", params or {}))
    options = Options(keep_going=keep_going, clock=clock or FakeClock(), max_parallel=program.max_parallel)
    left = run_local(
        Wanted(cls=cls, program=program, params=given, fresh=True, cache="off"),
        opened,
        Local(executor=executor, workers=1 if executor == "inline" else None, options=options),
        __version__,
    )
    return open_run(left.run, opened)


def mocked(workflow: type[Workflow], mocks: Mapping[str, object]) -> type[Workflow]:
    """Return a subclass of a workflow in which some steps are replaced.

    Raises `UsageError` when a name is not a step, or a mock cannot be called with the step's arguments.
    """
    require_workflow(workflow)
    if not mocks:
        return workflow
    steps = steps_of(workflow)
    _require_steps(workflow, mocks)
    replaced = {name: Step(_stand_in(steps[name], mock), steps[name].options) for name, mock in mocks.items()}
    # Found by its own name where steps run, and called by that of the workflow where people read it.
    own = f"{workflow.__name__}_mocked_{next(_NUMBERS)}"
    named = {} if "name" in steps else {"name": name_of(workflow)}
    body = {"__module__": workflow.__module__, **named, **replaced}
    cls = cast("type[Workflow]", type(own, (workflow,), body))
    ship(cls)
    return cls


def _require_steps(workflow: type[Workflow], mocks: Mapping[str, object]) -> None:
    steps = steps_of(workflow)
    if not isinstance(mocks, Mapping):
        raise UsageError(f"mocks is {mocks!r:.80}, not a value for each step", hint='write mocks={"load": 3}')
    unknown = [name for name in mocks if name not in steps]
    if unknown:
        raise UsageError(
            f"{workflow.__name__} has no step {' and '.join(map(repr, unknown))} to mock",
            hint=f"its steps are {', '.join(steps)}",
        )


def _stand_in(step: Step[Any, Any, Any], mock: object) -> Callable[..., object]:
    takes = _arguments_of(step, mock) if callable(mock) else frozenset()

    @functools.wraps(step.function)
    def call(_self: object, *args: object, **kwargs: object) -> object:
        if not callable(mock):
            return mock
        given = step.signature.parameters.bind(*args, **kwargs)
        wanted = set(given.arguments)
        given.apply_defaults()
        return mock(**{name: value for name, value in given.arguments.items() if name in wanted | takes})

    return call


def _arguments_of(step: Step[Any, Any, Any], mock: Callable[..., object]) -> frozenset[str]:
    """Return the names that a mock takes; `UsageError` where it cannot be called as the step is."""
    try:
        signature = inspect.signature(mock)
    except (TypeError, ValueError):  # some builtins have none
        return frozenset()
    takes = frozenset(signature.parameters)
    wanted = {name for name in step.signature.takes if name in step.signature.required or name in takes}
    try:
        signature.bind(**dict.fromkeys(wanted))
    except TypeError:
        form = f"{step.name}{as_written(step.signature.parameters)}"
        code = mock.__code__ if isinstance(mock, FunctionType) else None
        raise UsageError(
            f"the mock of `{step.name}` takes {signature}, the step {form}",
            where=line_of(code) if code else None,
            hint="a mock is called with the step's arguments by name: give it the same names, or **arguments",
        ) from None
    return takes


__all__ = ["FakeClock", "mocked", "run"]
