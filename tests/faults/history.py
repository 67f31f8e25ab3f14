"""The checker that follows every trial: reads a store through its public doors and says what must not be.

It knows from an uninterrupted run what each instance returns. The journal, which the steps themselves write,
tells it what was really executed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from axl.api import get_run, list_runs
from axl.errors import AxlError
from axl.io.store import Store
from axl.io.stores import open_store
from axl.runtime.history.run import Run
from axl.wire.record import NodeRecord, decode_node
from axl.wire.values import Lit, Many, Ref, Value

TRANSIENT = ("tmp", "locks", "unsynced", "claims")
GOOD = ("done", "cached")
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an uninterrupted run gives: its result, the outputs of every instance, the files of its store.

    `executions` says how often each step ran, `seconds` how long all of it took. `cached` says that results are found again by other runs, so that nothing committed ever runs again.
    """

    result: object
    outputs: dict[str, dict[str, object]]
    executions: Counter[str]
    files: frozenset[str]
    seconds: float
    cached: bool


def learn(folder: Path, journal: Sequence[str], seconds: float) -> Facts:
    """Read what an uninterrupted run gave."""
    files = top_of(folder)
    store = open_store(str(folder))
    try:
        run = get_run("latest", store)
        outputs = {name: _loaded(run, record) for name, record in _records(store, run.id)}
        result = run.result
        cached = any(True for _ in store.list_records("cache/"))
    finally:
        store.close()
    return Facts(
        result=result,
        outputs=outputs,
        executions=Counter(journal),
        files=files,
        seconds=seconds,
        cached=cached,
    )


def committed(folder: Path, facts: Facts) -> frozenset[str]:
    """Return the instances that may not run again when the same command is given now.

    Without a cache, a run that succeeded is not continued, so its instances may.
    """
    if not (folder / "version").exists():
        return frozenset()
    store = open_store(str(folder))
    try:
        runs = list_runs(store)
        if not facts.cached and any(run.status == "succeeded" for run in runs):
            return frozenset()
        return frozenset(
            name
            for run in runs
            for name, record in _records(store, run.id)
            if record.status in GOOD and _is_whole(store, record)
        )
    finally:
        store.close()


def hollow(folder: Path) -> list[str]:
    """Return what is committed without the bytes that it names; a killed process alone loses none."""
    if not (folder / "version").exists():
        return []
    store = open_store(str(folder))
    try:
        return [
            f"{run.id}: {name} is committed, and its bytes are not there"
            for run in list_runs(store)
            for name, record in _records(store, run.id)
            if not _is_whole(store, record)
        ]
    finally:
        store.close()


def check(folder: Path, facts: Facts, journal: Sequence[str]) -> list[str]:
    """Return everything that is wrong with a store after the last command on it succeeded."""
    litter = left_behind(folder, facts)
    store = open_store(str(folder))
    try:
        return [*litter, *_check(store, facts, journal)]
    finally:
        store.close()


def left_behind(folder: Path, facts: Facts) -> list[str]:
    """Return the files that no finished run leaves in a store that nobody has open."""
    strays = sorted(top_of(folder) - facts.files)
    inner = (path for name in TRANSIENT for path in (folder / name).rglob("*") if path.is_file())
    return [f"left behind: {name}" for name in (*strays, *(str(path.relative_to(folder)) for path in inner))]


def top_of(folder: Path) -> frozenset[str]:
    """Return the names at the top of a store."""
    return frozenset(path.name for path in folder.iterdir())


def _check(store: Store, facts: Facts, journal: Sequence[str]) -> Iterator[str]:
    executed, accounted = Counter(journal), Counter[str]()
    runs = list_runs(store)
    if not any(run.status == "succeeded" for run in runs):
        yield f"no run has succeeded: {[run.status for run in runs]}"
    for summary in runs:
        run = get_run(summary.id, store)
        done = set()
        for name, record in _records(store, run.id):
            if record.status not in GOOD:
                yield f"{run.id}: {name} is {record.status}"
            yield from _check_record(run, name, record, facts)
            done.add(name)
            accounted[name] += record.status == "done" and name in facts.executions
        known = all(session.end for session in run.sessions)
        if run.seconds < 0 or (known and run.seconds > HOUR):  # a killed engine's time is a guess
            yield f"{run.id} took {run.seconds} s"
        if summary.status == "succeeded":
            yield from _check_whole(run, done, facts)
    for name, count in accounted.items():
        if count > executed[name]:
            yield f"{name} was committed {count} times and executed {executed[name]} times"


def _check_whole(run: Run, done: set[str], facts: Facts) -> Iterator[str]:
    if done != set(facts.outputs):
        yield f"{run.id}: instances differ: {done ^ set(facts.outputs)}"
    try:
        result, steps = run.result, run.steps
    except AxlError as error:
        yield f"{run.id}: the result or the program cannot be read: {error.what}"
        return
    if result != facts.result:
        yield f"{run.id}: the result is {result!r:.200}"
    if not steps:
        yield f"{run.id}: the program has no steps"


def _check_record(run: Run, name: str, record: NodeRecord, facts: Facts) -> Iterator[str]:
    try:
        outputs = _loaded(run, record)
        if record.log is not None:
            _read_all(run.store, record.log)
    except AxlError as error:
        yield f"{run.id}: {name} cannot be read: {error.what}"
        return
    if outputs != facts.outputs.get(name):
        yield f"{run.id}: {name} is {outputs!r:.200}, not {facts.outputs.get(name)!r:.200}"
    if record.seconds < 0:
        yield f"{run.id}: {name} took {record.seconds} s"


def _records(store: Store, run: str) -> Iterator[tuple[str, NodeRecord]]:
    """Yield the committed instances of a run, named as in the journal."""
    prefix = f"node/{run}/"
    for key, body in store.list_records(prefix):
        yield key.removeprefix(prefix), decode_node(body, key)


def _loaded(run: Run, record: NodeRecord) -> dict[str, object]:
    return {name: run.load(value) for name, value in record.outputs}


def _is_whole(store: Store, record: NodeRecord) -> bool:
    try:
        for _, value in record.outputs:
            _read_all(store, value)
    except AxlError:
        return False
    return True


def _read_all(store: Store, value: Value) -> None:
    """Read every object that a value stands for, which verifies it."""
    match value:
        case Ref(data=None, at=""):
            store.read(value.digest)
        case Many():
            for item in value.items:
                _read_all(store, item)
        case Ref() | Lit():
            return
        case _:
            return
