"""What every peer's script shares: its command line, its clock, the check of its answer, and its result file.

    python peer_X.py SECTION VARIANT SIZE [PHASE]

A script registers one function per section and variant with `@case` and calls `main()`. The function
imports and defines what it needs, then measures the execution alone, `with clock():`. What it measured
goes to `$BENCH_OUT`; the whole process is measured from outside.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

CASES = {}
OUT = {}
PEERS = Path(__file__).resolve().parent


class Args:
    """What the runner asks for; `n` is the size where that is a number."""

    def __init__(self, section, variant, size, phase="run"):
        self.section, self.variant, self.size, self.phase = section, variant, size, phase
        self.n = int(size) if size.isdecimal() else 0


def case(section, *variants):
    """Register a function for a section and some variants."""

    def register(function):
        for variant in variants:
            CASES[section, variant] = function
        return function

    return register


@contextlib.contextmanager
def clock(name="run_s"):
    """Add the seconds of the block to the results."""
    start = time.perf_counter()
    try:
        yield
    finally:
        OUT[name] = OUT.get(name, 0.0) + time.perf_counter() - start


def check(got, want):
    """A wrong answer is no measurement."""
    if got != want:
        sys.exit(f"wrong result: {got!r:.200}, not {want!r:.200}")
    OUT["checked"] = 1.0


def main():
    """Run the case that the command line names."""
    args = Args(*sys.argv[1:])
    function = CASES.get((args.section, args.variant))
    if function is None:
        sys.exit(f"no case {args.section} {args.variant} here; there are {sorted(CASES)}")
    function(args)
    Path(os.environ.get("BENCH_OUT", "bench.json")).write_text(json.dumps(OUT))


def write_module(text, name="flow"):
    """Write a module into the working folder and import it, as a user's own module would be."""
    path = Path(f"{name}.py").resolve()
    path.write_text(text)
    sys.path.insert(0, str(path.parent))
    return importlib.import_module(name)


def home(variable, name):
    """Set a peer's home folder, a copy of the one whose database was made beforehand, as in every use but the first."""
    import shutil

    own = Path(name).resolve()
    made = Path(os.environ.get("BENCH_HOMES", ".")) / name
    if not own.exists() and made.is_dir():
        shutil.copytree(made, own)
    own.mkdir(exist_ok=True)
    os.environ[variable] = str(own)
    return own


def tool(name):
    """Return the path of a command of the environment that runs this script."""
    return str(Path(sys.executable).parent / name)


def shell(command, **more):
    """Run a command, its output kept in `command.log`; a failure shows the end of it."""
    with Path("command.log").open("ab") as log:
        done = subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **more)
    if done.returncode:
        sys.exit(f"{command[0]} exited {done.returncode}\n{Path('command.log').read_text()[-3000:]}")
