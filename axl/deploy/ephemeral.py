"""Runs a job once, in a Dagster instance that is there for this one run and keeps nothing.

Dagster's own commands do it, in processes of their own: axl itself never imports Dagster.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from axl.errors import StoreError, UnsupportedError
from axl.wire.values import JSON

_SETTINGS = "telemetry:\n  enabled: false\n"
_STDERR = 2
_LOGS: JSON = {"console": {"config": {"log_level": "INFO"}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """A run that has ended: its id, here and in Dagster, and whether it succeeded."""

    run: str
    succeeded: bool


def dagster_program() -> str:
    """Return the path of the command `dagster`; `UnsupportedError` where there is none."""
    program = shutil.which("dagster", path=str(Path(sys.executable).parent)) or shutil.which("dagster")
    if program is None:
        raise UnsupportedError(
            "Dagster is not installed", hint="pip install 'axl[dagster]' dagster-webserver"
        )
    return program


def execute(file: Path, job: str, params: Mapping[str, JSON], home: Path) -> Executed:
    """Run a job of a compiled file to its end; `home` is an empty folder for the instance.

    What Dagster has to say goes to standard error. Raises `UnsupportedError` where Dagster is not
    installed, and `StoreError` when it did not begin the run.
    """
    program = dagster_program()
    (home / "dagster.yaml").write_text(_SETTINGS)
    config: dict[str, JSON] = {"loggers": _LOGS, "resources": {"parameters": {"config": dict(params)}}}
    (home / "run.yaml").write_text(json.dumps(config))
    env = os.environ | {"DAGSTER_HOME": str(home)}
    words = [program, "job", "execute", "-f", str(file), "-j", job, "-c", str(home / "run.yaml")]
    done = subprocess.run(words, env=env, stdout=_STDERR, check=False)
    listed = subprocess.run(
        [program, "run", "list", "--limit", "1"], env=env, capture_output=True, text=True, check=False
    )
    found = re.search(r"Run: (\S+)", listed.stdout)
    if found is None:
        raise StoreError(f"Dagster did not begin a run of {job}", hint="see what it says above")
    return Executed(run=found[1], succeeded=done.returncode == 0)
