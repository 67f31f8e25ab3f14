"""Arrays come back with their shape, type and order, and stand on memory that is the receiver's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from axl.errors import UnsupportedError
from axl.io.handlers import get_handler
from axl.io.store import Store


@pytest.mark.parametrize(
    "value",
    [
        np.arange(10.0),
        np.zeros((2, 0, 3)),
        np.array(5),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.arange(10)[::2],
        np.array(["2024", "NaT"], dtype="M8[s]"),
        np.array([1, 2], dtype="m8[ns]"),
        np.array(["a", "bcd"]),
        np.array([b"x"], dtype="S3"),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array([(1, 2)], dtype=np.dtype([("a", "u1"), ("b", "i8")], align=True)),
        np.array([1], dtype=">i4"),
        np.array([1.5], dtype="f2"),
        np.array([True]),
        np.array([1j]),
        np.zeros(1, dtype=[(f"field_{i}", "i4") for i in range(6000)]),
    ],
    ids=lambda value: f"{value.dtype.str}{value.shape}",
)
def test_arrays_come_back_writable(value: np.ndarray[Any, Any], round_trip: Any) -> None:
    """Shape, dtype, order and items are the same, and the receiver may change the array."""
    back = round_trip("numpy", value)

    np.testing.assert_array_equal(value, back)
    assert (value.shape, value.dtype) == (back.shape, back.dtype)
    assert back.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        np.array([(None,)], dtype=[("a", "O")]),
        np.ma.masked_array([1], [True]),
        np.arange(2).view(np.matrix),
        np.rec.array([(1,)], dtype=[("a", "i4")]),
        np.array(["a"], dtype=np.dtypes.StringDType()),
        np.zeros(1, dtype=[("\u20ac", "i4")]),
        [1, 2],
    ],
    ids=lambda value: type(value).__name__,
)
def test_arrays_that_would_change_are_refused(value: object, store: Store) -> None:
    """Objects, masks and subclasses have no place in an npy file."""
    with pytest.raises(UnsupportedError), store.write() as stream:
        get_handler("numpy").dump(value, stream)


def test_a_memory_map_comes_back_as_an_array(tmp_path: Path, round_trip: Any) -> None:
    """A mapped array is stored by its content."""
    np.save(tmp_path / "a.npy", np.arange(5))

    assert [0, 1, 2, 3, 4] == list(round_trip("numpy", np.load(tmp_path / "a.npy", mmap_mode="r")))


def test_npy_files_are_those_of_numpy(tmp_path: Path, local: Store) -> None:
    """Other programs read what the handler writes."""
    value = np.arange(100_000.0)
    with local.write() as stream:
        get_handler("numpy").dump(value, stream)
        stored = stream.finish()

    np.testing.assert_array_equal(value, np.load(local.local_path(stored.digest)))


def test_changing_a_loaded_array_leaves_the_object_alone(local: Store) -> None:
    """A mapped array is private: writing to it does not reach the store."""
    with local.write() as stream:
        get_handler("numpy").dump(np.zeros(1_000_000), stream)
        stored = stream.finish()

    first = get_handler("numpy").load(local.read(stored.digest), object)
    assert isinstance(first, np.ndarray)
    first[:] = 1
    second = get_handler("numpy").load(local.read(stored.digest), object)

    assert isinstance(second, np.ndarray)
    assert 0 == second.sum()
