"""A store in Azure's Blob Storage keeps the promises of every store: the same tests, against Azurite."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from axl.errors import StoreError
from axl.io.stores import open_store
from tests.remote.azurite import ACCOUNT, KEY, azurite, find_azurite
from tests.remote.conftest import NUMBERS
from tests.remote.servers import BUCKET
from tests.remote.test_workflow import *  # noqa: F403
from tests.unit.io.test_batches import *  # noqa: F403
from tests.unit.io.test_claims import *  # noqa: F403
from tests.unit.io.test_garbage import *  # noqa: F403
from tests.unit.io.test_stores import *  # noqa: F403


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of the server, with its account."""
    program = find_azurite()
    if program is None:
        pytest.skip("no Azurite here (npm install --prefix .cache/azurite azurite)")
    with azurite(program) as address:
        yield address


@pytest.fixture(autouse=True)
def account(endpoint: str, monkeypatch: pytest.MonkeyPatch, environment: None) -> None:
    """Let every test have a server and its credentials; so without one all of them are skipped."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEY)


@pytest.fixture
def url(endpoint: str) -> str:
    """The URL of a store that is not there yet."""
    return place(endpoint, BUCKET, f"store-{next(NUMBERS)}")


@pytest.fixture
def many() -> int:
    """How many records make a long list."""
    return 350


def place(endpoint: str, container: str, prefix: str) -> str:
    """Return the URL of a store in a container."""
    return f"az://{container}/{prefix}?account={ACCOUNT}&endpoint={endpoint}&lease=3"


def refusal(url: str) -> StoreError:
    """Return how using a store fails."""
    with pytest.raises(StoreError) as raised:
        open_store(url).put_record("k", b"v")
    assert KEY not in str(raised.value)
    return raised.value


def test_a_missing_container_is_told(endpoint: str) -> None:
    """It is told at once, by its name."""
    error = refusal(place(endpoint, "nowhere", "x"))

    assert "there is no container 'nowhere' at http://127.0.0.1" in error.what
    assert "make it first" in error.hint


def test_a_wrong_key_is_told(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint names the variables of Azure."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", base64.b64encode(b"wrong").decode())
    error = refusal(place(endpoint, BUCKET, "x"))

    assert "credentials" in error.what
    assert "AZURE_STORAGE_ACCOUNT_KEY" in error.hint or "Storage Blob Data Contributor" in error.hint
