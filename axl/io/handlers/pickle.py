"""Stores nearly every Python value with pickle, protocol 5: the default handler."""

from __future__ import annotations

import pickle
import types
from typing import TYPE_CHECKING

from axl.errors import AxlError, UnsupportedError
from axl.io.handlers.blame import blame
from axl.io.handlers.refusal import kind
from axl.io.mentions import heard
from axl.io.store import ObjectWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer

PROTOCOL = 5

_CLOUD = (
    'cloudpickle stores functions and classes that have no importable name: @step(io_handler="cloudpickle")'
)
_DATA = "return the data itself, and open files, locks and connections inside the step that uses them"
_MOVED = (
    "the class moved or changed since the value was written; keep its name importable, or run with --fresh"
)


class PickleHandler:
    """A plain pickle file: large buffers go straight to the store, and are read from its memory."""

    name = "pickle"
    ext = "pkl"

    @property
    def library(self) -> str:
        return f"pickle {PROTOCOL}"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        try:
            pickle.dump(value, heard(out), PROTOCOL)
        except (AxlError, MemoryError):
            raise
        except Exception as error:  # (pickling runs the author's __reduce__ and __getstate__)
            raise not_picklable(value, error, _pickle) from error

    def load(self, data: memoryview, hint: object, /) -> object:
        del hint
        return unpickle(data)


def unpickle(data: memoryview) -> object:
    """Return the value of a pickle; `UnsupportedError` when the code that it names is not here."""
    try:
        return pickle.loads(data)  # noqa: S301 (the store holds what this user's steps returned)
    except (ImportError, AttributeError) as error:
        raise UnsupportedError(f"a pickled value cannot be loaded here: {error}", hint=_MOVED) from error


def not_picklable(value: object, error: Exception, pickle_one: Callable[[object], None]) -> UnsupportedError:
    """Return the error that names the part of a value that cannot be pickled."""
    if isinstance(error, RecursionError):
        return UnsupportedError(
            f"cannot pickle the result, a {kind(value)}: it is nested too deeply",
            hint="return a flat list of its parts instead of parts inside parts",
        )
    part = blame(value, error, pickle_one)
    what = f"cannot pickle {kind(part.value)!r} object"
    why = "" if what in str(part.error) else f": {part.error}"
    named = isinstance(part.value, types.FunctionType | type)
    return UnsupportedError(f"{what} in {part.path}{why}", hint=_CLOUD if named else _DATA)


class Nowhere:
    """A file that forgets what it is given."""

    def write(self, data: ReadableBuffer, /) -> int:
        return memoryview(data).nbytes


def _pickle(value: object) -> None:
    pickle.dump(value, Nowhere(), PROTOCOL)


HANDLER = PickleHandler()
