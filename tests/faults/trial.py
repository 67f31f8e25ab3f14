"""One trial: runs the command in a process group of its own, and looks at what it leaves behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import axl
from axl.io.stores import open_store
from axl.wire.record import decode_node

HERE = Path(__file__).parent


@dataclass
class Trial:
    """A folder with a store, a journal, and the processes that are marked as this trial's."""

    folder: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.flags.mkdir(parents=True)
        self.journal.touch()

    @property
    def flags(self) -> Path:
        return self.folder / "flags"

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def command(self, target: str = "shape.py:Shape", *extra: str) -> list[str]:
        argv = [
            sys.executable,
            "-m",
            "axl",
            "run",
            "local",
            "-m",
            str(HERE / target),
            "--store",
            str(self.store),
        ]
        return [*argv, "--workers", "2", "--json", *extra]

    def start(self, argv: Sequence[str]) -> subprocess.Popen[bytes]:
        env = os.environ | {"JOURNAL": str(self.journal), "TRIAL": self.mark}
        return subprocess.Popen(
            argv,
            env=env,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def lines(self) -> list[str]:
        return self.journal.read_text().splitlines()

    def committed(self) -> set[str]:
        """Return the instances that have a committed result, as `node/index`."""
        if not (self.store / "version").exists():
            return set()
        store = open_store(str(self.store))
        try:
            return {
                "/".join(key.split("/")[2:])
                for key, body in store.list_records("node/")
                if decode_node(body, key).status == "done"
            }
        finally:
            store.close()

    def succeeded(self) -> bool:
        """Say whether a run was recorded as ended well, so that the same command begins another."""
        if not (self.store / "version").exists():
            return False
        return any(run.status == "succeeded" for run in axl.list_runs(self.store))

    def processes(self) -> list[int]:
        """Return the live processes that carry this trial's mark."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                environ = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if f"TRIAL={self.mark}".encode() in environ and state != "Z":
                found.append(int(entry.name))
        return found

    def wait_until_gone(self, seconds: float = 5.0) -> list[int]:
        """Wait for every process of the trial to end; return those that have not."""
        deadline = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return left

    def leftovers(self) -> list[str]:
        """Return the temporary files and locks that are still in the store."""
        return [
            str(path.relative_to(self.store))
            for name in ("tmp", "locks")
            for path in (self.store / name).rglob("*")
            if path.is_file()
        ]


def finish(process: subprocess.Popen[bytes], seconds: float = 120) -> tuple[int, dict[str, object], str]:
    """Wait for a command; return its exit code, its JSON and what it said."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"hung: {err.decode()[-3000:]}") from None
    text = out.decode()
    return process.returncode, json.loads(text) if text.strip() else {}, err.decode()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a command's whole process group at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
