"""Runs the object store of Ceph on this machine alone: one monitor, one disk in memory, one gateway."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.remote.servers import KEY, SECRET, Server, free_port, started

PROGRAMS = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "ceph-authtool", "monmaptool")

_CONFIG = """
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon_port}/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {folder}/keyring
admin socket =
log to stderr = false
log file = {folder}/$name.log
run dir = {folder}
pid file = {folder}/$name.pid
setuser match path =
auth allow insecure global id reclaim = false
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail crit = 1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 2147483648
osd class load list = *
osd class default list = *
[mon.a]
mon data = {folder}/mon
[osd.0]
osd data = {folder}/osd
[client.rgw]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
"""

_KEYS = {
    "mon.": ["--cap", "mon", "allow *"],
    "client.admin": ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"],
    "osd.0": ["--cap", "mon", "allow profile osd", "--cap", "osd", "allow *"],
    "client.rgw": ["--cap", "mon", "allow rw", "--cap", "osd", "allow rwx"],
}


def missing_programs() -> list[str]:
    """Return what of it is not installed; Debian's packages are `radosgw`, `ceph-mon` and `ceph-osd`."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@contextmanager
def radosgw() -> Iterator[Server]:
    """Run it in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="axl-ceph-") as name, ExitStack() as stack:
        folder, port, disk = Path(name), free_port(), str(uuid.uuid4())
        config = folder / "ceph.conf"
        ports = {"port": port, "mon_port": free_port()}
        config.write_text(_CONFIG.format(fsid=uuid.uuid4(), folder=folder, **ports))
        _prepare(folder, config, ports["mon_port"])
        stack.enter_context(_running("ceph-mon", "-i", "a", "-c", config))
        _do("ceph", "-c", config, "auth", "import", "-i", folder / "keyring")
        _do("ceph", "-c", config, "osd", "new", disk, "0")
        _do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk, "-c", config)
        stack.enter_context(_running("ceph-osd", "-i", "0", "-c", config))
        _wait_for_disk(config)
        gateway = stack.enter_context(_running("radosgw", "-n", "client.rgw", "-c", config))
        user = [
            "user",
            "create",
            "--uid=axl",
            "--display-name=axl",
            f"--access-key={KEY}",
            f"--secret-key={SECRET}",
        ]
        _do("radosgw-admin", "-n", "client.rgw", "-c", config, *user)
        yield started(port, gateway)


def _prepare(folder: Path, config: Path, mon_port: int) -> None:
    for part in ("mon", "osd", "rgw"):
        (folder / part).mkdir()
    for number, (who, caps) in enumerate(_KEYS.items()):
        create = ["--create-keyring"] if number == 0 else []
        _do("ceph-authtool", *create, folder / "keyring", "--gen-key", "-n", who, *caps)
    fsid = next(line.split()[-1] for line in config.read_text().splitlines() if line.startswith("fsid"))
    place = ["--addv", "a", f"[v2:127.0.0.1:{mon_port}]"]
    _do("monmaptool", "--create", *place, "--fsid", fsid, folder / "monmap")
    keys = ["--monmap", folder / "monmap", "--keyring", folder / "keyring"]
    _do("ceph-mon", "-i", "a", "--mkfs", *keys, "-c", config)


def _wait_for_disk(config: Path) -> None:
    for _ in range(60):
        if b"1 up" in _do("ceph", "-c", config, "osd", "stat"):
            return
        time.sleep(0.5)
    raise RuntimeError("the disk of Ceph has not started")


def _do(*words: object) -> bytes:
    done = subprocess.run([str(word) for word in words], capture_output=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


@contextmanager
def _running(*words: object) -> Iterator[subprocess.Popen[bytes]]:
    command = [*map(str, words), "-f"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()
