"""Reads the records of a run as node instances, one after the other and without their values.

A run of 100,000 instances is read in one pass and never held whole. Nothing here loads an artifact.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from axl.errors import DamagedError
from axl.io.store import Store
from axl.wire.address import Index, index_text, instance_text, parse_index
from axl.wire.outcome import Failure
from axl.wire.record import NodeRecord, decode_fate, decode_node
from axl.wire.values import Value

InstanceStatus = Literal["done", "cached", "failed", "tolerated", "skipped", "cancelled"]
"""`tolerated`: it failed, and its policy let something stand for the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance of a step: what came of it and when; times in seconds since the epoch.

    `attempts` is the number of its last attempt, `seconds` what that attempt took; `printed` says that
    one of them has a log. `step` is empty for the engine's own work, such as storing a list item by item.
    """

    node: str
    index: Index
    step: str
    status: InstanceStatus
    attempts: int
    started: float
    seconds: float
    failure: Failure | None = None
    worker: str = ""
    max_rss: int = 0
    printed: bool = False

    @property
    def name(self) -> str:
        """How people name it: `load`, `load[3]`."""
        return instance_text(self.node, self.index)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time within one session of a run, from its first instance to the end of its last."""

    session: int
    started: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSummary:
    """All instances of one step taken together; `busy` is the sum of their seconds."""

    node: str
    counts: tuple[tuple[InstanceStatus, int], ...] = ()
    attempts: int = 0
    started: float = 0.0
    ended: float = 0.0
    busy: float = 0.0
    spans: tuple[Span, ...] = ()

    @property
    def instances(self) -> int:
        return sum(count for _, count in self.counts)

    @property
    def took(self) -> float:
        """Seconds from its first start to its last end; between two sessions no time passes."""
        return sum(span.ended - span.started for span in self.spans)


@dataclass(slots=True)
class _Tally:
    counts: dict[InstanceStatus, int] = field(default_factory=dict)
    attempts: int = 0
    started: float = float("inf")
    ended: float = 0.0
    busy: float = 0.0
    spans: dict[int, Span] = field(default_factory=dict)

    def add(self, instance: Instance, session: int) -> None:
        self.counts[instance.status] = self.counts.get(instance.status, 0) + 1
        self.attempts += instance.attempts
        ended = instance.started + instance.seconds
        self.ended = max(self.ended, ended)
        self.busy += instance.seconds
        if instance.started:
            self.started = min(self.started, instance.started)
            old = self.spans.get(session, Span(session, instance.started, ended))
            self.spans[session] = Span(session, min(old.started, instance.started), max(old.ended, ended))

    def summary(self, node: str) -> StepSummary:
        started = self.started if self.ended else 0.0
        counts = tuple(self.counts.items())
        return StepSummary(
            node=node,
            counts=counts,
            attempts=self.attempts,
            started=started,
            ended=self.ended,
            busy=self.busy,
            spans=tuple(self.spans[session] for session in sorted(self.spans)),
        )


def scan(store: Store, run: str, node: str = "") -> Iterator[Instance]:
    """Yield the instances of a run, or of one node of it, in the order of their keys."""
    for (name, index), entries in _grouped(store, run, node):
        yield _instance(name, index, entries)


def summarize(store: Store, run: str, starts: Sequence[float] = ()) -> dict[str, StepSummary]:
    """Return what became of each node that has records, by its id; the engine's own work is left out.

    `starts` are the times at which the run's sessions began, in order.
    """
    tallies: dict[str, _Tally] = {}
    for instance in scan(store, run):
        if instance.step:
            session = max(bisect.bisect_right(starts, instance.started) - 1, 0)
            tallies.setdefault(instance.node, _Tally()).add(instance, session)
    return {node: tally.summary(node) for node, tally in tallies.items()}


def outputs_of(store: Store, run: str, node: str) -> Iterator[tuple[Index, tuple[tuple[str, Value], ...]]]:
    """Yield the outputs of each committed instance of a node, in the order of keys."""
    prefix = f"node/{run}/{node}/"
    for key, body in store.list_records(prefix):
        yield _index(key[len(prefix) :], key), decode_node(body, key).outputs


def logs_of(store: Store, run: str, node: str, index: Index = ()) -> Iterator[tuple[Index, int, Value]]:
    """Yield where the logs of a node's instances are, each with its index and attempt, in the order of both.

    With an `index` only those of this item, in a nested map of the items within it.
    """
    for _, _, key in sorted(_keys_with_logs(store, run, node, index)):
        body = store.get_record(key)
        record = decode_node(body, key) if body is not None else None
        if record is not None and record.log is not None:
            yield _place(key)[0], record.attempt, record.log


def _keys_with_logs(store: Store, run: str, node: str, index: Index) -> Iterator[tuple[Index, int, str]]:
    # What is committed came last; the failed attempts before it have their number in the key.
    for kind in ("node", "attempt"):
        for key, body in store.list_records(f"{kind}/{run}/{node}/{index_text(index) if index else ''}"):
            place, number = _place(key)
            if place[: len(index)] == index and b'"log":' in body:
                yield place, number, key


def _place(key: str) -> tuple[Index, int]:
    kind, _, _, *rest = key.split("/")
    try:
        if kind == "attempt":
            text, number = rest
            return parse_index(text), int(number)
        (text,) = rest
        return parse_index(text), sys.maxsize
    except ValueError as error:
        raise DamagedError(f"the record {key!r} has no index that axl writes") from error


Entry = tuple[NodeRecord, bool, bool]
"""A record, whether it is the committed one, and whether it has a log."""


def _grouped(store: Store, run: str, node: str) -> Iterator[tuple[tuple[str, Index], list[Entry]]]:
    # Both lists come in the order of their keys, and what follows `node/RUN/` sorts alike in both.
    base = f"{node}/" if node else ""
    rest = f"{run}/{base}"
    committed = (
        (f"{base}{key.removeprefix(f'node/{rest}')}/", key, body, True)
        for key, body in store.list_records(f"node/{rest}")
    )
    failed = (
        (f"{base}{key.removeprefix(f'attempt/{rest}').rpartition('/')[0]}/", key, body, False)
        for key, body in store.list_records(f"attempt/{rest}")
    )
    merged = heapq.merge(committed, failed, key=lambda entry: entry[0])
    for place, entries in itertools.groupby(merged, key=lambda entry: entry[0]):
        name, _, index = place.removesuffix("/").rpartition("/")
        decoded = [(decode_fate(body, key), final, b'"log":' in body) for _, key, body, final in entries]
        if "/" in name:
            raise DamagedError(f"the record {place!r} has no index that axl writes")
        yield (name, _index(index, place)), decoded


def _index(text: str, key: str) -> Index:
    try:
        return parse_index(text)
    except ValueError as error:
        raise DamagedError(f"the record {key!r} has no index that axl writes") from error


def _instance(node: str, index: Index, entries: list[Entry]) -> Instance:
    last, final, _ = max(entries, key=lambda entry: (entry[1], entry[0].attempt))
    tolerated = final and last.status == "failed"
    return Instance(
        node=node,
        index=index,
        step=last.step,
        status="tolerated" if tolerated else last.status,
        attempts=max(record.attempt for record, _, _ in entries),
        started=last.started,
        seconds=last.seconds,
        failure=last.failure,
        worker=last.worker,
        max_rss=last.max_rss,
        printed=any(printed for _, _, printed in entries),
    )
