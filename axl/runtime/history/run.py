"""What a store knows of a run, read from its records: nothing of the author's is imported or loaded.

Only `Run.result`, `StepView.output` and `StepView.outputs` load values, and so may run the author's code.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from axl.errors import DamagedError, InternalError, StepError, UsageError
from axl.io.store import Store
from axl.ir.codec import decode
from axl.ir.nodes import RESULT, IRWorkflow, Task
from axl.ir.walk import tasks
from axl.runtime.code.classes import find_class
from axl.runtime.history import timeline
from axl.runtime.history.absent import Looked, no_result
from axl.runtime.history.html import run_html
from axl.runtime.history.sessions import SessionView, last_begun, seconds_of, sessions_of, status_of
from axl.runtime.history.timeline import Instance, StepSummary
from axl.runtime.task.values import load_value, read_bytes
from axl.wire import address
from axl.wire.address import Index
from axl.wire.record import RunRecord, RunStatus, decode_run
from axl.wire.values import JSON, Many, Ref, Value

if TYPE_CHECKING:
    from axl.dsl.workflow import Workflow

LATEST = "latest"
_IN_MEMORY = "memory://"
_WITHOUT_PROGRAM = (
    "`axl verify --repair` removes the run, which says nothing without its program; the same command then"
    " runs it again, and finds in the cache what is there"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line about a run; `created` counts seconds from the epoch, `seconds` is what it took so far."""

    id: str
    workflow: str
    status: RunStatus
    created: float
    seconds: float
    counts: tuple[tuple[str, int], ...]


class Run:
    """A run as its records tell it; every property reads the store anew.

    With `until`, sessions after that one do not count: so a run that was driven here stays what it came to,
    also when others take it up again.

    >>> run = axl.get_run("latest")          # doctest: +SKIP
    >>> run.status, run.step("load").output  # doctest: +SKIP
    """

    __slots__ = ("record", "store", "until")

    def __init__(self, record: RunRecord, store: Store, until: int = sys.maxsize) -> None:
        self.record = record
        self.store = store
        self.until = until

    @property
    def id(self) -> str:
        return self.record.run

    @property
    def workflow(self) -> str:
        return self.record.workflow

    @property
    def created(self) -> float:
        """When it began, in seconds since the epoch."""
        return self.record.created

    @property
    def params(self) -> Mapping[str, JSON]:
        """The values of the run's parameters, as plain JSON."""
        return cast("dict[str, JSON]", json.loads(self.record.params))

    @property
    def bound_params(self) -> dict[str, JSON]:
        """The same values, for an engine that continues the run."""
        return cast("dict[str, JSON]", json.loads(self.record.params))

    @property
    def sessions(self) -> tuple[SessionView, ...]:
        """Every engine that worked on it, in order."""
        known = sessions_of(self.id, self.store)
        mine = tuple(each for each in known if each.number <= self.until)
        return mine if mine and mine[-1].end is not None else known  # a repair takes back how one ended

    @property
    def status(self) -> RunStatus:
        """`running`, `succeeded`, `failed`, `cancelled`, or `interrupted` where an engine was killed."""
        return status_of(self.id, self.sessions, self.store)

    @property
    def seconds(self) -> float:
        """What its engines took together; the time of a killed one counts up to its last record."""
        return seconds_of(self.id, self.sessions, self.store)

    @property
    def error(self) -> str:
        """Why it failed, as the last engine said; empty when it did not."""
        sessions = self.sessions
        end = sessions[-1].end if sessions else None
        return end.error if end else ""

    @property
    def result_value(self) -> Value | None:
        """Where the result is, or `None` as long as there is none."""
        sessions = self.sessions
        end = sessions[-1].end if sessions else None
        return end.result if end else None

    @property
    def result(self) -> object:
        """What `graph` returned.

        Raises `StepError` when the run failed, `UsageError` when it was stopped or still runs.
        """
        value = self.result_value
        if value is not None:
            return self.load(value)
        status = self.status
        if status == "failed":
            hint = "" if "\n\nhint: " in self.error else self.see
            raise StepError(f"the run {self.id} failed: {self.error}{self._frames()}", hint=hint)
        hint = "wait for its end" if status == "running" else f"go on with `axl retry {self.id}`"
        raise UsageError(f"the run {self.id} has no result: it is {status}", hint=hint)

    @property
    def see(self) -> str:
        """How to see more of the run; a store in memory is out of the command line's reach."""
        if self.store.url.startswith(_IN_MEMORY):
            return "see `run.timeline`, and the instances of each step: `run.step(…).instances`"
        return f"see `axl show {self.id}`"

    def _frames(self) -> str:
        """Return the author's frames of a failure that nothing else could show."""
        if not self.store.url.startswith(_IN_MEMORY):
            return ""
        failed = (each.failure for each in self.instances() if each.failure is not None)
        found = next((failure.traceback for failure in failed if "  File " in failure.traceback), "")
        return f"\n\n{found}".rstrip()

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many instances came to what, over all sessions."""
        totals: dict[str, int] = {}
        for step in timeline.summarize(self.store, self.id).values():
            for status, count in step.counts:
                totals[status] = totals.get(status, 0) + count
        return tuple(totals.items())

    @property
    def program(self) -> IRWorkflow:
        """The workflow as it was when the run began; `DamagedError` where the store has lost it."""
        try:
            return decode(bytes(self.store.read(self.record.ir)))
        except DamagedError as error:
            raise DamagedError(
                f"the program of the run {self.id} is lost: {error.what}", hint=_WITHOUT_PROGRAM
            ) from error

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of its steps, in the order of the program."""
        return tuple(task.id for _, task in tasks(self.program))

    @property
    def timeline(self) -> tuple[StepSummary, ...]:
        """What became of each step, in the order of the program; one that has not begun has no counts."""
        found = timeline.summarize(self.store, self.id, [each.record.started for each in self.sessions])
        names = self.steps
        late = (summary for node, summary in found.items() if node not in set(names))
        return (*(found.get(name) or StepSummary(node=name) for name in names), *late)

    def instances(self) -> Iterator[Instance]:
        """Yield every instance of every step, one after the other."""
        return (instance for instance in timeline.scan(self.store, self.id) if instance.step)

    def step(self, name: str) -> StepView:
        """Return one step, by its id or by the name of its method where that is called once.

        Raises `UsageError`, with the nearest name, when there is none.
        """
        source, task = step_of(self.program, name, f"the run {self.id}")
        return StepView(self, task, source)

    def logs(self, step: str) -> str:
        """Return what a step printed: every attempt of every instance, in order."""
        return "".join(text for _, _, text in self.step(step).logs())

    def load(self, value: Value) -> object:
        """Return the object that a value of this run stands for, the author's module within reach."""
        if self.record.path and self.record.path not in sys.path:
            sys.path.append(self.record.path)
        return load_value(value, self.store)

    def load_workflow(self) -> type[Workflow]:
        """Import the class that the run is of."""
        return find_class(self.record.source, self.record.path)

    def __repr__(self) -> str:
        return f"<Run {self.id} of {self.workflow}: {self.status}>"

    def _repr_html_(self) -> str:
        return run_html(self.id, self.workflow, self.status, self.seconds, self.timeline)


class StepView:
    """One step of a run; in a map it has many instances, outside it has one."""

    __slots__ = ("_run", "source", "task")

    def __init__(self, run: Run, task: Task, source: str) -> None:
        self._run = run
        self.task = task
        self.source = source

    @property
    def name(self) -> str:
        return self.task.id

    @property
    def instances(self) -> list[Instance]:
        """What became of each instance, in the order of items."""
        return sorted(timeline.scan(self._run.store, self._run.id, self.name), key=lambda each: each.index)

    @property
    def attempts(self) -> int:
        """How many attempts were made, over all instances."""
        return sum(instance.attempts for instance in timeline.scan(self._run.store, self._run.id, self.name))

    @property
    def values(self) -> list[tuple[Index, tuple[tuple[str, Value], ...]]]:
        """Where the outputs of each committed instance are, by port, in the order of items."""
        return sorted(timeline.outputs_of(self._run.store, self._run.id, self.name), key=lambda each: each[0])

    @property
    def output(self) -> object:
        """What the step returned; for a mapped step a list in the order of items.

        Raises `UsageError` when nothing is committed.
        """
        found = self._committed()
        loaded = [self._run.load(self._whole(ports)) for _, ports in found]
        return loaded if found[0][0] else loaded[0]

    @property
    def outputs(self) -> dict[str, object]:
        """The same by port, one for each field of several outputs; else the port is `result`."""
        found = self._committed()
        ports: dict[str, list[object]] = {}
        for _, outputs in found:
            for name, value in outputs:
                ports.setdefault(name, []).append(self._run.load(value))
        return {name: values if found[0][0] else values[0] for name, values in ports.items()}

    def logs(self, index: Index = ()) -> Iterator[tuple[Index, int, str]]:
        """Yield what was printed, with index and attempt, in whole lines; of one item only if `index` says so."""
        for place, attempt, log in timeline.logs_of(self._run.store, self._run.id, self.name, index):
            text = read_log(log, self._run.store)
            yield place, attempt, text if text.endswith("\n") else f"{text}\n"

    def no_result(self, index: Index = ()) -> UsageError:
        """Return the error that says why the step, or some items of it, have no output."""
        run = self._run
        looked = Looked(
            run=run.id,
            see=run.see,
            status=run.status,
            program=run.program,
            step=self.name,
            instances=self.instances,
        )
        return no_result(looked, index)

    def _committed(self) -> list[tuple[Index, tuple[tuple[str, Value], ...]]]:
        found = self.values
        if not found:
            raise self.no_result()
        return found

    def _whole(self, ports: tuple[tuple[str, Value], ...]) -> Value:
        names = tuple(name for name, _ in ports)
        if names == (RESULT,):
            return ports[0][1]
        values = tuple(value for _, value in ports)
        return Many("outputs", values, names, f"{self.source}/{self.task.step}")

    def __repr__(self) -> str:
        return f"<step {self.name} of {self._run.id}>"


def open_run(name: str, store: Store) -> Run:
    """Return the run of an id, of its unique beginning, or for `latest` the one last worked on.

    Raises `UsageError` with the nearest known id when there is none, or more than one.
    """
    key = address.run_key(name)
    body = store.get_record(key) if name else None
    if body is not None:
        return Run(decode_run(body, key), store)
    known = {record.run: record for record in _last_first(store)}
    if name == LATEST and known:
        return Run(next(iter(known.values())), store)
    fitting = [run for run in known if name and run.startswith(name)]
    if len(fitting) == 1:
        return Run(known[fitting[0]], store)
    if fitting:
        raise UsageError(f"{len(fitting)} runs begin with {name!r}", hint=f"one of: {', '.join(fitting[:5])}")
    if not known:
        raise UsageError(f"there is no run {name!r}: the store {store.url} has none yet")
    raise UsageError(f"there is no run {name!r}", hint=nearest(name, tuple(known), "the last ones are"))


def list_runs(store: Store, limit: int | None = None) -> list[RunSummary]:
    """Return the runs of a store, the one last worked on first, at most `limit` of them."""
    return [summarize(Run(record, store)) for record in _last_first(store)[:limit]]


def summarize(run: Run) -> RunSummary:
    """Return one line about a run; only one that did not end well is read through for it."""
    sessions = run.sessions
    end = sessions[-1].end if sessions else None
    return RunSummary(
        id=run.id,
        workflow=run.workflow,
        status=status_of(run.id, sessions, run.store),
        created=run.created,
        seconds=seconds_of(run.id, sessions, run.store),
        counts=end.counts if end and len(sessions) == 1 else run.counts,
    )


def read_log(log: Value, store: Store) -> str:
    """Return a log's text; bytes that are not UTF-8 are shown escaped."""
    if not isinstance(log, Ref):
        raise InternalError("a log is not stored bytes")
    return bytes(read_bytes(log, store)).decode("utf-8", "backslashreplace")


def _last_first(store: Store) -> list[RunRecord]:
    begun = last_begun(store)
    records = [decode_run(body, key) for key, body in store.list_records("run/")]
    return sorted(records, key=lambda each: (begun.get(each.run, each.created), each.created), reverse=True)


def step_of(program: IRWorkflow, name: str, whose: str) -> tuple[str, Task]:
    """Return one step with its `module:Class`, by its id or by the name of a method that is called once.

    Raises `UsageError`, with the nearest name, when there is none; `whose` begins its message.
    """
    found = list(tasks(program))
    same = [each for each in found if each[1].id == name] or [each for each in found if each[1].step == name]
    if len(same) == 1:
        return same[0]
    known = [task.id for _, task in found]
    raise UsageError(f"{whose} has no step {name!r}", hint=nearest(name, known, "its steps are"))


def nearest(name: str, known: Sequence[str], otherwise: str) -> str:
    """Return a hint: the name that was likely meant, else those that there are."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"{otherwise}: {', '.join(known[:10])}"
