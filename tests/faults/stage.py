"""Where one trial plays: a folder with a store, a journal and a place for temporary files."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import history
from tests.faults.flows import JOURNAL, SLOW
from tests.faults.history import Facts
from tests.faults.preload import Drawn, Plan, draw
from tests.faults.warm import CLI, Command, Warm, start

HERE = Path(__file__).parent
BROKEN = "tests.faults.broken:main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A workflow and how it is run; `params` are `NAME=VALUE`, `broken` names a store of broken.py."""

    flow: str
    executor: str = "process"
    workers: int = 2
    params: tuple[str, ...] = ()
    broken: str = ""
    file: str = "flows.py"

    def __str__(self) -> str:
        return f"{self.flow}-{self.executor}"


@dataclass(slots=True)
class Stage:
    """A trial of one case. `slow` is how many seconds each step takes at least."""

    warm: Warm
    folder: Path
    case: Case
    slow: float = 0.0
    plans: list[Drawn] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "tmp").mkdir(parents=True)
        self.disk.mkdir()
        (self.folder / "journal").touch()

    @property
    def disk(self) -> Path:
        """The folder whose changes a plan is about; the store is all that is in there."""
        return self.folder / "disk"

    @property
    def store(self) -> Path:
        return self.disk / "store"

    def words(self, *extra: str) -> list[str]:
        """Return the words of the command that runs the case."""
        target = f"{HERE / self.case.file}:{self.case.flow}"
        words = ["run", "local", "-m", target, "--store", str(self.store), "--executor", self.case.executor]
        params = [word for param in self.case.params for word in ("--param", param)]
        return [*words, *params, "--workers", str(self.case.workers), "--json", *extra]

    def draw(self, plan: Plan, *, log: Path | None = None) -> Drawn:
        """Write a plan for the calls that change this trial's disk."""
        drawn = draw(plan, self.folder / f"plan-{len(self.plans)}", self.disk, log)
        self.plans.append(drawn)
        return drawn

    def start(
        self, words: Sequence[str] | None = None, *, drawn: Drawn | None = None, entry: str = CLI
    ) -> Command:
        """Start the case's command, or another one, perhaps under a plan."""
        env = {
            JOURNAL: str(self.folder / "journal"),
            SLOW: str(self.slow),
            "TMPDIR": str(self.folder / "tmp"),
            "AXL_FAULT_PLAN": "",
        }
        plan = drawn.path if drawn else None
        given = self.words() if words is None else words
        if self.case.broken:
            entry, given = BROKEN, [self.case.broken, entry, *given]
        return start(self.warm, given, self.folder, env, plan=plan, entry=entry)

    def journal(self) -> list[str]:
        """Return the names of the instances that began, in order."""
        return (self.folder / "journal").read_text("utf-8").splitlines()

    def committed(self, facts: Facts) -> frozenset[str]:
        """Return what may not run again; it looks at a copy, because opening a store repairs it."""
        with self._copied() as copy:
            return history.committed(copy, facts)

    @contextmanager
    def _copied(self) -> Iterator[Path]:
        copy = self.folder / "copy"
        if self.store.exists():
            shutil.copytree(self.store, copy)
        try:
            yield copy
        finally:
            shutil.rmtree(copy, ignore_errors=True)

    def check(self, facts: Facts) -> list[str]:
        """Return everything that is wrong after the last command has succeeded."""
        litter = [f"temporary file: {path.name}" for path in (self.folder / "tmp").iterdir()]
        return [*history.check(self.store, facts, self.journal()), *litter]

    def go_on(self, facts: Facts) -> list[str]:
        """Give the same command again, undisturbed, and return everything that is wrong afterwards."""
        before, began = self.committed(facts), len(self.journal())
        said = self.start().wait()
        if said.code != 0:
            return [f"the same command again left with {said.code}: {said.err[-1500:]}"]
        again = before & set(self.journal()[began:])
        wrong = [f"committed, and run again: {sorted(again)}"] if again else []
        if said.facts.get("result") != facts.result:
            wrong.append(f"the result is {said.facts.get('result')!r:.200}")
        return [*wrong, *self.warm.orphans(), *self.check(facts)]

    def killed(self, drawn: Drawn, facts: Facts) -> list[str]:
        """Run under a plan that kills, go on with the same command, and return everything that is wrong."""
        said = self.start(drawn=drawn).wait()
        wrong = self.warm.orphans()
        if said.code != (-signal.SIGKILL if drawn.fired else 0):
            wrong.append(f"left with {said.code}: {said.err}")
        with self._copied() as copy:
            wrong += history.hollow(copy)
        return [*wrong, *self.go_on(facts)]

    def clear(self) -> None:
        """Remove the trial's folder."""
        for drawn in self.plans:
            drawn.close()
        shutil.rmtree(self.folder)
