"""Tables and data frames come back as they were, from Parquet and from Arrow, or are refused."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from axl.errors import UnsupportedError
from axl.io.handlers import get_handler
from axl.io.store import Store

FORMATS = ["parquet", "arrow"]

FRAMES = {
    "plain": pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan], "c": ["x", None], "d": [True, False]}),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="i8")}),
    "nothing": pd.DataFrame(),
    "index only": pd.DataFrame(index=[1, 2]),
    "categories": pd.DataFrame({"a": pd.Categorical(["x", "y"], categories=["z", "y", "x"], ordered=True)}),
    "unused categories": pd.DataFrame({"a": pd.Categorical(["x", None], categories=["z", "y", "x"])}),
    "number categories": pd.DataFrame({"a": pd.Categorical([3, 1], categories=[1, 2, 3])}),
    "category index": pd.DataFrame({"a": [1]}, index=pd.CategoricalIndex(["u"], categories=["v", "u"])),
    "days": pd.DataFrame(
        {"a": [1, 2, 3]}, index=pd.date_range("2024", periods=3, freq="D", tz="Europe/Paris")
    ),
    "seconds": pd.DataFrame({"a": np.array(["2024-01-01"], dtype="M8[s]")}),
    "zones": pd.DataFrame({"a": pd.date_range("2024", periods=2, tz="America/New_York")}),
    "durations": pd.DataFrame({"a": pd.to_timedelta([1, 2], unit="s")}),
    "periods": pd.DataFrame({"a": pd.period_range("2024", periods=2, freq="M")}),
    "intervals": pd.DataFrame({"a": pd.interval_range(0, 2)}),
    "nullable": pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
    "string type": pd.DataFrame({"a": pd.array(["a", None], dtype="string")}),
    "half": pd.DataFrame({"a": np.array([1, 2], dtype="f2")}),
    "unsigned": pd.DataFrame({"a": np.array([255], dtype="u1")}),
    "number names": pd.DataFrame(np.eye(2)),
    "name of columns": pd.DataFrame({"a": [1]}).rename_axis(columns="names"),
    "two levels": pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    "two levels of names": pd.DataFrame(
        [[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("b", "y")])
    ),
    "steps": pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(0, 4, 2, name="q")),
    "objects of text": pd.DataFrame({"a": pd.Series(["x", None], dtype=object)}),
    "objects with nan": pd.DataFrame({"a": pd.Series(["x", np.nan], dtype=object)}),
    "objects of int": pd.DataFrame({"a": pd.Series([1, None], dtype=object)}),
    "objects of bool": pd.DataFrame({"a": pd.Series([True, None], dtype=object)}),
    "lists": pd.DataFrame({"a": [[1, 2], [3]]}),
    "dicts": pd.DataFrame({"a": [{"x": 1}, {"x": 2}]}),
    "dates": pd.DataFrame({"a": [dt.date(2024, 1, 1), None]}),
    "decimals": pd.DataFrame({"a": [decimal.Decimal("1.10"), decimal.Decimal(2)]}),
    "bytes": pd.DataFrame({"a": [b"x", b"\xff"]}),
    "object index": pd.DataFrame({"a": [1]}, index=pd.Index(["q"], dtype=object)),
    "infinity": pd.DataFrame({"a": [np.inf, -np.inf]}),
}

CHANGED = {
    "mixed": (pd.DataFrame({"price": [1, "x"]}), "price"),
    "int and float": (pd.DataFrame({"a": pd.Series([1, 2.5], dtype=object)}), "row 0 holds a int"),
    "tuples": (pd.DataFrame({"a": [(1, 2)]}), "a tuple that would come back different"),
    "uneven dicts": (pd.DataFrame({"a": [{"x": 1}, {"y": 2}]}), "a dict"),
    "two kinds of missing": (
        pd.DataFrame({"a": pd.Series(["x", np.nan, None], dtype=object)}),
        "several ways",
    ),
    "timestamps as objects": (pd.DataFrame({"a": pd.Series([pd.Timestamp(0)], dtype=object)}), "Timestamp"),
    "names twice": (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Duplicate"),
    "names of two types": (pd.DataFrame({1: [1], "a": [2]}), "several types"),
    "complex": (pd.DataFrame({"z": [1j]}), "column z"),
    "sparse": (pd.DataFrame({"s": pd.arrays.SparseArray([0, 1])}), "column s"),
    "swapped": (pd.DataFrame({"b": np.array([1], dtype=">i4")}), "Byte-swapped"),
    "object": (pd.DataFrame({"o": [object()]}), "column o"),
    "range with a number for a name": (
        pd.DataFrame({"a": [1]}, index=pd.RangeIndex(1, name=0)),
        "the name 0",
    ),
    "no frame": ([1, 2], "a value of type list"),
    "nothing": (None, "NoneType"),
    "series": (pd.Series([1]), "Series"),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.filterwarnings("ignore:assert_index_equal will check the 'freq'")
def test_a_data_frame_comes_back_equal(name: str, form: str, round_trip: Any) -> None:
    """Types, index, zones, categories, frequencies and the kind of missing values are the same."""
    frame = FRAMES[name]

    back = round_trip(form, frame, pd.DataFrame)
    pd.testing.assert_frame_equal(frame, back, check_freq=True)
    for old, new in zip(frame.to_numpy(object).flat, back.to_numpy(object).flat, strict=True):
        assert type(old) is type(new)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", CHANGED)
@pytest.mark.filterwarnings("ignore:The DataFrame has column names of mixed type")
def test_a_data_frame_that_would_change_is_refused(name: str, form: str, store: Store) -> None:
    """The message names the column or the part that cannot come back."""
    value, words = CHANGED[name]

    with pytest.raises(UnsupportedError) as caught, store.write() as stream:
        get_handler(form).dump(value, stream)
    assert words in str(caught.value)


@pytest.mark.parametrize("form", FORMATS)
def test_attributes_that_json_has_come_back(form: str, round_trip: Any) -> None:
    """`attrs` travel along if they are plain; a tuple in them is refused."""
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"unit": "m"}

    assert {"unit": "m"} == round_trip(form, frame, pd.DataFrame).attrs
    frame.attrs = {"unit": (1, 2)}
    with pytest.raises(UnsupportedError, match="attrs"):
        round_trip(form, frame, pd.DataFrame)


@pytest.mark.parametrize("form", FORMATS)
def test_a_loaded_data_frame_can_be_changed(form: str, round_trip: Any) -> None:
    """A receiver may write into the frame, as it may into the original."""
    back = round_trip(form, pd.DataFrame({"a": np.arange(100_000.0)}), pd.DataFrame)
    back.loc[0, "a"] = 5.0

    assert 5.0 == back["a"].iloc[0]


POLARS = {
    "plain": pl.DataFrame({"a": [1, None], "b": ["x", None], "c": [float("nan"), None]}),
    "categories": pl.DataFrame({"a": pl.Series(["x", "y"], dtype=pl.Categorical)}),
    "enum": pl.DataFrame({"a": pl.Series(["x", "y"], dtype=pl.Enum(["z", "y", "x"]))}),
    "nested": pl.DataFrame({"a": [[1], [2, 3]], "b": [{"x": 1}, {"x": 2}]}),
    "times": pl.DataFrame({"a": [dt.datetime(2024, 1, 1)], "b": [dt.time(1)], "c": [dt.timedelta(1)]}),  # noqa: DTZ001
    "decimal": pl.DataFrame({"a": [decimal.Decimal("1.5")]}),
    "array": pl.DataFrame({"a": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2))}),
    "nothing": pl.DataFrame(),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", POLARS)
def test_a_polars_frame_comes_back_equal(name: str, form: str, round_trip: Any) -> None:
    """Schema and rows are the same."""
    frame = POLARS[name]

    back = round_trip(form, frame, pl.DataFrame)
    assert frame.schema == back.schema
    assert frame.equals(back)


@pytest.mark.parametrize("form", FORMATS)
def test_a_polars_frame_of_objects_is_refused(form: str, store: Store) -> None:
    """Python objects have no column type."""
    frame = pl.DataFrame({"a": pl.Series([object()], dtype=pl.Object)})

    with pytest.raises(UnsupportedError, match="Object"), store.write() as stream:
        get_handler(form).dump(frame, stream)


TABLES = {
    "plain": pa.table({"a": [1, None], "b": ["x", None]}),
    "metadata": pa.table({"a": [1]}).replace_schema_metadata({"k": "v"}),
    "chunks": pa.table({"a": pa.chunked_array([[1], [2, 3]])}),
    "dictionary": pa.table({"a": pa.array(["x", "y"]).dictionary_encode()}),
    "seconds": pa.table({"a": pa.array([1], pa.timestamp("s"))}),
    "date64": pa.table({"a": pa.array([86_400_000], pa.date64())}),
    "time": pa.table({"a": pa.array([1], pa.time32("s"))}),
    "duration": pa.table({"a": pa.array([1], pa.duration("ns"))}),
    "wide decimal": pa.table({"a": pa.array([1], pa.decimal256(50, 2))}),
    "view": pa.table({"a": pa.array(["x"], pa.string_view())}),
    "uuid": pa.table({"a": pa.array([uuid.UUID(int=1).bytes], pa.uuid())}),
    "names twice": pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]),
    "no null": pa.Table.from_arrays(
        [pa.array([1])], schema=pa.schema([pa.field("a", pa.int64(), nullable=False)])
    ),
    "no columns": pa.table({}),
    "no rows": pa.table({"a": pa.array([], pa.int8())}),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", TABLES)
def test_an_arrow_table_comes_back_equal(name: str, form: str, round_trip: Any) -> None:
    """Schema, metadata and rows are the same."""
    back = round_trip(form, TABLES[name], pa.Table)

    assert back.equals(TABLES[name], check_metadata=True)


@pytest.mark.parametrize("form", FORMATS)
def test_a_record_batch_comes_back_as_one(form: str, round_trip: Any) -> None:
    """A batch is a batch again, also without rows."""
    for batch in (pa.record_batch({"a": [1, 2]}), pa.record_batch({"a": pa.array([], pa.int8())})):
        back = round_trip(form, batch, pa.RecordBatch)

        assert isinstance(back, pa.RecordBatch)
        assert batch.equals(back)


def test_a_table_that_parquet_has_no_type_for_is_refused(store: Store) -> None:
    """The error is the library's, in our words."""
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])

    with pytest.raises(UnsupportedError, match="this table"), store.write() as stream:
        get_handler("parquet").dump(pa.table({"a": union}), stream)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("hint", [pd.DataFrame, pl.DataFrame, pa.Table, pa.RecordBatch])
@pytest.mark.parametrize(
    "value",
    [pd.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}), pa.table({"a": [1]})],
    ids=lambda v: type(v).__module__,
)
def test_the_receiver_chooses_the_kind_of_table(
    value: object, hint: type, form: str, round_trip: Any
) -> None:
    """The annotation of the argument decides; without one the kind that was stored comes back."""
    back = round_trip(form, value, hint)

    assert isinstance(back, hint)
    assert pa.table({"a": [1]}).equals(pa.table(back).replace_schema_metadata(None))
    assert type(value) is type(round_trip(form, value, object))


def test_parquet_files_are_those_of_pyarrow(local: Store) -> None:
    """Other programs read what the handler writes."""
    with local.write(inline=0) as stream:
        get_handler("parquet").dump(pd.DataFrame({"a": [1, 2]}), stream)
        stored = stream.finish()

    assert [1, 2] == pq.read_table(local.local_path(stored.digest))["a"].to_pylist()


def test_files_of_other_programs_can_be_loaded() -> None:
    """A table without our notes is loaded as what the annotation names, or as a table."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": [1]}), sink)
    data = memoryview(sink.getvalue().to_pybytes())

    assert isinstance(get_handler("parquet").load(data, object), pa.Table)
    assert isinstance(get_handler("parquet").load(data, pd.DataFrame), pd.DataFrame)
