"""The content of a value, named: two values with the same name stand for the same bytes.

Content names are what cache keys and records of inputs are made of. A short literal is its own name, so
that a person who asks why a step ran again reads `2`, not a digest.
"""

from __future__ import annotations

from typing import assert_never

from blake3 import blake3

from axl.wire.failed import Failed
from axl.wire.values import Lit, Many, Ref, Value

PLAIN = 64
"""Characters up to which a literal is its own name."""
_MEMO_ITEMS = 16
_MEMO_SIZE = 64
_MEMO: dict[int, tuple[Many, str]] = {}
_CODE: dict[int, tuple[Many, frozenset[str]]] = {}
_NONE: frozenset[str] = frozenset()


def content(value: Value) -> str:
    """Return the name of a value's content.

    >>> content(Lit("[1, 2]"))
    '=[1, 2]'
    """
    match value:
        case Ref():
            return f"{value.handler}:{value.digest[:40]}"
        case Lit():
            text = f"{value.json}\t{value.maker}" if value.maker else value.json
            return f"={text}" if len(text) <= PLAIN else f"json:{digest(text)}"
        case Many():
            return _many(value)
        case Failed():
            return "failed:" + digest(f"{value.step}\t{value.error}\t{value.message}")
        case _:
            assert_never(value)


def digest(text: str) -> str:
    """Return 160 bits of a text's blake3, as hex."""
    return blake3(text.encode("utf-8", "surrogatepass")).hexdigest(length=20)


def code_in(value: Value) -> frozenset[str]:
    """Return the names of the author's classes and functions that a value needs to be made again.

    A name is `module:name`; where a maker stands for a type, it is the maker, `module:Class/step`.
    """
    if isinstance(value, Ref):
        return frozenset(value.code) if value.code else _NONE
    if isinstance(value, Lit):
        return frozenset({value.maker}) if value.maker else _NONE
    if not isinstance(value, Many):
        return _NONE
    known = _CODE.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    found = _NONE.union(*map(code_in, value.items), {value.maker} if value.maker else ())
    if len(value.items) >= _MEMO_ITEMS:
        if len(_CODE) >= _MEMO_SIZE:
            _CODE.clear()
        _CODE[id(value)] = (value, found)
    return found


def _many(value: Many) -> str:
    # A long list may be an input of every item of a map: name it once, not ten thousand times.
    if len(value.items) < _MEMO_ITEMS:
        return _name(value)
    known = _MEMO.get(id(value))
    if known is None or known[0] is not value:
        if len(_MEMO) >= _MEMO_SIZE:
            _MEMO.clear()
        known = _MEMO[id(value)] = (value, _name(value))
    return known[1]


def _name(value: Many) -> str:
    parts = [value.maker, *value.keys, "", *map(content, value.items)]
    return f"{value.shape}:" + digest("\n".join(parts))
