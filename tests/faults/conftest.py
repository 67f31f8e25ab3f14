"""What the rigs share: the warm parent, and what an uninterrupted run of each workflow gives."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from tests.faults.history import Facts, learn
from tests.faults.preload import Plan, build, why_not_here
from tests.faults.stage import Case, Stage
from tests.faults.warm import Warm

MEMORY = Path("/dev/shm")  # noqa: S108 (a file system in memory: an fsync there does not wait)


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """A warm parent whose children obey plans; where there can be none the rigs are skipped, and counted."""
    if why := why_not_here():
        pytest.skip(f"no faults can be injected here: {why}")
    parent = Warm(build(tmp_path_factory.mktemp("preload")))
    yield parent
    parent.close()


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for trials, in memory where the machine has such a place."""
    if not MEMORY.is_dir():
        yield tmp_path_factory.mktemp("trials")
        return
    folder = Path(tempfile.mkdtemp(prefix="axl-trials-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def stage(warm: Warm, ground: Path) -> Callable[..., Stage]:
    """Make a stage for a trial."""
    numbers = count()

    def make(case: Case, slow: float = 0.0) -> Stage:
        return Stage(warm, ground / f"{case}-{next(numbers)}", case, slow)

    return make


@pytest.fixture(scope="session")
def facts(stage: Callable[..., Stage]) -> Callable[[Case], Facts]:
    """What an uninterrupted run of a case gives."""

    @cache
    def of(case: Case) -> Facts:
        trial, began = stage(case), time.monotonic()
        said = trial.start().wait()
        assert said.code == 0, said.err
        assert trial.warm.orphans() == []
        known = learn(trial.store, trial.journal(), time.monotonic() - began)
        trial.clear()
        return known

    return of


@pytest.fixture(scope="session")
def calls(stage: Callable[..., Stage]) -> Callable[[Case], int]:
    """How many calls on its store a case makes, engine and workers together."""

    @cache
    def of(case: Case) -> int:
        trial = stage(case)
        drawn = trial.draw(Plan())
        said = trial.start(drawn=drawn).wait()
        assert said.code == 0, said.err
        seen = drawn.count
        trial.clear()
        return seen

    return of
