"""Turns pandas data frames into pyarrow tables that come back as they were, or says what would not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from axl.io.handlers.refusal import kind, refusal

NOTES = b"axl:pandas"
"""Metadata that pandas' own leaves out: the frequency of the index, and where objects stand."""

_SURE = frozenset({"string", "bytes", "boolean", "integer", "date", "time", "decimal", "empty"})
"""What a column of objects may hold and surely come back, told by pandas' own look at it."""


def from_frame(frame: pd.DataFrame, handler: str) -> pa.Table:
    """Return a frame as a table; `UnsupportedError` when some part would come back different."""
    _check_labels(frame, handler)
    try:
        table = pa.Table.from_pandas(frame)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise refusal(handler, f"this data frame: {'; '.join(map(str, error.args))}") from error
    objects = {i: _missing_kind(frame, i, table.column(i), handler) for i in _object_columns(frame)}
    notes = {
        "freq": _frequency(frame.index),
        "objects": objects,
        "object_index": isinstance(frame.index.dtype, np.dtype) and frame.index.dtype == np.dtype(object),
    }
    noted = table.replace_schema_metadata(
        {**(table.schema.metadata or {}), NOTES: json.dumps(notes).encode()}
    )
    _check_types(frame, noted, handler)
    return noted


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as a data frame, with the parts that the notes speak of put right."""
    metadata = dict(table.schema.metadata or {})
    packed = metadata.pop(NOTES, None)
    frame = cast("pd.DataFrame", table.to_pandas())
    if packed is None:
        return frame
    notes = json.loads(packed)
    for position, missing in notes["objects"].items():
        i = int(position)
        column = pd.Series(_objects(table.column(i), missing), index=frame.index, dtype=object)
        frame.isetitem(i, cast("Any", column))
    if notes["object_index"] and not isinstance(frame.index, pd.MultiIndex):
        frame.index = frame.index.astype(object)
    if notes["freq"] and len(frame):
        frame.index.freq = notes["freq"]  # type: ignore[attr-defined]  # noted for indexes that have it
    return frame


def _check_labels(frame: pd.DataFrame, handler: str) -> None:
    if frame.attrs and json.loads(json.dumps(frame.attrs, default=repr)) != frame.attrs:
        raise refusal(handler, "a data frame whose `attrs` are not plain JSON")
    flat = not isinstance(frame.columns, pd.MultiIndex)
    if flat and frame.columns.inferred_type.startswith("mixed"):
        raise refusal(handler, "a data frame whose column names are of several types")


def _object_columns(frame: pd.DataFrame) -> Iterator[int]:
    return (i for i, dtype in enumerate(frame.dtypes) if dtype == np.dtype(object))


def _missing_kind(frame: pd.DataFrame, i: int, column: pa.ChunkedArray, handler: str) -> str:
    """Return what stands for a missing object in a column, once it is sure that the others come back."""
    series = frame.iloc[:, i]
    values = series.to_numpy()
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    gone = values[pd.isna(values)]
    kinds = {
        "none" if value is None else "nan" if isinstance(value, float) else kind(value) for value in gone
    }
    if not kinds <= {"none", "nan"} or len(kinds) > 1:
        raise refusal(
            handler, f"column {frame.columns[i]!r}: it marks missing values in several ways: {sorted(kinds)}"
        )
    missing = kinds.pop() if kinds else "none"
    if inferred not in _SURE:
        _check_objects(frame.columns[i], values, _objects(column, missing), handler)
    return missing


def _check_objects(
    name: object, before: np.ndarray[Any, Any], after: np.ndarray[Any, Any], handler: str
) -> None:
    for row, (old, new) in enumerate(zip(before, after, strict=True)):
        if old is new or (type(old) is type(new) and (old == new or old != old)):  # noqa: PLR0124 (nan)
            continue
        raise refusal(
            handler, f"column {name!r}: its row {row} holds a {kind(old)} that would come back different"
        )


def _objects(column: pa.ChunkedArray, missing: str) -> np.ndarray[Any, Any]:
    items = column.to_pylist()
    out = np.empty(len(items), dtype=object)
    gone = None if missing == "none" else float("nan")
    for i, item in enumerate(items):
        out[i] = gone if item is None else item
    return out


def _frequency(index: pd.Index[Any]) -> str | None:
    if not isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex) or index.freq is None:
        return None
    name = str(index.freqstr)
    return name if pd.tseries.frequencies.to_offset(name) == index.freq else None


def _check_types(frame: pd.DataFrame, table: pa.Table, handler: str) -> None:
    """Rebuild the frame without its rows: names and types must be the same."""
    empty, back = frame.iloc[:0], to_frame(table.slice(0, 0))
    for name, old, new in zip(frame.columns, empty.dtypes, back.dtypes, strict=True):
        if old != new and not isinstance(old, pd.CategoricalDtype):
            raise refusal(handler, f"column {name!r} of type {old}: it comes back as {new}")
    if list(empty.columns) != list(back.columns) or empty.columns.names != back.columns.names:
        raise refusal(handler, "the names of the columns: they come back different")
    if isinstance(frame.index, pd.RangeIndex):
        _check_range_name(frame.index.name, handler)
    elif empty.index.names != back.index.names or _index_types(empty.index) != _index_types(back.index):
        raise refusal(handler, f"the index of type {empty.index.dtype}: it comes back as {back.index.dtype}")


def _check_range_name(name: object, handler: str) -> None:
    """A range is metadata, not a column, and its name comes back as text."""
    if name is not None and type(name) is not str:
        raise refusal(handler, f"an index with the name {name!r}: it comes back as {str(name)!r}")


def _index_types(index: pd.Index[Any]) -> list[object]:
    dtypes = list(index.dtypes) if isinstance(index, pd.MultiIndex) else [index.dtype]
    return ["category" if isinstance(dtype, pd.CategoricalDtype) else dtype for dtype in dtypes]
