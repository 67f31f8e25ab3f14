"""Handlers are found by name and by annotation, and nothing is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import Distribution, DistributionFinder
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.ma
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from axl.errors import UnsupportedError, UsageError
from axl.io.handlers import NAMES, ext_of, get_handler, handler_for
from axl.io.store import Store


class Frame(pd.DataFrame):
    """A subclass with a name of its own."""


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (pd.DataFrame, "parquet"),
        (Frame, "parquet"),
        (pl.DataFrame, "parquet"),
        (pa.Table, "arrow"),
        (pa.RecordBatch, "arrow"),
        (np.ndarray, "numpy"),
        (npt.NDArray[np.float64], "numpy"),
        (Annotated[npt.NDArray[np.float64], "unit"], "numpy"),
        (Path, "path"),
        (type(Path()), "path"),
        (np.ma.MaskedArray, None),
        (np.matrix, None),
        (pd.Series, None),
        (pd.DataFrame | None, None),
        (list[pd.DataFrame], None),
        (int, None),
        (Any, None),
        (None, None),
        ("pd.DataFrame", None),
        (object, None),
    ],
)
def test_an_annotation_selects_its_handler(annotation: object, expected: str | None) -> None:
    """Tables, arrays and paths have handlers of their own; the rest takes the default."""
    assert expected == handler_for(annotation)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pickle", "pkl"),
        ("json+gzip", "json.gz"),
        ("parquet+zstd", "parquet.zst"),
        ("path", "tar"),
        ("numpy", "npy"),
    ],
)
def test_a_name_tells_the_file_ending(name: str, expected: str) -> None:
    """The ending is known from the name, and is the handler's own."""
    assert expected == ext_of(name)
    assert (name, expected) == (get_handler(name).name, get_handler(name).ext)


@pytest.mark.parametrize("name", NAMES)
def test_a_handler_is_found_once(name: str) -> None:
    """The same name gives the same handler, which names the library behind it."""
    handler = get_handler(name)

    assert handler is get_handler(name)
    assert len(handler.library.split()) == 2


def test_a_compressed_handler_names_both_libraries() -> None:
    """What wrote the bytes is the handler's library and the codec's."""
    assert get_handler("pickle+gzip").library.startswith("pickle 5, zlib ")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pickel", "did you mean 'pickle'"),
        ("JSON", "known: "),
        ("", "known: "),
        ("pickle+gzp", "did you mean 'gzip'"),
        ("pickle+", "known: gzip, zstd"),
        ("pickle+gzip+zstd", "known: gzip, zstd"),
        ("nothing+gzip", "there is no handler 'nothing'"),
    ],
)
@pytest.mark.parametrize("find", [get_handler, ext_of])
def test_an_unknown_name_is_told_with_the_nearest_one(find: Any, name: str, words: str) -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError) as caught:
        find(name)

    assert words in str(caught.value)


def test_names_and_annotations_import_no_library() -> None:
    """Asking which handler, and for its ending, loads the standard library alone."""
    code = (
        "import sys; from axl.io.handlers import ext_of, handler_for, get_handler\n"
        "[ext_of(n) for n in ('parquet', 'numpy+zstd', 'json')]; handler_for(int); get_handler('pickle+gzip')\n"
        "get_handler('json'); get_handler('path')\n"
        "print([m for m in ('numpy', 'pyarrow', 'pandas', 'polars', 'pydantic', 'importlib.metadata') "
        "if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the hint is the command that installs it."""
    get_handler.cache_clear()  # type: ignore[attr-defined]
    for name in [m for m in sys.modules if m.startswith("axl.io.handlers.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(UnsupportedError) as caught:
        get_handler("parquet")
    assert 'pip install "axl[arrow]"' in str(caught.value)


class Package(Distribution):
    """An installed package that offers one handler."""

    def __init__(self, name: str, target: str) -> None:
        self._name, self._target = name, target

    def read_text(self, filename: str) -> str | None:
        if filename == "entry_points.txt":
            return f"[axl.handlers]\nupper = {self._target}\n"
        return f"Name: {self._name}\nVersion: 1\n" if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Any:
        return Path(path)


class Installed(DistributionFinder):
    def __init__(self, *packages: Package) -> None:
        self._packages = packages

    def find_distributions(self, context: Any = None) -> Any:
        return iter(self._packages)

    def find_spec(self, *_: object) -> None:
        return None


def offer(monkeypatch: pytest.MonkeyPatch, *packages: Package) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Installed(*packages)])


def test_another_package_offers_a_handler(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """An entry point of the group `axl.handlers` is a handler by its name."""
    offer(monkeypatch, Package("axl-upper", "axl.io.handlers.text:HANDLER"))

    assert "text" == get_handler("upper").name
    get_handler.cache_clear()  # type: ignore[attr-defined]


def test_two_packages_with_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody guesses which of two handlers was meant; the error names both."""
    target = "axl.io.handlers.text:HANDLER"
    offer(monkeypatch, Package("one", target), Package("two", target))

    with pytest.raises(UsageError, match=r"one .* and two "):
        get_handler("upper")


def test_a_package_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point that leads nowhere says whose it is."""
    offer(monkeypatch, Package("broken", "no_such_module:X"))

    with pytest.raises(UnsupportedError, match="of broken cannot be imported"):
        get_handler("upper")


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_compressed_bytes_are_the_same_every_time(codec: str, store: Store) -> None:
    """No time and no name gets into a compressed stream."""
    digests = set()
    for _ in range(2):
        with store.write() as stream:
            get_handler(f"pickle+{codec}").dump(list(range(10_000)), stream)
            digests.add(stream.finish().digest)

    assert 1 == len(digests)


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
@pytest.mark.parametrize("inner", ["pickle", "numpy", "arrow", "parquet"])
def test_every_format_can_be_compressed(inner: str, codec: str, round_trip: Any) -> None:
    """A large value streams through a compression and comes back."""
    value: Any = np.arange(500_000) if inner in ("pickle", "numpy") else pa.table({"a": range(500_000)})

    back = round_trip(f"{inner}+{codec}", value)
    assert value.equals(back) if isinstance(value, pa.Table) else bool((value == back).all())


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
@pytest.mark.parametrize("harm", ["cut", "flip", "empty"])
def test_bytes_that_were_not_compressed_are_told(codec: str, harm: str, store: Store) -> None:
    """A stream that ends early or is no stream at all is damage, not a traceback."""
    with store.write(inline=1 << 20) as stream:
        get_handler(f"bytes+{codec}").dump(bytes(range(256)) * 20, stream)
        data = bytearray(stream.finish().data or b"")
    broken = {"cut": data[:-9], "flip": bytearray(b"\0" * 4) + data[4:], "empty": bytearray()}[harm]

    with pytest.raises(Exception, match="compressed value"):
        get_handler(f"bytes+{codec}").load(memoryview(broken), object)
