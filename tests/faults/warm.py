"""The test's side of the warm parent: start commands, wait for them, signal them, look for orphans."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLI = "tests.faults.entries:command"


class Warm:
    """A launcher process; one for all trials of a test session."""

    def __init__(self, library: Path | None) -> None:
        env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        if library is not None:
            env["LD_PRELOAD"] = str(library)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.launcher"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def ask(self, **request: object) -> object:
        """Send a request and return the reply."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the launcher left with {self._process.poll()}"
        return json.loads(line)

    def orphans(self, seconds: float = 5.0) -> list[str]:
        """Wait for all that trials left behind to end; return what has not, and end it."""
        left = self.ask(orphans=float(seconds))
        assert isinstance(left, list)
        found = [f"process {pid}: {_command_of(pid)}" for pid in left]
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return found

    def close(self) -> None:
        """End the launcher."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return "gone"


def _tree(pid: int) -> list[int]:
    """Return a process and all its descendants, those nearest to it first."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            found += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended: its exit code, or less than 0 for a signal; what it printed."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, object]:
        """The JSON that it printed; empty when it printed none."""
        try:
            facts = json.loads(self.out)
        except ValueError:
            return {}
        return facts if isinstance(facts, dict) else {}


@dataclass(slots=True)
class Command:
    """A command that was started."""

    warm: Warm
    pid: int
    out: Path
    err: Path
    _said: Said | None = field(default=None, init=False)

    def wait(self, seconds: float = 60.0) -> Said:
        """Wait for its end; a command that hangs is killed, and that is an error."""
        if self._said is None:
            code = self.warm.ask(wait=self.pid, seconds=float(seconds))
            if not isinstance(code, int):
                os.killpg(self.pid, signal.SIGKILL)
                self.warm.ask(wait=self.pid, seconds=10.0)
                raise AssertionError(f"hung for {seconds} s: {self.err.read_text(errors='replace')[-2000:]}")
            self._said = Said(
                code=code, out=self.out.read_text("utf-8"), err=self.err.read_text("utf-8", "replace")
            )
        return self._said

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended; it is not collected before `wait`, so the id stays its own."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill_tree(self) -> None:
        """Kill it and all that came of it at once, and collect it."""
        for pid in _tree(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.wait()

    def kill_group(self) -> None:
        """Kill its process group at once, and collect it."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()


def start(
    warm: Warm,
    words: Sequence[str],
    folder: Path,
    env: dict[str, str],
    *,
    plan: Path | None = None,
    entry: str = CLI,
) -> Command:
    """Start a command in a folder; what it prints goes to files there."""
    number = sum(1 for _ in folder.glob("*.out"))
    out, err = folder / f"{number}.out", folder / f"{number}.err"
    out.touch()
    err.touch()
    request = {
        "entry": entry,
        "words": list(words),
        "cwd": str(folder),
        "env": env,
        "plan": str(plan or ""),
        "out": str(out),
        "err": str(err),
    }
    pid = warm.ask(start=request)
    assert isinstance(pid, int)
    return Command(warm, pid, out, err)
