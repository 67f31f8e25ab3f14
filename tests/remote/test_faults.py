"""A store in a bucket does what it promises while a fifth of all requests goes wrong.

`AXL_FAULTS=full` makes the test as large as the figures that are published.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from axl.errors import StoreError
from axl.io.store import Store
from axl.io.stores import open_store
from axl.io.stores.remote import client, outage
from tests.remote.proxy import FAULTS, spoiling
from tests.remote.servers import Server

FULL = os.environ.get("AXL_FAULTS") == "full"
OPERATIONS = 1000 if FULL else 120
AT_ONCE = 8
NUMBERS = count()


@dataclass(slots=True)
class Truth:
    """What must be in the store."""

    records: dict[str, bytes] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0


@pytest.fixture(autouse=True)
def quick_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take one second for a stalled answer, so that a test need not wait for real ones."""
    monkeypatch.setitem(client.SMALL, "read_timeout", "1s")
    monkeypatch.setitem(client.LARGE, "read_timeout", "1s")


def work(store: Store, me: int, truth: Truth, steps: int) -> None:
    """Put, put again, get, write and read, each with values of its own, and compare."""
    chance = random.Random(me)
    for step in range(steps):
        key = f"node/{me}/{step}"
        began = time.monotonic()
        try:
            match chance.randrange(4):
                case 0 | 1:
                    put(store, key, truth)
                case 2:
                    compare(store, chance, truth)
                case _:
                    write(store, key, chance, truth)
        except StoreError as error:
            truth.failed.append(f"{key}: {error}")
        truth.slowest = max(truth.slowest, time.monotonic() - began)


def put(store: Store, key: str, truth: Truth) -> None:
    body = f"first {key}".encode()
    there = store.put_record(key, body)
    if there is not None:
        truth.wrong.append(f"{key} was ours, and we were told {there!r}")
    truth.records[key] = body
    again = store.put_record(key, b"second")
    if again != body:
        truth.wrong.append(f"{key} was put twice, and we were told {again!r}")


def write(store: Store, key: str, chance: random.Random, truth: Truth) -> None:
    data = key.encode() * chance.choice([1, 100, 20_000])
    with store.write(inline=0) as stream:
        stream.write(data)
        digest = stream.finish().digest
    truth.objects[digest] = data


def compare(store: Store, chance: random.Random, truth: Truth) -> None:
    """Read a record and an object of anybody."""
    for key, body in chance.sample(sorted(truth.records.items()), min(1, len(truth.records))):
        if store.get_record(key) != body:
            truth.wrong.append(f"{key} came back otherwise")
    for digest, data in chance.sample(sorted(truth.objects.items()), min(1, len(truth.objects))):
        if store.read(digest) != data:
            truth.wrong.append(f"{digest} came back otherwise")


def test_a_fifth_of_the_requests_may_go_wrong(moto_server: Server) -> None:
    """Nothing is ever wrong, 99.9 % of the operations are done, and each within two minutes."""
    prefix, truth = f"faults-{next(NUMBERS)}", Truth()
    with spoiling(moto_server, rate=0.2, seed=7) as proxy:
        store = open_store(proxy.server.url(prefix))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda me: work(store, me, truth, OPERATIONS // AT_ONCE), range(AT_ONCE)))
        store.close()
    print(f"{OPERATIONS} operations, requests {dict(proxy.done)}, slowest {truth.slowest:.1f} s")

    assert [] == truth.wrong
    assert len(truth.failed) <= OPERATIONS / 1000, truth.failed
    assert truth.slowest < outage.PATIENCE
    assert set(FAULTS) <= set(proxy.done)
    check(moto_server, prefix, truth)


def check(server: Server, prefix: str, truth: Truth) -> None:
    """Compare what is there, asked without faults."""
    store = open_store(server.url(prefix))
    found = dict(store.list_records("node/"))
    objects = {digest for digest, _, _ in store.list_objects()}

    assert truth.records.items() <= found.items()
    assert set(truth.objects) <= objects
    assert all(data == store.read(digest) for digest, data in truth.objects.items())
    store.close()


def test_locks_and_claims_survive_faults(moto_server: Server) -> None:
    """Of two stores that want the same names, each name has one holder at a time."""
    prefix = f"faults-{next(NUMBERS)}"
    rounds = 20 if FULL else 4
    with spoiling(moto_server, rate=0.2, seed=11) as proxy:
        one, two = (open_store(proxy.server.url(prefix)) for _ in range(2))
        for i in range(rounds):
            with one.lock(f"one-{i}", ""), two.lock(f"two-{i}", ""):
                names = [f"{i}-{j}" for j in range(5)]
                first = one.claim(names[:3], f"one-{i}")
                second = two.claim(names, f"two-{i}")
                assert ([True] * 3, [False, False, False, True, True]) == (first, second)
        one.close()
        two.close()


def test_a_large_object_survives_faults(moto_server: Server, tmp_path: Path) -> None:
    """Parts that are lost, short or stalled on the way are sent and read again."""
    data = random.Random(3).randbytes(30_000_000)
    with spoiling(moto_server, rate=0.2, seed=5, faults=("503", "reset", "lost", "short")) as proxy:
        url = proxy.server.url(f"faults-{next(NUMBERS)}")
        with closing(open_store(url)) as store, store.write() as stream:
            stream.write(data)
            digest = stream.finish().digest
        shutil.rmtree(tmp_path / "cache")  # else nothing is read from the server

        with closing(open_store(url)) as again:
            assert data == again.read(digest)
