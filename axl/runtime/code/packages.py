"""Whose code a module is: the author's own, an installed package's with its version, or Python's."""

from __future__ import annotations

import functools
import importlib.util
import os
import site
import sys
import sysconfig
from enum import Enum

_USUAL = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "PyYAML",
}
"""Names that differ from their distribution's; a look through all distributions takes a third of a second."""

_GLUE = ("_cython_", "nanobind", "pybind11_")
"""How modules begin that have no file, and hold the types that compiled packages are made with."""


class Home(Enum):
    """Who answers for a module's code: own code is read, a package counts by version, Python not at all."""

    OWN = "own"
    PACKAGE = "package"
    PYTHON = "python"


@functools.lru_cache(maxsize=1)
def _folders() -> tuple[tuple[str, ...], tuple[str, ...]]:
    paths = sysconfig.get_paths()
    installed = {paths["purelib"], paths["platlib"], *site.getsitepackages(), site.getusersitepackages()}
    python = {paths["stdlib"], paths["platstdlib"]}
    return tuple(map(_prefix, sorted(installed))), tuple(map(_prefix, sorted(python)))


def _prefix(folder: str) -> str:
    return os.path.realpath(folder) + os.sep


@functools.lru_cache(maxsize=4096)
def _home_of_file(file: str) -> Home:
    if file.startswith("<frozen"):
        return Home.PYTHON
    installed, python = _folders()
    real = os.path.realpath(file)
    if real.startswith(installed) or f"{os.sep}site-packages{os.sep}" in real:
        return Home.PACKAGE
    return Home.PYTHON if real.startswith(python) else Home.OWN


def home_of(module: str, file: str = "") -> Home:
    """Return whose a module is, by its file where that is known, else by its name.

    axl counts as Python: what it does for a step has versions of its own.
    """
    top = module.partition(".")[0]
    if top == "axl" or top.startswith(_GLUE):
        return Home.PYTHON
    found = file or file_of(module)
    if found:
        return _home_of_file(found)
    return Home.PYTHON if top in sys.stdlib_module_names and top != "__main__" else Home.OWN


def file_of(module: str) -> str:
    """Return the file or folder of a module without importing it, or an empty text."""
    loaded = sys.modules.get(module)
    if loaded is None:
        return _file_of_spec(module.partition(".")[0])
    file = loaded.__dict__.get("__file__")
    if isinstance(file, str):
        return file
    return next(iter(loaded.__dict__.get("__path__") or ()), "")


@functools.lru_cache(maxsize=1024)
def _file_of_spec(top: str) -> str:
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return ""
    if spec is None:
        return ""
    return spec.origin or next(iter(spec.submodule_search_locations or ()), "")


@functools.lru_cache(maxsize=1024)
def version_of(top: str) -> str | None:
    """Return the version of the distribution that a top-level name comes from, or `None`."""
    from importlib import metadata  # noqa: PLC0415 (20 ms, and most steps need no package)

    try:
        return metadata.version(_USUAL.get(top, top))
    except metadata.PackageNotFoundError:
        pass
    names = sorted(set(_distributions().get(top, ())))
    return ", ".join(f"{name} {metadata.version(name)}" for name in names) or None


@functools.lru_cache(maxsize=1)
def _distributions() -> dict[str, list[str]]:
    from importlib import metadata  # noqa: PLC0415 (as above)

    return {top: list(names) for top, names in metadata.packages_distributions().items()}
