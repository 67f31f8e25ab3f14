"""Stores values that pickle refuses because their code has no importable name: lambdas, inner classes."""

from __future__ import annotations

import cloudpickle

from axl.errors import AxlError
from axl.io.handlers.pickle import PROTOCOL, Nowhere, not_picklable, unpickle
from axl.io.mentions import heard
from axl.io.store import ObjectWriter


class CloudpickleHandler:
    """Equal values need not give equal bytes here, so a step downstream may run again."""

    name = "cloudpickle"
    ext = "pkl"

    @property
    def library(self) -> str:
        return f"cloudpickle {cloudpickle.__version__}"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        try:
            cloudpickle.dump(value, heard(out), PROTOCOL)
        except (AxlError, MemoryError):
            raise
        except Exception as error:  # (pickling runs the author's __reduce__ and __getstate__)
            raise not_picklable(value, error, _pickle) from error

    def load(self, data: memoryview, hint: object, /) -> object:
        del hint
        return unpickle(data)


def _pickle(value: object) -> None:
    cloudpickle.dump(value, Nowhere(), PROTOCOL)


HANDLER = CloudpickleHandler()
