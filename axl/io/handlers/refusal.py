"""Makes the error for a value that a handler does not store."""

from __future__ import annotations

from axl.errors import UnsupportedError

PICKLE = 'choose another handler with @step(io_handler="pickle")'


def refusal(handler: str, why: str, hint: str = PICKLE) -> UnsupportedError:
    """Return the error that says which handler does not store what, and what to do instead."""
    return UnsupportedError(f"the {handler} handler cannot store {why}", hint=hint)


def kind(value: object) -> str:
    """Return the name of a value's type as people write it: `int`, `pandas.DataFrame`."""
    cls = type(value)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
