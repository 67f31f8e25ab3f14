"""An S3 server for one measurement: moto's own, in a process beside it, or the one that `$BENCH_S3` names.

Whoever is measured talks to the same kind of server; its start is not counted.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time

BUCKET = "axl-benchmarks"
SMALL = 1000
"""Bytes of a small object."""

MANY = 32
"""Requests that are made at once, by whoever makes several."""


@contextlib.contextmanager
def server():
    """Give the endpoint of a server that has the bucket."""
    given = os.environ.get("BENCH_S3")
    if given:
        yield given
        return
    os.environ.update(AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            endpoint = f"http://127.0.0.1:{port}"
            wait_for(port)
            client(endpoint).create_bucket(Bucket=BUCKET)
            yield endpoint
        finally:
            process.kill()


def wait_for(port, seconds=60):
    """Wait until somebody listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    sys.exit("the S3 server has not started")


def client(endpoint):
    """Return boto3's client with as many connections as there may be requests at once."""
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=MANY)
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config)


def url(endpoint):
    """Return the URL of a store of axl's in the bucket."""
    return f"s3://{BUCKET}/store-{os.getpid()}?endpoint={endpoint}&region=us-east-1"


def small(i):
    """Return the body of a small object, each another one."""
    return (b"%08d" % i) * (SMALL // 8)


def large(megabytes):
    """Return bytes that nobody can compress."""
    import numpy as np

    return np.random.default_rng(1).bytes(megabytes << 20)
