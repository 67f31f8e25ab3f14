"""Stores a string as UTF-8."""

from __future__ import annotations

from axl.io.handlers.refusal import kind, refusal
from axl.io.store import ObjectWriter


class TextHandler:
    """Strings that UTF-8 can hold; line ends stay as they are."""

    name = "text"
    ext = "txt"

    @property
    def library(self) -> str:
        return "text 1"

    def dump(self, value: object, out: ObjectWriter, /) -> None:
        if type(value) is not str:
            raise refusal("text", f"a value of type {kind(value)}, only str")
        try:
            data = value.encode()
        except UnicodeEncodeError as error:
            at = f"character {error.start} is {value[error.start]!a}"
            raise refusal("text", f"half of a surrogate pair: {at}, which UTF-8 cannot hold") from error
        out.write(data)

    def load(self, data: memoryview, hint: object, /) -> str:
        del hint
        return str(data, "utf-8")


HANDLER = TextHandler()
