"""Serves a compiled file by Dagster's web server, for tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = """
telemetry:
  enabled: false
run_coordinator:
  module: dagster.core.run_coordinator
  class: DefaultRunCoordinator
"""


@contextmanager
def serving(folder: Path, file: str) -> Iterator[str]:
    """Yield the URL of a server that has loaded a file; instance and store are in the folder."""
    (folder / "home").mkdir()
    (folder / "home" / "dagster.yaml").write_text(SETTINGS)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = shutil.which("dagster-webserver", path=str(Path(sys.executable).parent))
    assert program is not None
    env = os.environ | {
        "DAGSTER_HOME": str(folder / "home"),
        "AXL_DAGSTER_EXECUTOR": "in_process",
        "AXL_STORE": str(folder / "store"),
    }
    words = [program, "-f", file, "-h", "127.0.0.1", "-p", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(words, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        _await(f"http://127.0.0.1:{port}/server_info", server, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 (our own server)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(log.read_text())
