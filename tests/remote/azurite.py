"""Runs Azurite, Microsoft's own stand-in for Azure Blob Storage, with one container in memory."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

from tests.remote.servers import BUCKET, free_port

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""What every Azurite has; neither is a secret."""

_INSTALLED = Path(__file__).parents[2] / ".cache" / "azurite" / "node_modules" / ".bin" / "azurite-blob"
_VERSION = "2021-08-06"


def find_azurite() -> str | None:
    """Return where it is: on the path, or where `.ci/run` puts it with npm."""
    return shutil.which("azurite-blob") or (str(_INSTALLED) if _INSTALLED.exists() else None)


@contextmanager
def azurite(program: str) -> Iterator[str]:
    """Run it, and give its endpoint."""
    port = free_port()
    options = ("--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck")
    command = [program, *options, "--blobPort", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _make_container(port, process)
            yield f"http://127.0.0.1:{port}/{ACCOUNT}"
        finally:
            process.kill()


def _make_container(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            status = _put_container(port)
        except OSError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{process.args!r} has not started") from error
            time.sleep(0.1)
            continue
        if status != http.client.CREATED:
            raise RuntimeError(f"no container: {status}")
        return


def _put_container(port: int) -> int:
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
    signed = "PUT" + "\n" * 12 + "".join(f"{name}:{value}\n" for name, value in headers.items())
    signed += f"/{ACCOUNT}/{ACCOUNT}/{BUCKET}\nrestype:container"
    seal = hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()
    headers |= {
        "Authorization": f"SharedKey {ACCOUNT}:{base64.b64encode(seal).decode()}",
        "Content-Length": "0",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("PUT", f"/{ACCOUNT}/{BUCKET}?restype=container", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
