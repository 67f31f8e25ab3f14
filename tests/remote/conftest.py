"""The servers under test, and stores in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from axl.io.store import Store
from axl.io.stores import open_store
from tests.remote.radosgw import missing_programs, radosgw
from tests.remote.servers import KEY, SECRET, Server, moto

NUMBERS = count()


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Server]:
    with moto() as server:
        yield server


@pytest.fixture(scope="session")
def radosgw_server() -> Iterator[Server]:
    missing = missing_programs()
    if missing:
        pytest.skip(f"no radosgw here: {', '.join(missing)} not installed (apt: radosgw ceph-mon ceph-osd)")
    with radosgw() as server:
        yield server


@pytest.fixture(params=["moto", "radosgw"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let every test have the servers' credentials and a cache folder of its own."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def url(server: Server) -> str:
    """The URL of a store that is not there yet."""
    return server.url(f"store-{next(NUMBERS)}", lease=3)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def many(server: Server, request: pytest.FixtureRequest) -> int:
    """How many records make a long list: more than a page of the server."""
    return 350 if request.node.callspec.params["server"] == "moto" else 1100
