"""The stores under test, and ways to send a value through a handler and to start other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from axl.io.handlers import get_handler
from axl.io.store import Store
from axl.io.stores import open_store
from tests.unit.io.other_processes import Start, started_at

NUMBERS = count()
RoundTrip = Callable[[str, object, object], object]


KINDS: dict[str, Callable[[Path], str]] = {
    "local": lambda folder: str(folder / "store"),
    "memory": lambda folder: f"memory://io-{next(NUMBERS)}",
}
"""The URL of a new store of each kind; whatever is tested with `store` is promised by every kind."""


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(KINDS[request.param](tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def many() -> int:
    """How many records make a long list; slow kinds of stores have less, but more than a page."""
    return 3500


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "store"))
    yield opened
    opened.close()


@pytest.fixture
def round_trip(store: Store) -> RoundTrip:
    """Return a function that stores a value as an object and loads it again."""

    def send(name: str, value: object, hint: object = object) -> object:
        handler = get_handler(name)
        with store.write(inline=0) as stream:
            handler.dump(value, stream)
            stored = stream.finish()
        data = memoryview(bytearray(stored.data)) if stored.data is not None else store.read(stored.digest)
        return handler.load(data, hint)

    return send


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts code in another process; it finds the store in `store`."""
    with started_at(str(tmp_path / "store")) as start:
        yield start
