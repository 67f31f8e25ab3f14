"""A result whose object in a bucket is damaged or gone is computed again, by the command that the hint names."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import axl
from axl.runtime.history.run import Run
from tests.remote.servers import BUCKET, Server

FLOW = """
from axl import Workflow, step


class Big(Workflow):
    @step
    def load(self, size: int) -> bytes:
        return b"x" * size

    @step
    def size(self, data: bytes, factor: int) -> int:
        return len(data) * factor

    def graph(self, size: int, factor: int) -> int:
        return self.size(self.load(size), factor)
"""


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The workflow, in a folder of its own."""
    (tmp_path / "remote_lost.py").write_text(FLOW)
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("remote_lost").Big
    sys.modules.pop("remote_lost", None)


@pytest.mark.parametrize("size", [20_000, 9_000_000])
@pytest.mark.parametrize("gone", [False, True])
def test_a_damaged_object_fails_a_run_once(
    size: int, gone: bool, flow: Any, moto_server: Server, tmp_path: Path
) -> None:
    """Small and large: the first run that reads it fails, the same command again computes it."""
    prefix = f"lost-{size}-{gone}"

    def run(factor: int) -> Run:
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)  # another machine has no copy
        given = {"size": size, "factor": factor}
        return axl.run(flow, given, executor="inline", store=moto_server.url(prefix))

    assert size == run(1).result
    spoil(moto_server, prefix, size, gone)

    failed = run(2)
    assert "failed" == failed.status
    assert (
        f"load is taken back: the same command, or `axl retry {failed.id}`, computes it again" in failed.error
    )
    again = run(2)
    assert (failed.id, "succeeded", 2 * size) == (again.id, again.status, again.result)
    assert {"cached": 1, "done": 1} == dict(run(3).counts)


def spoil(server: Server, prefix: str, size: int, gone: bool) -> None:
    """Change one byte of the object of about this size, or remove it."""
    client = boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1")
    found = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/objects/")["Contents"]
    (key,) = [each["Key"] for each in found if abs(each["Size"] - size) < 1000]
    data = bytearray(client.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    data[size // 2] ^= 1
    client.delete_object(Bucket=BUCKET, Key=key)
    if not gone:
        client.put_object(Bucket=BUCKET, Key=key, Body=bytes(data))
    client.close()
