"""Keeps the categories of a table's dictionary columns, of which Parquet keeps only those that occur."""

from __future__ import annotations

import base64
import json

import pyarrow as pa
import pyarrow.compute as pc

KEY = b"axl:dictionaries"


def keep_dictionaries(table: pa.Table) -> pa.Table:
    """Put the categories of every dictionary column into the table's metadata."""
    table = table.unify_dictionaries()
    packed = {
        str(i): base64.b64encode(_pack(column.chunk(0).dictionary)).decode("ascii")
        for i, column in enumerate(table.columns)
        if pa.types.is_dictionary(column.type) and column.num_chunks
    }
    if not packed:
        return table
    return table.replace_schema_metadata({**(table.schema.metadata or {}), KEY: json.dumps(packed).encode()})


def restore_dictionaries(table: pa.Table) -> pa.Table:
    """Give every dictionary column the categories that it had, in their order."""
    metadata = dict(table.schema.metadata or {})
    packed = metadata.pop(KEY, None)
    if packed is None:
        return table
    for position, text in json.loads(packed).items():
        i = int(position)
        column = _recoded(table.column(i), _unpack(base64.b64decode(text)))
        table = table.set_column(i, table.schema.field(i).with_type(column.type), column)
    return table.replace_schema_metadata(metadata)


def encode_dictionary(column: pa.ChunkedArray, kind: pa.DictionaryType) -> pa.ChunkedArray:
    """Turn plain values into a dictionary column of a given type."""
    encoded = column.dictionary_encode().unify_dictionaries()
    chunks = [_dictionary(chunk.indices, chunk.dictionary, kind) for chunk in encoded.chunks]
    return pa.chunked_array(chunks, type=kind)


def _recoded(column: pa.ChunkedArray, wanted: pa.Array) -> pa.ChunkedArray:
    chunks = [_recode(chunk, wanted, column.type) for chunk in column.chunks]
    return pa.chunked_array(chunks, type=column.type)


def _recode(chunk: pa.DictionaryArray, wanted: pa.Array, kind: pa.DictionaryType) -> pa.DictionaryArray:
    if chunk.dictionary.equals(wanted):
        return chunk
    places = pc.call_function(
        "index_in", [chunk.dictionary], pc.SetLookupOptions(value_set=wanted.cast(kind.value_type))
    )
    return _dictionary(places.take(chunk.indices), wanted, kind)


def _dictionary(indices: pa.Array, values: pa.Array, kind: pa.DictionaryType) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        indices.cast(kind.index_type), values.cast(kind.value_type), ordered=kind.ordered
    )


def _pack(values: pa.Array) -> pa.Buffer:
    batch = pa.record_batch([values], names=["values"])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def _unpack(data: bytes) -> pa.Array:
    return pa.ipc.open_stream(data).read_all().column(0).combine_chunks()
