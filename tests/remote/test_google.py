"""A store in Google's Cloud Storage keeps the promises of every store: the same tests, in Google's dialect.

There is no server of Google's to be had, and fake-gcs-server does not take the requests that obstore makes.
But they are those of S3, but for one header and the credentials: so moto answers, behind a proxy that names
that header as S3 does.
"""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from axl.errors import StoreError
from axl.io.stores import open_store
from tests.remote.conftest import NUMBERS
from tests.remote.proxy import spoiling
from tests.remote.servers import KEY, SECRET, Server
from tests.remote.test_workflow import *  # noqa: F403
from tests.unit.io.test_batches import *  # noqa: F403
from tests.unit.io.test_claims import *  # noqa: F403
from tests.unit.io.test_garbage import *  # noqa: F403
from tests.unit.io.test_stores import *  # noqa: F403

BUCKET = "axltests"  # in a path obstore writes a hyphen as `%2D`, which moto does not read
RENAMED = ((b"x-goog-if-generation-match: 0", b"if-none-match: *"),)


@pytest.fixture(scope="module")
def endpoint(moto_server: Server) -> Iterator[str]:
    """The address of the server in Google's dialect."""
    client = boto3.client(
        "s3",
        endpoint_url=moto_server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    client.create_bucket(Bucket=BUCKET)
    client.close()
    with spoiling(moto_server, 0.0, 1, renamed=RENAMED) as proxy:
        yield proxy.server.endpoint


@pytest.fixture(autouse=True)
def account(endpoint: str, monkeypatch: pytest.MonkeyPatch, environment: None) -> None:
    """Let every test talk to that server."""
    monkeypatch.setenv("GOOGLE_BASE_URL", endpoint)
    monkeypatch.setenv("GOOGLE_BEARER_TOKEN", "test")


@pytest.fixture
def url() -> str:
    """The URL of a store that is not there yet."""
    return f"gs://{BUCKET}/store-{next(NUMBERS)}?lease=3"


@pytest.fixture
def many() -> int:
    """How many records make a long list: more than a page of the server."""
    return 350


def test_a_missing_bucket_is_told() -> None:
    """It is told at once, by its name."""
    with pytest.raises(StoreError) as raised:
        open_store("gs://nowhere/x").put_record("k", b"v")

    assert "there is no bucket 'nowhere' at this provider" in raised.value.what
