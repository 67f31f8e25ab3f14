"""Holds what was measured, keeps it as JSON lines, and answers with medians and ratios."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cases import Who

WHOLE = {"import", "help", "command"}
"""Sections whose figure is the whole process; of the others it is the execution alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run of one case; `inner` holds the seconds that its script measured itself."""

    section: str
    peer: str
    variant: str
    size: str
    round: int
    wall: float
    cpu: float
    peak: int
    error: str = ""
    inner: dict[str, float] = field(default_factory=dict)

    @property
    def who(self) -> Who:
        """The peer and its variant."""
        return self.peer, self.variant

    @property
    def figure(self) -> float:
        """The seconds that this case is judged by."""
        if self.section in WHOLE:
            return self.inner.get("command_s", self.wall)
        return self.inner.get("run_s", self.wall)


class Results:
    """Every sample of one table."""

    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        self._samples: dict[tuple[str, str, Who], list[Sample]] = {}
        for sample in samples:
            self.add(sample)

    def add(self, sample: Sample) -> None:
        """Take one more."""
        self._samples.setdefault((sample.section, sample.size, sample.who), []).append(sample)

    def sections(self) -> list[str]:
        """Return the sections in the order in which they were measured."""
        return list(dict.fromkeys(section for section, _, _ in self._samples))

    def sizes(self, section: str) -> list[str]:
        """Return the sizes of a section, in order."""
        return list(dict.fromkeys(size for its, size, _ in self._samples if its == section))

    def who(self, section: str, size: str) -> list[Who]:
        """Return who was measured, in order."""
        return [who for its, of, who in self._samples if its == section and of == size]

    def good(self, section: str, size: str, who: Who) -> list[Sample]:
        """Return the runs that gave the right answer."""
        return [one for one in self._samples.get((section, size, who), []) if not one.error]

    def error(self, section: str, size: str, who: Who) -> str:
        """Return why there is no measurement."""
        return next((one.error for one in self._samples.get((section, size, who), []) if one.error), "")

    def seconds(self, section: str, size: str, who: Who) -> float | None:
        """Return the median of the seconds that a case is judged by."""
        return median(one.figure for one in self.good(section, size, who))

    def ratio(self, section: str, size: str, who: Who, other: Who) -> float | None:
        """Return how many times longer one takes than the other: the median over rounds that had both."""
        theirs = {one.round: one.figure for one in self.good(section, size, other)}
        ours = self.good(section, size, who)
        return median(one.figure / theirs[one.round] for one in ours if theirs.get(one.round))

    def added(self, section: str, size: str, who: Who) -> float | None:
        """Return the milliseconds that each step added, from the smallest size of the case to this one."""
        known = [one for one in self.sizes(section) if one.isdecimal() and self.good(section, one, who)]
        if size not in known or known[0] == size:
            return None
        most, least = self.seconds(section, size, who), self.seconds(section, known[0], who)
        assert most is not None
        assert least is not None
        return (most - least) / (int(size) - int(known[0])) * 1000


def median(values: Iterable[float]) -> float | None:
    """Return the median, or `None` of nothing."""
    known = list(values)
    return statistics.median(known) if known else None


def keep(sample: Sample, path: Path) -> None:
    """Append a sample to a file."""
    with path.open("a") as file:
        file.write(json.dumps(asdict(sample)) + "\n")


def read(paths: Iterable[Path]) -> Results:
    """Return what some files hold."""
    return Results(Sample(**json.loads(line)) for path in paths for line in path.read_text().splitlines())
