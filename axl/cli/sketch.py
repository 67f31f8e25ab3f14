"""A value in a few lines: how much there is and of what kind, then its beginning.

Libraries are only asked about values that they made: none is imported for the question.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any, cast

from axl.cli.present import as_text, is_a
from axl.cli.table import counted, table

_FEW = 10
_ROWS = 5
_COLUMNS = 12
_CELL = 30


def sketch(value: object, width: int) -> str:
    """Return the size and kind of a table, an array or a long list, and its first rows or items; else its text."""
    about = heading(value)
    if about:
        return f"{about}\n{_beginning(value, width)}"
    if isinstance(value, list | tuple | dict):
        return _collection(cast("list[object]", value), width)
    return as_text(value, width)


def heading(value: object) -> str:
    """Return a table or an array in one line, as `3 rows, 2 columns: a int64, b str`; of all else nothing."""
    if is_a(value, "pandas", "DataFrame"):
        return _columns(len(cast("Any", value)), list(cast("Any", value).dtypes.items()))
    if is_a(value, "pyarrow", "Table"):
        found = cast("Any", value)
        return _columns(found.num_rows, [(field.name, field.type) for field in found.schema])
    if is_a(value, "polars", "DataFrame"):
        found = cast("Any", value)
        return _columns(found.height, list(found.schema.items()))
    if is_a(value, "pandas", "Series") or is_a(value, "polars", "Series"):
        return f"{counted(len(cast('Any', value)), 'row')}: {cast('Any', value).dtype}"
    if is_a(value, "numpy", "ndarray"):
        found = cast("Any", value)
        return f"array of shape {found.shape}: {found.dtype}"
    return ""


def _columns(rows: int, columns: list[tuple[object, object]]) -> str:
    named = ", ".join(f"{name} {kind}" for name, kind in columns[:_COLUMNS])
    more = f" and {len(columns) - _COLUMNS} more" if len(columns) > _COLUMNS else ""
    return f"{counted(rows, 'row')}, {counted(len(columns), 'column')}: {named}{more}"


def _beginning(value: object, width: int) -> str:
    found = cast("Any", value)
    if is_a(value, "numpy", "ndarray"):
        numpy = cast("Any", sys.modules["numpy"])
        return str(numpy.array2string(found, max_line_width=width, threshold=50, edgeitems=3))
    if is_a(value, "pyarrow", "Table"):
        return _rows(found.slice(0, _ROWS).select(range(min(found.num_columns, _COLUMNS))), found.num_rows)
    if is_a(value, "pandas", "DataFrame"):
        text = found.head(_ROWS).to_string(max_cols=_COLUMNS, max_colwidth=_CELL, line_width=width)
        return _cut(str(text), len(found))
    return _cut(as_text(found.head(_ROWS), width), len(found))


def _rows(rows: Any, total: int) -> str:
    cells = [[_cell(cell) for cell in row.values()] for row in rows.to_pylist()]
    return _cut(table(rows.column_names, cells), total)


def _cut(text: str, total: int) -> str:
    return f"{text}\n..." if total > _ROWS else text


def _cell(value: object) -> str:
    text = str(value)
    return text if len(text) <= _CELL else f"{text[: _CELL - 3]}..."


def _collection(value: list[object] | tuple[object, ...] | dict[object, object], width: int) -> str:
    """Return the beginning of what may be long; tables and arrays in it as their headings."""
    total = len(value)
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    first = list(itertools.islice(pairs, _FEW))
    if any(heading(item) for _, item in first):
        text = "\n".join(f"{key}: {heading(item) or _cell(as_text(item, width))}" for key, item in first)
    elif total <= _FEW:
        return as_text(value, width)
    else:
        text = as_text(dict(first) if isinstance(value, dict) else [item for _, item in first], width)
    about = counted(total, "entry" if isinstance(value, dict) else "item")
    return f"{about}\n{text}" + ("\n..." if total > _FEW else "")
