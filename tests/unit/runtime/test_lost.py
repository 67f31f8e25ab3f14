"""A result whose stored bytes are lost or damaged is no result: the next command computes it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import axl
from axl.errors import DamagedError
from axl.io.stores import open_store
from axl.runtime.history.run import Run

FLOW = '''
"""Large results, one after the other, and a list of large items."""
from pathlib import Path
from axl import Workflow, step


def note(text: str) -> None:
    with Path("log").open("a") as log:
        log.write(text + "\\n")


class Big(Workflow):
    @step
    def load(self, n: int) -> bytes:
        note("load")
        return bytes([n]) * 10_000

    @step
    def size(self, data: bytes, factor: int) -> int:
        note("size")
        if factor < 0:
            raise ValueError("not yet")
        return len(data) * factor

    def graph(self, n: int = 1, factor: int = 1) -> int:
        return self.size(self.load(n), factor)


class Items(Workflow):
    @step
    def cut(self, n: int) -> list[bytes]:
        note("cut")
        return [bytes([each]) * 10_000 for each in range(n)]

    @step
    def one(self, part: bytes, factor: int) -> int:
        note("one")
        return len(part) * factor

    def graph(self, n: int = 2, factor: int = 1) -> list[int]:
        return self.one.partial(factor=factor).map(self.cut(n))
'''


@pytest.fixture
def flows(load: Callable[..., Any]) -> Any:
    """The module of the workflows, in a folder of its own that is the current one."""
    return load(lost_flow=FLOW)


def run(cls: type[axl.Workflow], factor: int) -> Run:
    """Run inline; another factor is another input of the step that reads the stored bytes."""
    return axl.run(cls, {"factor": factor}, executor="inline", store="store")


def calls() -> list[str]:
    """Return which steps were called since the last time."""
    lines = Path("log").read_text().splitlines() if Path("log").exists() else []
    Path("log").unlink(missing_ok=True)
    return lines


def objects() -> list[Path]:
    """Return the files of all large results; the programs of runs are text."""
    return [path for path in Path("store/objects").glob("*/*") if not path.read_bytes().startswith(b"{")]


def lose(path: Path) -> None:
    """Remove an object."""
    path.unlink()


def cut_short(path: Path) -> None:
    """Leave the first half of an object, as a power cut does."""
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(data[: len(data) // 2])


def flip(path: Path) -> None:
    """Change one byte of an object."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [lose, cut_short])
def test_a_hit_whose_object_is_lost_is_a_miss(harm: Any, flows: Any) -> None:
    """The step is computed again in the same run that needs it, and others find the new result."""
    run(flows.Big, 1)
    for path in objects():
        harm(path)
    calls()

    again = run(flows.Big, 2)
    assert ("succeeded", 20_000, ["load", "size"]) == (again.status, again.result, calls())
    assert ("succeeded", ["size"]) == (run(flows.Big, 3).status, calls())


@pytest.mark.parametrize("harm", [lose, cut_short])
def test_a_continued_run_computes_again_what_is_lost(harm: Any, flows: Any) -> None:
    """What it has committed itself is looked at as well."""
    failed = run(flows.Big, -1)
    for path in objects():
        harm(path)
    calls()

    again = run(flows.Big, -1)
    assert (failed.id, ["load", "size"]) == (again.id, calls())
    assert "not yet" in again.error


@pytest.mark.parametrize("by_name", [False, True])
def test_damage_fails_a_run_once(by_name: bool, flows: Any) -> None:
    """It is found by who reads it; the hint tells the truth: the same command and `axl retry` go on."""
    run(flows.Big, 1)
    for path in objects():
        flip(path)
    calls()

    failed = run(flows.Big, 2)
    assert ("failed", []) == (failed.status, calls())
    assert "expected digest" in failed.error
    assert f"hint: load is taken back: the same command, or `axl retry {failed.id}`" in failed.error
    again = axl.retry(failed.id, executor="inline", store="store") if by_name else run(flows.Big, 2)
    assert (failed.id, "succeeded", 20_000) == (again.id, again.status, again.result)
    assert ["load", "size"] == calls()
    assert ("succeeded", ["size"]) == (run(flows.Big, 3).status, calls())


@pytest.mark.parametrize("harm", [lose, cut_short, flip])
def test_an_item_of_a_list_is_a_result_too(harm: Any, flows: Any) -> None:
    """A list that was stored item by item is stored anew when one of its items is lost."""
    run(flows.Items, 1)
    harm(next(path for path in objects() if path.stat().st_size < 15_000))
    calls()

    failed = run(flows.Items, 2)
    again = failed if failed.status == "succeeded" else run(flows.Items, 2)
    assert ([20_000, 20_000], "succeeded") == (again.result, again.status)


def test_a_store_in_memory_is_alike(flows: Any) -> None:
    """Its objects can be lost only by being dropped."""
    store = open_store("memory://lost")
    axl.run(flows.Big, {"factor": 1}, executor="inline", store=store)
    store.drop_objects([digest for digest, _, _ in store.list_objects()], 1e12)
    calls()

    again = axl.run(flows.Big, {"factor": 2}, executor="inline", store=store)
    assert ("succeeded", ["load", "size"]) == (again.status, calls())


def test_a_result_that_nobody_can_read_names_the_way_out(flows: Any) -> None:
    """A reader of a run is told of `axl verify`, for nothing computes anything here."""
    done = run(flows.Big, 1)
    for path in objects():
        flip(path)

    with pytest.raises(DamagedError, match="axl verify --repair") as raised:
        done.step("load").output  # noqa: B018 (reading it is the point)
    assert "expected digest" in raised.value.what
