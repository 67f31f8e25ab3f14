"""Any sequence of uses of a store, with crashes between, agrees with a dictionary."""

from __future__ import annotations

import shutil
import tempfile
import time
from itertools import count
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from axl.errors import DamagedError
from axl.io.stores import open_store

NUMBERS = count()
KEYS = st.text("ab/\0é\U0010ffff", max_size=4)
BODIES = st.binary(max_size=50)
SIZES = st.sampled_from([0, 1, 4096, 4097, 50_000, 1_100_000])


class StoreModel(RuleBasedStateMachine):
    """Two handles on one store, a writer and a reader, beside two dictionaries."""

    digests = Bundle("digests")

    @initialize()
    def begin(self) -> None:
        self.url = self.new_url()
        self.store = open_store(self.url)
        self.committed: dict[str, bytes] = {}
        self.put: dict[str, bytes] = {}
        self.objects: dict[str, bytes] = {}

    def new_url(self) -> str:
        return f"memory://model-{next(NUMBERS)}"

    @rule(key=KEYS, body=BODIES)
    def put_record(self, key: str, body: bytes) -> None:
        there = self.put.get(key)

        assert there == self.store.put_record(key, body)
        self.put.setdefault(key, body)

    @rule(records=st.lists(st.tuples(KEYS, BODIES), max_size=6))
    def put_records(self, records: list[tuple[str, bytes]]) -> None:
        there = []
        for key, body in records:
            there.append(self.put.get(key))
            self.put.setdefault(key, body)

        assert there == self.store.put_records(records)

    @rule(keys=st.lists(KEYS, max_size=6))
    def get_records(self, keys: list[str]) -> None:
        assert [self.put.get(key) for key in keys] == self.store.get_records(keys)

    @rule(keys=st.lists(KEYS, max_size=3))
    def drop_records(self, keys: list[str]) -> None:
        self.store.drop_records(keys)
        self.store.commit()
        for key in keys:
            self.put.pop(key, None)
        self.committed = dict(self.put)

    @rule(digest=digests, seconds=st.sampled_from([-100, 100]))
    def drop_object(self, digest: str, seconds: int) -> None:
        self.store.drop_objects([digest], time.time() + seconds)
        if seconds > 0:
            self.objects.pop(digest, None)

        assert sorted(self.objects) == [found for found, _, _ in self.store.list_objects()]

    @rule(key=KEYS)
    def get_record(self, key: str) -> None:
        assert self.put.get(key) == self.store.get_record(key)

    @rule(prefix=KEYS)
    def list_records(self, prefix: str) -> None:
        expected = sorted((key, body) for key, body in self.put.items() if key.startswith(prefix))

        assert expected == list(self.store.list_records(prefix))

    @rule(target=digests, byte=st.integers(0, 3), size=SIZES, pieces=st.integers(1, 3))
    def write(self, byte: int, size: int, pieces: int) -> str:
        data = bytes([byte]) * size
        step = max(1, -(-size // pieces))
        with self.store.write(inline=0) as stream:
            for start in range(0, size, step):
                stream.write(data[start : start + step])
            stored = stream.finish()
        if stored.data is None:
            self.objects[stored.digest] = data

        assert (blake3(data).hexdigest(), size) == (stored.digest, stored.size)
        return stored.digest

    @rule(size=SIZES)
    def give_up(self, size: int) -> None:
        with self.store.write(inline=0) as stream:
            stream.write(b"\xff" * size)

    @rule(digest=digests)
    def read(self, digest: str) -> None:
        if digest in self.objects:
            assert self.objects[digest] == self.store.read(digest)
            return
        with pytest.raises(DamagedError):
            self.store.read(digest)

    @rule(sync=st.booleans())
    def commit(self, sync: bool) -> None:
        self.store.sync() if sync else self.store.commit()
        self.committed = dict(self.put)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.committed = dict(self.put)
        self.store = open_store(self.url)

    @rule()
    def clean(self) -> None:
        self.store.clean_temp()

    @invariant()
    def what_is_committed_stays(self) -> None:
        if not hasattr(self, "store"):
            return
        seen = open_store(self.url)
        found = dict(seen.list_records(""))
        seen.close()

        assert self.committed.items() <= found.items() <= self.put.items()


class LocalModel(StoreModel):
    """The same on disk, where a crash loses what was not committed and nothing else."""

    def new_url(self) -> str:
        self.folder = tempfile.mkdtemp()
        return str(Path(self.folder) / "store")

    @rule()
    def crash(self) -> None:
        """Go on with a copy of the folder as it is at this moment, without the open processes."""
        copy = f"{self.url}-{next(NUMBERS)}"
        shutil.copytree(self.url, copy, symlinks=True)
        self.store.close()
        self.url = copy
        self.store = open_store(copy)
        # A transaction that stays open is ended soon, by a clock: some of what was put may be there
        found = dict(self.store.list_records(""))
        assert self.committed.items() <= found.items() <= self.put.items()
        self.put, self.committed = found, dict(found)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)


FEW = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMemory = StoreModel.TestCase
TestMemory.settings = FEW
TestLocal = LocalModel.TestCase
TestLocal.settings = FEW
