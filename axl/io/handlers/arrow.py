"""Stores tables in Arrow's IPC file format, which is read where it lies."""

from __future__ import annotations

import pyarrow as pa

from axl.io.handlers.refusal import refusal
from axl.io.handlers.tables import from_table, to_table
from axl.io.store import ObjectWriter


class ArrowHandler:
    """Tables and record batches of pyarrow, and data frames; other programs read it as Feather."""

    name = "arrow"
    ext = "arrow"

    @property
    def library(self) -> str:
        return f"pyarrow {pa.__version__}"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        table = to_table(value, "arrow")
        options = pa.ipc.IpcWriteOptions(unify_dictionaries=True)
        try:
            with pa.ipc.new_file(out, table.schema, options=options) as writer:
                writer.write_table(table)
        except pa.ArrowException as error:
            raise refusal("arrow", f"this table: {error}") from error

    def load(self, data: memoryview, hint: object, /) -> object:
        table = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(data))).read_all()
        return from_table(table, hint)


HANDLER = ArrowHandler()
