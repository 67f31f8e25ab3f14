"""What `axl doctor` looks at, each by a function of its own."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from axl import __version__
from axl.cli.table import counted
from axl.errors import AxlError, DamagedError
from axl.io.stores import DEFAULT, existing_store
from axl.runtime.executors.kernel import usable_cpus

_EXTRAS = {"pyarrow": "arrow", "numpy": "numpy", "pandas": "pandas", "zstandard": "zstd"}
_LOW_DISK = 1 << 30
_LOW_FILES, _LOW_PROCESSES = 256, 64
_EARLIEST = 1_735_689_600  # 2025: a clock before that has not been set


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    about: str
    state: Literal["ok", "note", "warning", "trouble"]
    what: str


def diagnose(store: str | None) -> list[Finding]:
    """Look at everything; the store may be a URL, a folder, or `None` for the default one."""
    return [*_python(), *_store(store), *_libraries(), *_clock(), *_limits(), *_programs()]


def _python() -> Iterator[Finding]:
    version = platform.python_version()
    yield Finding(about="axl", state="ok", what=f"{__version__}, in {Path(__file__).parents[1]}")
    yield Finding(about="python", state="ok", what=f"{version}, {sys.executable}")
    can_run = sys.platform != "win32"
    what = platform.platform() if can_run else "on Windows workflows can be written and checked, not run"
    yield Finding(about="system", state="ok" if can_run else "warning", what=what)
    yield Finding(about="processors", state="ok", what=str(usable_cpus()))


def _store(url: str | None) -> Iterator[Finding]:
    try:
        store = existing_store(url)
    except AxlError as error:
        place = url or DEFAULT
        missing = "://" not in place and not Path(place).expanduser().exists()
        what = f"{error.what}; the first run makes it" if missing else error.what
        yield Finding(about="store", state="note" if missing else "trouble", what=what)
        return
    try:
        runs = sum(1 for _ in store.list_records("run/"))
        with store.lock("doctor", "axl doctor"):
            what = f"{store.url}, {counted(runs, 'run')}; `axl verify` reads all that is in it"
            yield Finding(about="store", state="ok", what=what)
    except DamagedError as error:
        what = f"{store.url}: {error.what}; `axl verify` says what is lost"
        yield Finding(about="store", state="trouble", what=what)
    except AxlError as error:
        yield Finding(about="store", state="trouble", what=f"{store.url}: {error.what}")
    finally:
        store.close()
    yield from _disk(store.url)


def _disk(url: str) -> Iterator[Finding]:
    path = Path(url.removeprefix("file://"))
    if not path.exists():
        return
    free = shutil.disk_usage(path).free
    state: Literal["ok", "warning"] = "ok" if free >= _LOW_DISK else "warning"
    yield Finding(about="disk", state=state, what=f"{free / 1e9:.1f} GB free at {path}")


def _libraries() -> Iterator[Finding]:
    for module, extra in _EXTRAS.items():
        if importlib.util.find_spec(module) is None:
            yield Finding(about=module, state="note", what=f'not installed; pip install "axl[{extra}]"')
        else:
            yield Finding(about=module, state="ok", what=importlib.metadata.version(module))


def _clock() -> Iterator[Finding]:
    right = time.time() > _EARLIEST
    what = time.strftime("%Y-%m-%d %H:%M:%S %z")
    yield Finding(
        about="clock", state="ok" if right else "warning", what=what if right else f"{what} is in the past"
    )


def _limits() -> Iterator[Finding]:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (Windows has none)

    for name, limit, low in (
        ("open files", resource.RLIMIT_NOFILE, _LOW_FILES),
        ("processes", resource.RLIMIT_NPROC, _LOW_PROCESSES),
    ):
        soft, _ = resource.getrlimit(limit)
        unlimited = soft == resource.RLIM_INFINITY
        few = not unlimited and soft < low
        what = (
            "unlimited"
            if unlimited
            else f"{soft} at most" + (f"; fewer than {low} may not be enough" if few else "")
        )
        yield Finding(about=name, state="warning" if few else "ok", what=what)
    umask = os.umask(0o077)
    os.umask(umask)
    yield Finding(about="umask", state="ok", what=f"{umask:03o}")


def _programs() -> Iterator[Finding]:
    dot = shutil.which("dot")
    yield Finding(
        about="graphviz",
        state="ok" if dot else "note",
        what=dot or "not installed; `axl render` uses it for SVG and PNG",
    )
