"""Object stores to test with: moto always; Debian's radosgw, a real one, is in `radosgw`."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import boto3

PAGE = 100
"""How many entries moto puts on a page of a list; S3 itself and radosgw put a thousand."""

KEY, SECRET, BUCKET = "AXLTESTKEY", "axl-test-secret", "axl-tests"


@dataclass(frozen=True, slots=True)
class Server:
    """A running object store with one bucket."""

    endpoint: str

    def url(self, prefix: str, **settings: object) -> str:
        """Return the URL of a store in the bucket."""
        more = "".join(f"&{name}={value}" for name, value in settings.items())
        return f"s3://{BUCKET}/{prefix}?endpoint={self.endpoint}&region=us-east-1{more}"


def keys(server: Server, prefix: str) -> list[str]:
    """Return the keys of the objects in the bucket that begin with a prefix, at most a page of them."""
    client = boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1")
    with closing(client):
        return [
            each["Key"] for each in client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        ]


@contextmanager
def moto() -> Iterator[Server]:
    """Run moto's server in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, "MOTO_S3_DEFAULT_MAX_KEYS": str(PAGE)}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            yield started(port, process)
        finally:
            process.kill()


def started(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> Server:
    """Wait until a server answers, and make its bucket."""
    server = Server(f"http://127.0.0.1:{port}")
    end = time.monotonic() + seconds
    while not _answers(server.endpoint):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r} has not started")
        time.sleep(0.05)
    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
    client.create_bucket(Bucket=BUCKET)
    client.close()
    return server


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(endpoint: str) -> bool:
    host, _, port = endpoint.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
