"""Compares what was measured with the budgets that the project has set itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cases import TITLES, Who, ours_of
from results import Results, median
from table import markdown, name_of, number

INLINE, THREAD, PROCESS = ("axl", "inline"), ("axl", "thread"), ("axl", "process")
POOL, INSERT, MAPPED = ("plain", "processes"), ("plain", "sqlite"), ("plain", "mapped")
SAFE, PARQUET = ("plain", "mapped+fsync"), ("plain", "parquet")
BUCKET, BOTO = ("axl", "store"), ("plain", "boto3")
ARROW_INLINE, ARROW = ("axl", "inline+arrow"), ("axl", "process+arrow")


@dataclass(frozen=True, slots=True)
class Budget:
    """A promise: what, at most how much, and how it is read off the results (`None`: not measured)."""

    what: str
    most: float
    unit: str
    read: Callable[[Results], float | None]


def budgets_table(results: Results) -> str:
    """Return every budget with its measured figure, and who of the peers was quicker."""
    rows = [_row(budget, budget.read(results)) for budget in BUDGETS]
    return markdown(("budget", "at most", "measured", ""), rows) + "\n\n" + _beaten(results)


def _row(budget: Budget, measured: float | None) -> tuple[str, ...]:
    most = f"{budget.most:g} {budget.unit}".strip()
    if measured is None:
        return budget.what, most, "-", "not measured"
    verdict = "met" if measured <= budget.most else f"missed: {measured / budget.most:.2f} times the budget"
    return budget.what, most, f"{number(measured)} {budget.unit}".strip(), verdict


def _beaten(results: Results) -> str:
    """Say which peers were quicker than axl's default where, plain Python left aside."""
    lost = []
    for section in results.sections():
        for size in results.sizes(section):
            for who in results.who(section, size):
                ratio = results.ratio(section, size, who, ours_of(section))
                if who[0] not in {"axl", "plain"} and ratio is not None and ratio < 1:
                    lost.append(f"{TITLES[section]} {size}: {name_of(who)} ({ratio:.2f} of axl's time)")
    return "Peers quicker than axl's default: " + ("; ".join(lost) if lost else "none") + "."


def _above_bare(results: Results) -> float | None:
    bare = {one.round: one.wall for one in results.good("import", "", ("plain", "bare"))}
    ours = results.good("import", "", ("axl", "axl"))
    return _times(1000, median(one.wall - bare[one.round] for one in ours if one.round in bare))


def _times(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def _milliseconds(section: str, size: str, who: Who) -> Callable[[Results], float | None]:
    return lambda results: _times(1000, results.seconds(section, size, who))


def _seconds(section: str, size: str, who: Who) -> Callable[[Results], float | None]:
    return lambda results: results.seconds(section, size, who)


def _added(section: str, size: str, who: Who) -> Callable[[Results], float | None]:
    return lambda results: results.added(section, size, who)


def _beside(section: str, who: Who, limit: Who) -> Callable[[Results], float | None]:
    """Read how many times the limit's cost of a step is, which depends less on the machine."""

    def read(results: Results) -> float | None:
        ours, least = results.added(section, "10000", who), results.added(section, "10000", limit)
        return None if ours is None or least is None else ours / least

    return read


def _growth(who: Who) -> Callable[[Results], float | None]:
    """Read how much dearer a step is on the way to 100,000 than on the way to 10,000."""

    def read(results: Results) -> float | None:
        less, more = results.seconds("fan", "10000", who), results.seconds("fan", "100000", who)
        before = results.added("fan", "10000", who)
        if less is None or more is None or before is None:
            return None
        return (more - less) / 90_000 * 1000 / before

    return read


def _peak(who: Who) -> Callable[[Results], float | None]:
    return lambda results: _times(1e-6, median(one.peak for one in results.good("fan", "100000", who)))


def _passing(kind: str, who: Who, beside: Who) -> Callable[[Results], float | None]:
    """Read the ratio of what the bytes cost: of both, the time of the same steps on little data is taken off."""

    def read(results: Results) -> float | None:
        ours, limit = _bytes_cost(results, kind, who), _bytes_cost(results, kind, beside)
        return None if ours is None or limit is None else ours / limit

    return read


def _bytes_cost(results: Results, kind: str, who: Who) -> float | None:
    big, small = results.seconds("data", kind, who), results.seconds("data", f"{kind}-small", who)
    return None if big is None or small is None else big - small


def _inner(name: str, section: str, size: str, who: Who, limit: Who) -> Callable[[Results], float | None]:
    """Read how many times the limit's a part is: the median over rounds that had both."""

    def read(results: Results) -> float | None:
        theirs = {one.round: one.inner[name] for one in results.good(section, size, limit)}
        good = results.good(section, size, who)
        return median(one.inner[name] / theirs[one.round] for one in good if one.round in theirs)

    return read


def _share(results: Results) -> float | None:
    good = results.good("disk", "10", INLINE)
    return median(one.inner["disk"] / one.inner["raw"] for one in good)


BUDGETS = (
    Budget("`import axl`, above bare Python", 40, "ms", _above_bare),
    Budget("`axl --help`", 150, "ms", _milliseconds("help", "", ("axl", "axl"))),
    Budget("trace + check + hash, 1,000 nodes", 50, "ms", _milliseconds("front", "1000", ("axl", "all"))),
    Budget("step of a chain, inline", 0.1, "ms", _added("chain", "10000", INLINE)),
    Budget("step of a map, inline", 0.1, "ms", _added("fan", "10000", INLINE)),
    Budget("step of a chain, process", 0.35, "ms", _added("chain", "10000", PROCESS)),
    Budget("step of a map, process", 0.35, "ms", _added("fan", "10000", PROCESS)),
    Budget(
        "step of a chain, inline, beside an SQLite insert", 6.3, "times", _beside("chain", INLINE, INSERT)
    ),
    Budget("step of a map, inline, beside an SQLite insert", 6.3, "times", _beside("fan", INLINE, INSERT)),
    Budget("step of a chain, process, beside a bare pool", 1.5, "times", _beside("chain", PROCESS, POOL)),
    Budget("step of a map, process, beside a bare pool", 1.5, "times", _beside("fan", PROCESS, POOL)),
    Budget("cached step", 0.05, "ms", _added("cached", "10000", INLINE)),
    Budget("step taken from the unfinished run", 0.05, "ms", _added("again", "10000", INLINE)),
    Budget("growth of a step's cost, 10,000 to 100,000, inline", 1.1, "times", _growth(INLINE)),
    Budget("growth of a step's cost, 10,000 to 100,000, process", 1.1, "times", _growth(PROCESS)),
    Budget("peak memory, map of 100,000, inline", 500, "MB", _peak(INLINE)),
    Budget("peak memory, map of 100,000, process", 500, "MB", _peak(PROCESS)),
    Budget("ten trivial steps, whole command", 0.3, "s", _seconds("command", "10", PROCESS)),
    Budget("passing a 100 MB array, inline", 1.3, "x limit", _passing("array", INLINE, MAPPED)),
    Budget("passing a 100 MB array, process", 1.3, "x limit", _passing("array", PROCESS, MAPPED)),
    Budget("the same beside files that are fsynced", 1.3, "x limit", _passing("array", PROCESS, SAFE)),
    Budget(
        "passing 5 million rows as arrow, inline", 1.3, "x limit", _passing("table", ARROW_INLINE, MAPPED)
    ),
    Budget("passing 5 million rows as arrow, process", 1.3, "x limit", _passing("table", ARROW, MAPPED)),
    Budget("passing 5 million rows as parquet, inline", 1.3, "x limit", _passing("table", INLINE, PARQUET)),
    Budget("passing 5 million rows as parquet, process", 1.3, "x limit", _passing("table", PROCESS, PARQUET)),
    Budget(
        "100 MB to a bucket, beside boto3",
        1.1,
        "times",
        _inner("write_s", "bucket-large", "100", BUCKET, BOTO),
    ),
    Budget(
        "100 MB from a bucket, beside boto3",
        1.1,
        "times",
        _inner("read_s", "bucket-large", "100", BUCKET, BOTO),
    ),
    Budget("disk of ten runs of which an eighth differs, of the raw bytes", 0.25, "", _share),
    Budget("CPU-bound fan-out", 1.05, "x limit", lambda results: results.ratio("cpu", "64", PROCESS, POOL)),
)
