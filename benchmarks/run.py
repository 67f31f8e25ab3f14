"""Measures axl beside plain Python and its peers, taking turns, and prints one table of medians and ratios.

    python benchmarks/setup_peers.py             # once: the peers' own environments
    python benchmarks/run.py                     # everything; about an hour
    python benchmarks/run.py --quick             # small sizes, quick peers, one round
    python benchmarks/run.py --only chain,fan --peers plain,axl,joblib --reps 5
    python benchmarks/run.py --print FILE ...    # the table of results that were kept

The sections about buckets start moto's server, or use the one at `$BENCH_S3` that has a bucket
`axl-benchmarks`, with the usual credentials in the environment.

Every run is a fresh process in a fresh folder with a home of its own. A run that gives a wrong answer,
fails, or takes too long is no measurement, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from budgets import budgets_table
from cases import Case, all_cases, is_quick
from measure import TIMED_OUT, Measured, adopt_orphans, measure
from results import Results, Sample, keep, read
from setup_peers import HOMES, ROOT, is_there, python_of
from table import stores_table, table

SCRIPTS = Path(__file__).resolve().parent / "peers"
KEPT = ROOT / ".cache" / "benchmarks"
SHORT = {"import", "help"}


def main(words: list[str] | None = None) -> int:
    """Measure, or read what was kept, and print."""
    args = _parser().parse_args(words)
    if args.print:
        _print(read(map(Path, args.print)))
        return 0
    cases = _wanted(args)
    adopt_orphans()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # what is being measured ends too
    path = _new_file(args.keep)
    print(f"{len(cases)} cases; every run is kept in {path}", file=sys.stderr)
    if args.prewarm:
        _touch(args.prewarm)
    results = Results()
    for group in _groups(cases):
        for sample in _rounds(group, 1 if args.quick else args.reps, args.timeout):
            results.add(sample)
            keep(sample, path)
    _print(results)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", metavar="SECTION,…", help="these sections")
    parser.add_argument(
        "--peers", default="", metavar="PEER,…", help="these peers; plain and axl count as peers"
    )
    parser.add_argument("--sizes", default="", metavar="SIZE,…", help="these sizes")
    parser.add_argument("--reps", type=int, default=3, help="rounds (default 3; slow cases get fewer)")
    parser.add_argument("--quick", action="store_true", help="small sizes, quick peers, one round")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for one run (default 180)")
    parser.add_argument(
        "--prewarm",
        type=int,
        default=0,
        metavar="GIB",
        help="memory to touch first: a virtual machine gets much of its memory only then, slowly",
    )
    parser.add_argument("--keep", default="", metavar="FILE", help="append every run to this file")
    parser.add_argument(
        "--print", nargs="+", metavar="FILE", help="print the table of kept results, measure nothing"
    )
    return parser


def _wanted(args: argparse.Namespace) -> list[Case]:
    only, peers, sizes = (set(text.split(",")) - {""} for text in (args.only, args.peers, args.sizes))
    cases = [
        case
        for case in all_cases()
        if (not only or case.section in only)
        and (not peers or case.peer in peers)
        and (not sizes or not case.size or case.size in sizes)
        and (not args.quick or is_quick(case))
    ]
    missing = sorted({case.peer for case in cases if not is_there(case.peer)})
    if missing:
        print(
            f"left out, as benchmarks/setup_peers.py has not made them: {', '.join(missing)}", file=sys.stderr
        )
    return [case for case in cases if case.peer not in missing]


def _new_file(name: str) -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    return Path(name) if name else KEPT / time.strftime("%Y-%m-%d-%H%M%S.jsonl")


def _touch(gib: int) -> None:
    """Touch memory in a process of its own, so that this one stays small."""
    command = (sys.executable, "-c", f"x = bytearray({gib} << 30); x[::4096] = b'1' * len(x[::4096])")
    subprocess.run(command, check=True)


def _groups(cases: Iterable[Case]) -> Iterable[list[Case]]:
    """Return the cases that take turns: those of one section and size."""
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        groups.setdefault((case.section, case.size), []).append(case)
    return groups.values()


def _rounds(group: list[Case], reps: int, timeout: float) -> Iterable[Sample]:
    """Run each case of a group once, then each again; what is slow or fails leaves early."""
    rounds = reps * 3 if group[0].section in SHORT else reps
    if group[0].section in SHORT:
        for case in group:
            _sample(case, -1, timeout)  # compiled and in the page cache from here on
    left = dict.fromkeys(group, rounds)
    for number in range(rounds):
        for case in [case for case in group if number < left[case]]:
            sample = _sample(case, number, timeout)
            left[case] = _rounds_for(sample, left[case])
            _tell(sample)
            yield sample


def _rounds_for(sample: Sample, planned: int) -> int:
    if sample.error or sample.wall > 20:
        return 1
    return min(planned, 2) if sample.wall > 8 else planned


def _tell(sample: Sample) -> None:
    size = f" {sample.size}" if sample.size else ""
    print(
        f"{time.strftime('%T')} {sample.section}{size} {sample.peer} {sample.variant} #{sample.round} "
        f"{sample.figure:.4f} s {sample.peak / 1e6:.0f} MB {sample.error}",
        file=sys.stderr,
        flush=True,
    )


def _sample(case: Case, number: int, timeout: float) -> Sample:
    folder = Path(tempfile.mkdtemp(prefix=f"{case.peer}-", dir=_scratch()))
    try:
        env = _environment(folder)
        if case.section in {"again", "cached"}:
            measured = measure(_command(case, "populate"), folder, env, timeout)
            (folder / "bench.json").unlink(missing_ok=True)
            if measured.code:
                return _as_sample(case, number, measured, {}, f"populate: {_last_words(folder)}")
        measured = measure(_command(case, "run"), folder, env, timeout)
        return _as_sample(case, number, measured, _inner(folder), _error(measured, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _scratch() -> Path:
    folder = ROOT / ".cache" / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _environment(folder: Path) -> Mapping[str, str]:
    (folder / "tmp").mkdir()
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "AXL_"))
    }
    return kept | {
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": str(SCRIPTS),
        "BENCH_OUT": str(folder / "bench.json"),
        "BENCH_HOMES": str(HOMES),
        "DO_NOT_TRACK": "1",
    }


def _command(case: Case, phase: str) -> list[str]:
    python = python_of(case.peer)
    if case.command:
        first, *rest = case.command
        return (
            [str(python.parent / first[4:]), *rest]
            if first.startswith("bin/")
            else [str(python), *case.command]
        )
    return [str(python), str(SCRIPTS / f"peer_{case.peer}.py"), case.section, case.variant, case.size, phase]


def _inner(folder: Path) -> dict[str, float]:
    path = folder / "bench.json"
    if not path.exists():
        return {}
    measured: dict[str, float] = json.loads(path.read_text())
    return measured


def _error(measured: Measured, folder: Path) -> str:
    if measured.code == TIMED_OUT:
        return "took too long"
    return _last_words(folder) if measured.code else ""


def _last_words(folder: Path) -> str:
    lines = (folder / "stderr").read_text(errors="replace").strip().splitlines()
    return lines[-1][:200].replace("|", "/") if lines else "failed without a word"


def _as_sample(case: Case, number: int, measured: Measured, inner: dict[str, float], error: str) -> Sample:
    return Sample(
        section=case.section,
        peer=case.peer,
        variant=case.variant,
        size=case.size,
        round=number,
        wall=measured.wall,
        cpu=measured.cpu,
        peak=measured.peak,
        error=error,
        inner=inner,
    )


def _print(results: Results) -> None:
    python, cores = platform.python_version(), os.cpu_count()
    print(f"\nCPython {python}, {cores} cores, {platform.system()} {platform.machine()}\n")
    print(table(results))
    stores = stores_table(results)
    print(f"\n{stores}\n" if stores else "")
    print(budgets_table(results))


if __name__ == "__main__":
    sys.exit(main())
