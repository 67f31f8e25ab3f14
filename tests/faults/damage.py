"""Changes bytes of a store at random, and compares all that can be read of it with what was there before."""

from __future__ import annotations

import json
import random
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

from axl.api import get_run, list_runs
from axl.errors import AxlError, StoreError, UsageError
from axl.io.store import Store
from axl.io.stores import open_store
from axl.runtime.history.run import Run

Survey: TypeAlias = "dict[str, object]"
"""Everything that can be read of a store, by the door and the name; an error in place of a value."""
LONGEST = 20
"""Seconds that reading a small store may take."""


def survey(folder: Path) -> Survey:
    """Read a store through every public door."""
    try:
        store = open_store(str(folder))
    except StoreError as error:
        return {"store": error}
    try:
        return dict(_survey(store))
    finally:
        store.close()


def _survey(store: Store) -> Iterator[tuple[str, object]]:
    yield from _listed("record", lambda: list(store.list_records("")))
    yield from _listed("object", lambda: [(digest, bytes(store.read(digest))) for digest in _digests(store)])
    runs = _tried(lambda: [(run.id, run.status) for run in list_runs(store)])
    if not isinstance(runs, list):
        yield "runs", runs
        return
    for name, status in runs:
        yield f"status/{name}", status
        yield from _survey_run(store, name)


def _survey_run(store: Store, name: str) -> Iterator[tuple[str, object]]:
    run = _tried(lambda: get_run(name, store))
    if not isinstance(run, Run):
        yield f"run/{name}", run
        return
    yield f"result/{name}", _tried(lambda: run.result)
    steps = _tried(lambda: run.steps)
    yield f"steps/{name}", steps
    for step in steps if isinstance(steps, tuple) else ():
        yield f"logs/{name}/{step}", _tried(partial(run.logs, step))
        yield from _survey_step(run, step)


def _survey_step(run: Run, step: str) -> Iterator[tuple[str, object]]:
    values = _tried(lambda: run.step(step).values)
    if not isinstance(values, list):
        yield f"output/{run.id}/{step}", values
        return
    for index, ports in values:
        loaded = [_tried(partial(run.load, value)) for _, value in ports]
        failed = [value for value in loaded if isinstance(value, AxlError)]
        yield f"output/{run.id}/{step}/{index}", failed[0] if failed else loaded


def _digests(store: Store) -> list[str]:
    return sorted(digest for digest, _, _ in store.list_objects())


def _listed(door: str, read: Callable[[], list[tuple[str, bytes]]]) -> Iterator[tuple[str, object]]:
    found = _tried(read)
    if isinstance(found, list):
        yield from ((f"{door}/{key}", body) for key, body in found)
    else:
        yield door, found


def _tried(read: Callable[[], object]) -> object:
    try:
        return read()
    except AxlError as error:
        return error


def differences(before: Survey, after: Survey) -> list[str]:
    """Return what must not be: a value that was not written, or an error that does not speak of damage."""
    wrong = []
    for key, value in after.items():
        if isinstance(value, StoreError | UsageError):  # a `UsageError` as for a run that has not come so far
            continue
        if isinstance(value, AxlError):
            wrong.append(f"{key}: {type(value).__name__}: {value.what}")
        elif key not in before:
            wrong.append(f"{key} is new: {value!r:.80}")
        elif value != before[key] and not key.startswith(("status/", "logs/")):
            wrong.append(f"{key} is {value!r:.80}, it was {before[key]!r:.80}")
    return wrong


def is_silent(before: Survey, after: Survey) -> bool:
    """Say whether something is gone without a word of damage, as when SQLite drops the end of its log."""
    return set(before) > set(after) and not any(isinstance(value, AxlError) for value in after.values())


def hurt(folder: Path, rng: random.Random) -> str:
    """Change a random file of a store, in a random way, and say what was done."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    by_kind: dict[str, list[Path]] = {}
    for path in files:
        by_kind.setdefault(path.relative_to(folder).parts[0], []).append(path)
    kind = rng.choice(
        [*sorted(by_kind), *[name for name in by_kind if name.startswith(("objects", "records"))] * 3]
    )
    path = rng.choice(by_kind[kind])
    data = bytearray(path.read_bytes())
    way = rng.choice(("flip", "flip", "flip", "zero", "cut", "swap", "grow", "other"))
    place = rng.randrange(len(data))
    match way:
        case "flip":
            data[place] ^= 1 << rng.randrange(8)
        case "zero":
            length = rng.choice((1, 16, 512, 4096))
            data[place : place + length] = bytes(len(data[place : place + length]))
        case "cut":
            del data[rng.choice((place, place - place % 4096, 0)) :]
        case "swap":
            other = rng.randrange(len(data))
            data[place : place + 16], data[other : other + 16] = (
                data[other : other + 16],
                data[place : place + 16],
            )
        case "grow":
            data += rng.randbytes(rng.choice((1, 100, 4096)))
        case _:
            data = bytearray(rng.choice(by_kind[kind]).read_bytes())
    path.chmod(0o600)
    path.write_bytes(data)
    return f"{way} at {place} of {path.relative_to(folder)}"


def main(words: list[str]) -> int:
    """Hurt copies of a store and survey them; print what was wrong as JSON.

    The words are the store, a folder for the copies, and the first and the last seed.
    """
    pristine, place = Path(words[0]), Path(words[1])
    shutil.copytree(pristine, place / "pristine")
    before = survey(place / "pristine")
    wrong, silent = [], 0
    for seed in range(int(words[2]), int(words[3])):
        copy = place / f"copy-{seed}"
        shutil.copytree(pristine, copy)
        done = hurt(copy, random.Random(seed))
        signal.alarm(LONGEST)
        try:
            after = survey(copy)
            found = differences(before, after)
            silent += is_silent(before, after)
        except Exception:  # noqa: BLE001 (whatever comes out here is what the rig looks for)
            found = [traceback.format_exc()[-1500:]]
        signal.alarm(0)
        wrong += [f"seed {seed}, {done}: {what}" for what in found]
        shutil.rmtree(copy)
    print(json.dumps({"wrong": wrong, "silent": silent}))
    return 0
