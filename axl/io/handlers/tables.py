"""Turns every kind of table into a pyarrow table and back into the kind that is asked for."""

from __future__ import annotations

from importlib import import_module
from pkgutil import resolve_name
from typing import Literal, cast, get_args

import pyarrow as pa

from axl.io.handlers.claims import class_of, known_name, name_of
from axl.io.handlers.refusal import kind, refusal

Kind = Literal["pandas.DataFrame", "polars.DataFrame", "pyarrow.Table", "pyarrow.RecordBatch"]

KIND = b"axl:kind"


def to_table(value: object, handler: str) -> pa.Table:
    """Return a table that remembers what it was made from.

    Raises `UnsupportedError` when the value is no table, or would not come back as it is.
    """
    name = name_of(type(value))
    if name not in get_args(Kind):
        raise refusal(handler, f"a value of type {kind(value)}, only {', '.join(get_args(Kind))}")
    table = _to_table(value, cast("Kind", name), handler)
    return table.replace_schema_metadata({**(table.schema.metadata or {}), KIND: name.encode()})


def from_table(table: pa.Table, hint: object) -> object:
    """Return a table as the kind that an annotation names, or else as what was written."""
    metadata = dict(table.schema.metadata or {})
    written = metadata.pop(KIND, b"pyarrow.Table").decode()
    table = table.replace_schema_metadata(metadata or None)
    match _wanted(hint) or cast("Kind", written):
        case "pyarrow.Table":
            return table
        case "pyarrow.RecordBatch":
            return _to_batch(table)
        case "polars.DataFrame":
            return import_module("polars").from_arrow(table)
        case "pandas.DataFrame":
            return cast("object", resolve_name("axl.io.handlers.frames:to_frame")(table))


def _to_table(value: object, name: Kind, handler: str) -> pa.Table:
    match name:
        case "pyarrow.Table":
            return value
        case "pyarrow.RecordBatch":
            return pa.Table.from_batches([value])
        case "polars.DataFrame":
            return _from_polars(value, handler)
        case "pandas.DataFrame":
            return resolve_name("axl.io.handlers.frames:from_frame")(value, handler)


def _from_polars(value: object, handler: str) -> pa.Table:
    polars = import_module("polars")
    frame = polars.DataFrame(value)
    try:
        table = frame.to_arrow(compat_level=polars.CompatLevel.oldest())
    except (pa.ArrowException, polars.exceptions.PolarsError) as error:
        raise refusal(handler, f"this polars data frame: {error}") from error
    back = polars.from_arrow(table.slice(0, 0)).schema
    for column, dtype in frame.schema.items():
        if back[column] != dtype:
            raise refusal(handler, f"column {column!r} of type {dtype}: it comes back as {back[column]}")
    return table


def _to_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _wanted(hint: object) -> Kind | None:
    cls = class_of(hint)
    name = known_name(cls) if cls is not None else ""
    return cast("Kind", name) if name in get_args(Kind) else None
