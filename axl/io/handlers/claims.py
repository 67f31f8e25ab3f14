"""Says which handler an annotation asks for, by the names of classes: no library is imported."""

from __future__ import annotations

from typing import Annotated, Any, cast, get_args, get_origin

_CLAIMS: dict[str, str | None] = {
    "pandas.DataFrame": "parquet",
    "polars.DataFrame": "parquet",
    "pyarrow.Table": "arrow",
    "pyarrow.RecordBatch": "arrow",
    "numpy.ndarray": "numpy",
    "pathlib.Path": "path",
    # Subclasses that their base's format would flatten: they keep the default handler
    "geopandas.GeoDataFrame": None,
    "numpy.matrix": None,
    "numpy.recarray": None,
    "numpy.MaskedArray": None,
}


def handler_for(annotation: object) -> str | None:
    """Return the handler that an annotation claims, or `None` where the default will do.

    >>> from pathlib import Path
    >>> handler_for(Path), handler_for(int)
    ('path', None)
    """
    cls = class_of(annotation)
    return _CLAIMS.get(known_name(cls)) if cls is not None else None


def class_of(annotation: object) -> type | None:
    """Return the class that an annotation such as `NDArray[float64]` or `Annotated[Path, ...]` is about."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    origin = get_origin(annotation) or annotation
    if type(origin).__name__ == "TypeAliasType":  # what `type X = ...` makes, from Python 3.12 on
        return class_of(cast("Any", origin).__value__)
    return origin if isinstance(origin, type) else None


def known_name(cls: type) -> str:
    """Return the first name on a class's line of bases that this table knows, or an empty string."""
    return next((name for name in map(name_of, cls.__mro__) if name in _CLAIMS), "")


def name_of(cls: type) -> str:
    """Return a class's package and name, whichever private module defines it: `pandas.DataFrame`."""
    return f"{cls.__module__.partition('.')[0]}.{cls.__qualname__}"
