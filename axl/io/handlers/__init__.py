"""Finds handlers by name or by annotation, and loads no library before it is needed.

A name may carry a compression: `pickle+gzip`, `parquet+zstd`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pkgutil import resolve_name
from typing import cast

from axl.errors import UnsupportedError
from axl.io.handler import Handler
from axl.io.handlers.claims import handler_for

__all__ = ["DEFAULT", "NAMES", "ext_of", "get_handler", "handler_for"]

GROUP = "axl.handlers"
DEFAULT = "pickle"


@dataclass(frozen=True, slots=True)
class _BuiltIn:
    """Where a handler or a codec is, its file name ending, and the extra that installs its library."""

    target: str
    ext: str
    extra: str = ""


_HANDLERS = {
    "pickle": _BuiltIn("axl.io.handlers.pickle:HANDLER", "pkl"),
    "cloudpickle": _BuiltIn("axl.io.handlers.cloudpickle:HANDLER", "pkl"),
    "json": _BuiltIn("axl.io.handlers.json:HANDLER", "json"),
    "parquet": _BuiltIn("axl.io.handlers.parquet:HANDLER", "parquet", "arrow"),
    "arrow": _BuiltIn("axl.io.handlers.arrow:HANDLER", "arrow", "arrow"),
    "numpy": _BuiltIn("axl.io.handlers.numpy:HANDLER", "npy", "numpy"),
    "text": _BuiltIn("axl.io.handlers.text:HANDLER", "txt"),
    "bytes": _BuiltIn("axl.io.handlers.bytes:HANDLER", "bin"),
    "path": _BuiltIn("axl.io.handlers.path:HANDLER", "tar"),
}

_CODECS = {
    "gzip": _BuiltIn("axl.io.handlers.gzip:CODEC", "gz"),
    "zstd": _BuiltIn("axl.io.handlers.zstd:CODEC", "zst", "zstd"),
}

NAMES = tuple(_HANDLERS)
"""The names of the handlers that axl brings."""


@cache
def get_handler(name: str) -> Handler:
    """Return the handler of a name.

    Raises `UsageError` when nothing or more than one package offers it, `UnsupportedError` when the
    library behind it is not installed.

        >>> get_handler("pickle+gzip").ext
        'pkl.gz'
    """
    base, plus, codec = name.partition("+")
    if plus:
        return _compressed(base, codec)
    if base in _HANDLERS:
        return cast("Handler", _load(_HANDLERS[base], f"handler {base!r}"))
    find = resolve_name("axl.io.providers:find_provider")
    return cast("Handler", find(GROUP, base, "handler", NAMES))


def ext_of(name: str) -> str:
    """Return the file name ending of a handler's bytes; nothing is imported for the built-in ones.

    >>> ext_of("parquet+zstd")
    'parquet.zst'
    """
    base, plus, codec = name.partition("+")
    if base in _HANDLERS and (not plus or codec in _CODECS):
        ending = _HANDLERS[base].ext
        return f"{ending}.{_CODECS[codec].ext}" if plus else ending
    return get_handler(name).ext


def _compressed(base: str, codec: str) -> Handler:
    if codec not in _CODECS:
        raise cast("Exception", resolve_name("axl.io.providers:unknown")(codec, "compression", _CODECS))
    compress = resolve_name("axl.io.handlers.compressed:Compressed")
    return cast("Handler", compress(get_handler(base), _load(_CODECS[codec], f"compression {codec!r}")))


def _load(built_in: _BuiltIn, what: str) -> object:
    try:
        return cast("object", resolve_name(built_in.target))
    except ImportError as error:
        hint = f'pip install "axl[{built_in.extra}]"' if built_in.extra else "reinstall axl"
        raise UnsupportedError(
            f"the {what} needs a library that cannot be imported: {error}", hint=hint
        ) from error
