"""Makes each peer's own virtual environment, so that no peer is ever a dependency of the project.

    python benchmarks/setup_peers.py [PEER ...]

The environments stand under `.cache/peers/` (or `$AXL_PEERS`), one at a time is made, and those
that exist are left alone. Versions are pinned, so that two tables made a year apart compare.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".ci" / "uv"
PEERS = Path(os.environ.get("AXL_PEERS", ROOT / ".cache" / "peers"))

DATA = ("numpy", "pandas", "pyarrow")
"""What the data steps need, in every environment."""

PACKAGES: dict[str, tuple[str, ...]] = {
    "joblib": ("joblib==1.6.0",),
    "luigi": ("luigi==3.8.1",),
    "axlw": ("axl-workflows==0.6.0",),  # it installs a package `axl` of its own, hence never beside ours
    "redun": ("redun==0.44.1",),
    "dagster": ("dagster==1.13.27",),
    "metaflow": ("metaflow==2.19.39",),
    "prefect": ("prefect==3.8.8", "fastapi>=0.139,<0.151"),
}


HOMES = PEERS / "homes"
"""Homes of peers that keep a database; made once, so that only the first of all runs pays for it."""

WITH_HOME = ("dagster", "prefect")


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's environment; the plain baselines and axl run in ours."""
    return Path(sys.executable) if peer in {"plain", "axl"} else PEERS / peer / "bin" / "python"


def is_there(peer: str) -> bool:
    """Say whether a peer can be run."""
    return peer in {"plain", "axl"} or (PEERS / peer / ".ok").exists()


def make(peer: str) -> bool:
    """Make one environment; its installer's talk goes to `PEER.log` beside it. Say whether it is there."""
    if is_there(peer):
        return True
    PEERS.mkdir(parents=True, exist_ok=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    python = str(PEERS / peer / "bin" / "python")
    steps = (
        [str(UV), "venv", "--quiet", "--clear", "--python", version, str(PEERS / peer)],
        [str(UV), "pip", "install", "--compile-bytecode", "--python", python, *PACKAGES[peer], *DATA],
    )
    with (PEERS / f"{peer}.log").open("w") as log:
        done = all(
            subprocess.run(step, stdout=log, stderr=log, check=False).returncode == 0 for step in steps
        )
        done = done and (peer not in WITH_HOME or _make_home(peer, log))
    if done:
        (PEERS / peer / ".ok").touch()
    return done


def _make_home(peer: str, log: TextIO) -> bool:
    HOMES.mkdir(exist_ok=True)
    script = ROOT / "benchmarks" / "peers" / f"peer_{peer}.py"
    command = (python_of(peer), script, "prepare", "home", "0")
    return subprocess.run(command, cwd=HOMES, stdout=log, stderr=log, check=False).returncode == 0


def main(wanted: list[str]) -> int:
    """Make the environments that are asked for, or all of them."""
    unknown = set(wanted) - set(PACKAGES)
    if unknown:
        print(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(PACKAGES)}", file=sys.stderr)
        return 2
    failed = 0
    for peer in wanted or PACKAGES:
        start = time.monotonic()
        ok = make(peer)
        failed += not ok
        state = f"{time.monotonic() - start:.0f} s" if ok else f"failed, see {PEERS / peer}.log"
        print(f"{peer}: {state}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
