"""Make the golden store of this release: python tests/golden_stores/make.py.

It holds a finished run, one whose results were found in the cache, and one that failed and can go on.
Once a release is out its store is never made again: later releases have to read it.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import socket
import sys
import tarfile
import tempfile
from pathlib import Path

import axl
from axl.io.stores import open_store

RUNS: dict[str, dict[str, object]] = {"finished": {}, "cached": {}, "failed": {"n": 4, "mended": False}}
HERE = Path(__file__).parent
PLACE = Path(tempfile.gettempdir()) / "axl-golden"
"""Where the runs are made: a name that says nothing about the machine, for records hold it."""


def make(folder: Path) -> None:
    """Run the workflow three times, with a store in this folder."""
    folder.mkdir()
    shutil.copy(HERE / "golden_flow.py", folder)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    socket.gethostname = lambda: "golden"
    os.environ["GOLDEN_STUMBLE"] = "1"
    store = open_store("store")
    for run, params in RUNS.items():
        axl.run("golden_flow:Golden", params, run_id=run, executor="inline", store=store)
    store.close()


def pack(store: Path) -> bytes:
    """Return a store as an archive that says nothing of who made it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path in sorted(store.rglob("*")):
            archive.add(path, f"store/{path.relative_to(store)}", recursive=False, filter=_plain)
    return gzip.compress(data.getvalue(), mtime=0)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def main() -> int:
    """Write the archive, unless that of this release is there."""
    target = HERE / f"axl-{axl.__version__}.tar.gz"
    if target.exists():
        print(f"{target.name} is there; it is not made twice")
        return 1
    shutil.rmtree(PLACE, ignore_errors=True)
    try:
        make(PLACE)
        target.write_bytes(pack(PLACE / "store"))
    finally:
        shutil.rmtree(PLACE, ignore_errors=True)
    print(f"{target.name}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
