"""Whether a value of one annotation may go where another one is asked for.

As mypy sees it, with three differences that hold at run time too, since values are copied between
steps: containers are covariant, `NewType`s stand for their base, and unknown parts agree with all.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from functools import lru_cache
from pkgutil import resolve_name
from typing import Literal, cast

from axl.check.typeform import class_of_literal, is_open, members, plain
from axl.ir.hints import Hint

_NUMBERS: dict[object, tuple[object, ...]] = {float: (int,), complex: (int, float)}


def agrees(have: Hint, want: Hint) -> bool:
    """Say whether every value of `have` may be passed as `want`.

    >>> agrees(int, float), agrees(list[int], list[str])
    (True, False)
    """
    if have is want or is_open(have) or is_open(want):
        return True
    try:
        return _cached(have, want)
    except TypeError:  # an annotation that cannot be hashed
        return _agrees(have, want, 0)


@lru_cache(maxsize=4096)
def _cached(have: Hint, want: Hint) -> bool:
    return _agrees(have, want, 0)


def _agrees(have: Hint, want: Hint, depth: int) -> bool:
    have, want = plain(have), plain(want)
    if have is want or is_open(have) or is_open(want) or depth > 20:
        return True
    options: list[Hint] = [*members(have)]
    if len(options) > 1:
        return all(_agrees(option, want, depth + 1) for option in options)
    choices: list[Hint] = [*members(want)]
    if len(choices) > 1:
        return any(_agrees(options[0], choice, depth + 1) for choice in choices)
    return _one(plain(options[0]), plain(choices[0]), depth)


def _one(have: Hint, want: Hint, depth: int) -> bool:
    if is_open(have) or is_open(want):
        return True
    if typing.get_origin(want) is Literal:
        return have == want
    have = class_of_literal(have)
    origin, target = typing.get_origin(have) or have, typing.get_origin(want) or want
    if not isinstance(origin, type) or not isinstance(target, type):
        return _narrower(have, want)
    if origin in _NUMBERS.get(target, ()) or (target in _NUMBERS and issubclass(origin, int)):
        return True
    if _is_loose(target) or (typing.is_typeddict(origin) and issubclass(dict, target)):
        return True
    if not issubclass(origin, target):
        return _is_protocol(origin) and _narrower(have, want)
    return _arguments(origin, typing.get_args(have), target, typing.get_args(want), depth)


def _arguments(
    origin: type, have: tuple[Hint, ...], target: type, want: tuple[Hint, ...], depth: int
) -> bool:
    if not have or not want:
        return True
    if issubclass(origin, tuple):
        return _tuples(have, target, want, depth)
    if len(have) != len(want):
        return True
    return all(_argument(one, other, depth + 1) for one, other in zip(have, want, strict=True))


def _argument(have: Hint, want: Hint, depth: int) -> bool:
    # The parameters of a Callable come as a list, and turn the direction: leave them to mypy.
    return isinstance(have, list) or isinstance(want, list) or _agrees(have, want, depth)


def _tuples(have: tuple[Hint, ...], target: type, want: tuple[Hint, ...], depth: int) -> bool:
    items = have[:1] if have[1:] == (...,) else have
    if not issubclass(target, tuple) or want[1:] == (...,):
        return all(_agrees(item, want[0], depth + 1) for item in items)
    if have[1:] == (...,):
        return all(_agrees(items[0], other, depth + 1) for other in want)
    return len(have) == len(want) and all(
        _agrees(one, other, depth + 1) for one, other in zip(have, want, strict=True)
    )


def _is_loose(target: type) -> bool:
    return typing.is_typeddict(target) or _is_protocol(target)


def _is_protocol(cls: type) -> bool:
    return typing.Protocol in cls.__mro__[1:-1] and bool(vars(cls).get("_is_protocol"))


def _narrower(have: Hint, want: Hint) -> bool:
    ask = cast("Callable[[object, object], bool]", resolve_name("axl.check.subhint:narrower"))
    return ask(have, want)
