"""Stores NumPy arrays in NumPy's own `.npy` format, and reads them where they lie."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from axl.io.handlers.refusal import kind, refusal
from axl.io.store import ObjectWriter

if TYPE_CHECKING:
    import numpy.typing as npt

    _Array = npt.NDArray[Any]


class NumpyHandler:
    """Arrays of numbers, times, fixed strings and records of them; never of Python objects.

    A loaded array is writable and stands on the bytes it was read from. A memory map comes back
    as a plain array.
    """

    name = "numpy"
    ext = "npy"

    @property
    def library(self) -> str:
        return f"numpy {np.__version__}"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        array = _storable(value)
        out.write(_header(array))
        out.write(_raw(array).data)

    def load(self, data: memoryview, hint: object, /) -> _Array:
        del hint
        view = memoryview(bytearray(data)) if data.readonly else data
        head = io.BytesIO(view[: _header_end(view)])
        shape, fortran, dtype = _read_header(head, len(view))
        return np.ndarray(shape, dtype, view, head.tell(), order="F" if fortran else "C")


def _storable(value: object) -> _Array:
    if type(value) not in (np.ndarray, np.memmap):
        raise refusal("numpy", f"a value of type {kind(value)}, only numpy.ndarray")
    array = cast("_Array", value)
    if array.dtype.hasobject:
        raise refusal("numpy", f"an array of {array.dtype}: its items are Python objects")
    if array.dtype.metadata:
        raise refusal("numpy", f"an array of {array.dtype}: its dtype has metadata")
    return array


def _header(array: _Array) -> bytes:
    head = io.BytesIO()
    fields = np.lib.format.header_data_from_array_1_0(array)
    try:
        np.lib.format.write_array_header_1_0(head, fields)
    except UnicodeEncodeError as error:
        raise refusal("numpy", f"an array whose field names are not Latin-1: {array.dtype}") from error
    except ValueError:  # too many fields for the short form
        np.lib.format.write_array_header_2_0(head, fields)
    return head.getvalue()


def _raw(array: _Array) -> _Array:
    """Return the array's memory as bytes, without a copy where it is contiguous."""
    flat = array.T if array.flags.f_contiguous and not array.flags.c_contiguous else array
    return np.ascontiguousarray(flat).reshape(-1).view(np.uint8) if flat.size else np.empty(0, np.uint8)


def _header_end(view: memoryview) -> int:
    """Return where the header ends, so that no more than it is copied: the format's version says how to count."""
    if view[6] == 1:
        return 10 + int.from_bytes(view[8:10], "little")
    return 12 + int.from_bytes(view[8:12], "little")


def _read_header(head: io.BytesIO, limit: int) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(head)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(head, max_header_size=limit)
    return np.lib.format.read_array_header_2_0(head, max_header_size=limit)


HANDLER = NumpyHandler()
