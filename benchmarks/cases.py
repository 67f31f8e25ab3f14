"""Lists what is measured: a case is a section, a peer, one of its variants, and a size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Who: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing to measure; `command` is what to type after the interpreter, or empty for the peer's script."""

    section: str
    peer: str
    variant: str
    size: str = ""
    command: tuple[str, ...] = ()

    @property
    def who(self) -> Who:
        """The peer and its variant."""
        return self.peer, self.variant


TITLES = {
    "import": "import",
    "help": "`--help`",
    "front": "trace + check + hash",
    "chain": "chain of no-op steps",
    "fan": "fan-out of no-op steps",
    "again": "run after the last step failed",
    "cached": "the same run again",
    "command": "trivial steps, whole command",
    "data": "value through three steps",
    "cpu": "tasks of 0.1 s, 2 workers",
    "bucket": "objects of 1 kB to a bucket and back",
    "bucket-large": "MB in one object to a bucket and back",
    "disk": "runs over data that overlaps",
}

WIDE = ("10", "100", "1000", "10000")
MOST = ("10", "100", "1000")
FEW = ("10", "100")
MANY = ("100", "1000", "10000")
DATA = ("array", "table")
DATA_AND_SMALL = ("array-small", "array", "table-small", "table")

_IMPORTS: tuple[tuple[str, str, str, str], ...] = (
    ("plain", "bare", "pass", ""),
    ("plain", "its modules", "import dataclasses, inspect, json, re, typing", ""),
    ("axl", "axl", "from axl import Workflow, step", "axl"),
    ("axlw", "axl-workflows", "from axl import Workflow, step", "axl"),
    ("luigi", "luigi", "import luigi", "luigi"),
    ("joblib", "joblib", "import joblib", ""),
    ("metaflow", "metaflow", "from metaflow import FlowSpec, step", "metaflow"),
    ("dagster", "dagster", "from dagster import job, op", "dagster"),
    ("redun", "redun", "from redun import task", "redun"),
    ("prefect", "prefect", "from prefect import flow, task", "prefect"),
)

_STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("plain", "calls", WIDE),
    ("plain", "sqlite", WIDE),
    ("plain", "files", WIDE),
    ("plain", "fsync", MOST),
    ("plain", "threads", WIDE),
    ("plain", "processes", WIDE),
    ("axl", "inline", WIDE),
    ("axl", "thread", WIDE),
    ("axl", "process", WIDE),
    ("axlw", "local", MOST),
    ("luigi", "default", MOST),
    ("redun", "default", MOST),
    ("dagster", "memory", MOST),
    ("dagster", "fs", FEW),
    ("dagster", "multi", ("10",)),
    ("metaflow", "run", ("10",)),
    ("prefect", "default", FEW),
    ("prefect", "persist", FEW),
)


def all_cases() -> Iterator[Case]:
    """Yield every case, those that take turns beside each other."""
    yield from _starts()
    yield from _of("front", (("plain", "records"), ("axl", "all")), WIDE)
    yield from _of("front", (("axlw", "ir"), ("dagster", "job"), ("redun", "expressions")), MOST)
    for peer, variant, sizes in (*_STEPS, ("joblib", "memory", WIDE)):
        yield from _of("chain", ((peer, variant),), sizes)
    for peer, variant, sizes in (*_STEPS, ("joblib", "default", WIDE), ("joblib", "memory", MOST)):
        yield from _of("fan", ((peer, variant),), sizes)
    yield from _of("fan", (("plain", "sqlite"), *_axl(), ("joblib", "default")), ("100000",))
    yield from _again()
    yield from _cached()
    yield from _commands()
    yield from _data()
    yield from _cpu()
    yield from _stores()


def limit_of(section: str, who: Who) -> Who:
    """Return the plain Python that does the least of what a case has to do."""
    isolated = who[1] in {"process", "processes", "multi", "run"}
    match section:
        case "import" | "help":
            return "plain", "bare"
        case "front":
            return "plain", "records"
        case "data":
            return "plain", "mapped"
        case "bucket" | "bucket-large":
            return "plain", "boto3"
        case "disk":
            return "plain", "files"
        case "cpu" | "command":
            return "plain", "processes"
        case "chain" | "fan" if isolated:
            return "plain", "processes"
        case _:
            return "plain", "sqlite"


def ours_of(section: str) -> Who:
    """Return the variant of axl that the others are compared with: what a user gets without asking."""
    match section:
        case "import" | "help":
            return "axl", "axl"
        case "front":
            return "axl", "all"
        case "bucket":
            return "axl", "store, in batches"
        case "bucket-large":
            return "axl", "store"
        case "disk":
            return "axl", "inline"
        case _:
            return "axl", "process"


def is_quick(case: Case) -> bool:
    """Say whether a case belongs to the quick table: small sizes, and no peer that starts slowly."""
    small = case.size in {"", "10", "100", "array-small", "table-small"}
    return small and (case.peer not in {"metaflow", "prefect"} or case.section in {"import", "help"})


def _of(section: str, who: tuple[Who, ...], sizes: tuple[str, ...]) -> Iterator[Case]:
    for size in sizes:
        for peer, variant in who:
            yield Case(section=section, peer=peer, variant=variant, size=size)


def _axl() -> tuple[Who, ...]:
    return ("axl", "inline"), ("axl", "thread"), ("axl", "process")


def _starts() -> Iterator[Case]:
    for peer, variant, statement, tool in _IMPORTS:
        yield Case(section="import", peer=peer, variant=variant, command=("-c", statement))
        if tool or variant == "bare":
            command = (f"bin/{tool}", "--help") if tool else ("-c", statement)
            yield Case(section="help", peer=peer, variant=variant, command=command)


def _again() -> Iterator[Case]:
    yield from _of("again", (("plain", "sqlite"), *_axl(), ("joblib", "memory")), ("100", "1000", "10000"))
    yield from _of("again", (("luigi", "default"), ("redun", "default")), ("100", "1000"))
    yield from _of("again", (("dagster", "fs"), ("prefect", "persist")), ("100",))
    yield from _of("again", (("metaflow", "resume"),), ("10",))


def _cached() -> Iterator[Case]:
    yield from _of("cached", (("plain", "sqlite"), *_axl(), ("joblib", "memory")), MANY)
    yield from _of("cached", (("redun", "default"),), ("100", "1000"))
    yield from _of("cached", (("prefect", "persist"),), ("100",))


def _commands() -> Iterator[Case]:
    plain = (("plain", "sqlite"), ("plain", "processes"))
    commands = (("axlw", "cli"), ("luigi", "cli"), ("metaflow", "run"), ("dagster", "multi"))
    scripts = (("joblib", "memory"), ("redun", "default"), ("prefect", "default"))
    yield from _of("command", (*plain, *_axl(), *commands, *scripts), ("10",))


def _data() -> Iterator[Case]:
    plain = tuple(("plain", variant) for variant in ("calls", "mapped", "mapped+fsync", "pickle"))
    yield from _of("data", (*plain, *_axl()), DATA_AND_SMALL)
    yield from _of("data", (("axl", "inline+pickle"), ("axl", "process+pickle")), DATA)
    arrow = (("axl", "inline+arrow"), ("axl", "process+arrow"))
    yield from _of("data", (("plain", "parquet"), *arrow), ("table-small", "table"))
    peers = (("axlw", "local"), ("luigi", "default"), ("joblib", "memory"), ("redun", "default"))
    slow = (("dagster", "fs"), ("metaflow", "run"), ("prefect", "persist"))
    yield from _of("data", (*peers, *slow), DATA)


def _cpu() -> Iterator[Case]:
    plain = (("plain", "calls"), ("plain", "threads"), ("plain", "processes"))
    peers = (("axlw", "local"), ("luigi", "default"), ("joblib", "default"), ("redun", "processes"))
    slow = (("dagster", "multi"), ("metaflow", "run"), ("prefect", "default"))
    yield from _of("cpu", (*plain, ("axl", "thread"), ("axl", "process"), *peers, *slow), ("64",))


def _stores() -> Iterator[Case]:
    plain = (("plain", "boto3"), ("plain", "boto3, 32 threads"))
    ours = (("axl", "store, one by one"), ("axl", "store, in batches"))
    yield from _of("bucket", (*plain, *ours), MOST)
    yield from _of("bucket-large", (("plain", "boto3"), ("axl", "store")), ("10", "100"))
    yield from _of("disk", (("plain", "files"), ("axl", "inline"), ("joblib", "memory")), ("10",))
