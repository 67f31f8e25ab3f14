"""What an IO handler is: it turns one value into bytes and back, and never sees a place."""

from __future__ import annotations

from typing import Protocol

from axl.io.store import ObjectWriter


class Handler(Protocol):
    """How values of some types are stored.

    Third parties offer one through the entry-point group `axl.handlers`; the entry point's name is
    the handler's name, its object a `Handler`.
    """

    name: str
    ext: str

    @property
    def library(self) -> str:
        """The library that does the work and its version, as in `pyarrow 18.0.0`."""
        ...

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        """Write a value; whatever it raises means that this value cannot be stored so."""
        ...

    def load(self, data: memoryview, hint: object, /) -> object:
        """Return the value of some bytes.

        `data` is private to the caller: a handler may build its result on it without a copy.
        `hint` is the annotation of the argument that receives the value, `object` if there is none.
        """
        ...
