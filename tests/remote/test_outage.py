"""A bucket that stops answering is waited for once; what ends the command after that is soon over, and quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

import axl
from axl.errors import StoreError
from axl.io.store import Store
from axl.io.stores import open_store
from axl.io.stores.remote import client, outage
from tests.remote.proxy import Proxy, spoiling
from tests.remote.servers import Server

PATIENCE = 4.0
NUMBERS = count()
FLOW = """
from axl import Workflow, step

PROXIES = []


class Steps(Workflow):
    @step
    def work(self, number: int) -> int:
        if number == 3:
            PROXIES[0].rate = 1.0
        return number

    def graph(self, numbers: list[int] = [1, 2, 3, 4, 5]) -> list[int]:
        return self.work.map(numbers)
"""


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up after seconds what is otherwise tried for two minutes."""
    monkeypatch.setattr(outage, "PATIENCE", PATIENCE)
    monkeypatch.setitem(client.SMALL, "read_timeout", "3s")


@pytest.fixture(params=["reset", "stall"])
def proxy(request: pytest.FixtureRequest, moto_server: Server) -> Iterator[Proxy]:
    """A way to a bucket that can be closed: the connection breaks, or nothing ever comes back."""
    with spoiling(moto_server, rate=0.0, seed=1, faults=(request.param,)) as found:
        yield found


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Python printed as `Exception ignored`."""
    found: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: found.append(told.exc_value))
    return found


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module with a workflow whose third step closes the way to the bucket."""
    (tmp_path / "remote_outage.py").write_text(FLOW)
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("remote_outage")
    sys.modules.pop("remote_outage", None)


def took(store: Store, key: str) -> float:
    """Return after how many seconds a record is given up."""
    began = time.monotonic()
    with pytest.raises(StoreError):
        store.put_record(key, b"v")
    return time.monotonic() - began


def test_the_deadline_is_spent_once(proxy: Proxy) -> None:
    """After a request that used it up others are given up soon, until one is answered."""
    store = open_store(proxy.server.url(f"outage-{next(NUMBERS)}"))
    store.put_record("a", b"v")
    proxy.rate = 1.0
    first, second = took(store, "b"), took(store, "c")
    proxy.rate = 0.0
    store.put_record("d", b"v")
    proxy.rate = 1.0
    third = took(store, "e")
    store.close()

    assert second < 2.5
    assert min(first, third) > PATIENCE / 2


def test_a_lock_is_left_quietly(proxy: Proxy) -> None:
    """Where nobody answers, the lock ends by itself; nobody is told of an error."""
    store = open_store(proxy.server.url(f"outage-{next(NUMBERS)}", lease=2))
    with ExitStack() as stack:
        stack.enter_context(store.lock("name", "note"))
        proxy.rate = 1.0
    store.close()


def test_a_run_ends_soon_after_the_deadline(proxy: Proxy, flow: ModuleType, unraisable: list[object]) -> None:
    """One error, no traceback, and neither the record of its end nor its lock is waited for."""
    flow.PROXIES.append(proxy)
    began = time.monotonic()
    with pytest.raises(StoreError, match="cannot be reached"):
        axl.run(flow.Steps, executor="inline", store=proxy.server.url(f"outage-{next(NUMBERS)}", lease=20))

    assert time.monotonic() - began < PATIENCE + 9
    assert [] == unraisable
