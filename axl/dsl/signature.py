"""What a step takes and gives: its arguments, annotations and outputs, read once from the method."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ForwardRef, get_args, get_origin

from axl.dsl.location import line_of
from axl.errors import DefinitionError
from axl.ir.hints import MISSING, Hint
from axl.ir.nodes import RESULT

_KINDS = inspect._ParameterKind
_SELVES = ("self", "_self", "this", "_")


@dataclass(frozen=True, slots=True)
class StepSignature:
    """A step's arguments in order and its outputs.

    `takes` maps an argument to its annotation, `required` are those without a default. `gives`
    maps an output to its annotation; a step with one output has the key `result`. `as_tuple` says
    that several outputs come as a plain tuple, so that they have places and no names. `places` is
    how many arguments may be given by position.
    """

    takes: Mapping[str, Hint]
    required: frozenset[str]
    defaults: Mapping[str, object]
    returns: Hint
    gives: Mapping[str, Hint]
    as_tuple: bool
    places: int
    parameters: inspect.Signature


def signature_of(function: Callable[..., object], of: str) -> StepSignature:
    """Read a method's signature; `DefinitionError` when a step cannot have it."""
    where = line_of(function.__code__)
    whole = inspect.signature(function)
    own = list(whole.parameters.values())
    if not own or own[0].kind not in (_KINDS.POSITIONAL_ONLY, _KINDS.POSITIONAL_OR_KEYWORD):
        raise DefinitionError(
            f"{of} has no `self`", where=where, hint="a step is a method of a Workflow class"
        )
    if own[0].name not in _SELVES:
        raise DefinitionError(
            f"{of} has no `self`",
            where=where,
            hint=f"`{own[0].name}` stands in its place: write `self, {own[0].name}`",
        )
    for item in own[1:]:
        if item.kind in (_KINDS.VAR_POSITIONAL, _KINDS.VAR_KEYWORD, _KINDS.POSITIONAL_ONLY):
            star = {_KINDS.VAR_POSITIONAL: "*", _KINDS.VAR_KEYWORD: "**"}.get(item.kind, "")
            raise DefinitionError(
                f"{of} takes `{star}{item.name}`, but inputs are bound by name",
                where=where,
                hint="name every argument; for any number of values take one list",
            )
    hints = annotations_of(function)
    takes = {item.name: hints.get(item.name, MISSING) for item in own[1:]}
    returns = hints.get("return", MISSING)
    gives, as_tuple = outputs_of(returns)
    if RESULT in gives and len(gives) > 1:
        raise DefinitionError(
            f"{of} has an output named `{RESULT}`, the name of the whole",
            where=where,
            hint="rename that field",
        )
    return StepSignature(
        takes=takes,
        required=frozenset(item.name for item in own[1:] if item.default is item.empty),
        defaults={item.name: item.default for item in own[1:] if item.default is not item.empty},
        returns=returns,
        gives=gives,
        as_tuple=as_tuple,
        places=sum(item.kind is not _KINDS.KEYWORD_ONLY for item in own[1:]),
        parameters=whole.replace(parameters=own[1:]),
    )


def annotations_of(function: Callable[..., object]) -> dict[str, Hint]:
    """Return a function's annotations as objects; one that cannot be resolved is left out."""
    return _read_annotations(function)[0]


@dataclass(frozen=True, slots=True)
class Unread:
    """An annotation that cannot be resolved: its text, why, and the name that is not there, if it is that."""

    text: str
    why: str
    missing: str


def unread_annotations(function: Callable[..., object]) -> dict[str, Unread]:
    """Return the annotations that cannot be resolved, by argument."""
    return _read_annotations(function)[1]


def _read_annotations(
    function: Callable[..., object],
) -> tuple[dict[str, Hint], dict[str, Unread]]:
    names = vars(sys.modules.get(function.__module__, types.ModuleType("_"))) | _closure(function)
    read: dict[str, Hint] = {}
    unread: dict[str, Unread] = {}
    for name, hint in inspect.get_annotations(function).items():
        text = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint
        if not isinstance(text, str):
            read[name] = type(None) if text is None else text
            continue
        try:
            value = eval(text, names)
        except Exception as error:  # noqa: BLE001 (an annotation may be any expression)
            unread[name] = Unread(
                text, str(error), (error.name or "") if isinstance(error, NameError) else ""
            )
        else:
            read[name] = type(None) if value is None else value
    return read, unread


def _closure(function: Callable[..., object]) -> dict[str, object]:
    found = inspect.unwrap(function)
    cells = found.__closure__ or () if isinstance(found, types.FunctionType) else ()
    names = found.__code__.co_freevars if isinstance(found, types.FunctionType) else ()
    return {name: cell.cell_contents for name, cell in zip(names, cells, strict=True) if _filled(cell)}


def _filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def outputs_of(hint: Hint) -> tuple[dict[str, Hint], bool]:
    """Return the outputs that a return annotation stands for, and whether they are a plain tuple."""
    if isinstance(hint, type) and issubclass(hint, tuple) and hint is not tuple:
        fields: tuple[str, ...] = vars(hint).get("_fields", ())
        hints = _class_hints(hint)
        if fields:
            return {name: hints.get(name, MISSING) for name in fields}, False
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        parts = dataclasses.fields(hint)
        if parts and all(part.init for part in parts):
            hints = _class_hints(hint)
            return {part.name: hints.get(part.name, MISSING) for part in parts}, False
    if get_origin(hint) is tuple:
        args = get_args(hint)
        if len(args) > 1 and args[-1] is not Ellipsis:
            return {f"item_{i}": arg for i, arg in enumerate(args)}, True
    return {RESULT: hint}, False


def _class_hints(cls: type[Any]) -> dict[str, Hint]:
    out: dict[str, Hint] = {}
    for base in reversed(cls.__mro__):
        names = vars(sys.modules.get(base.__module__, types.ModuleType("_")))
        for name, hint in inspect.get_annotations(base).items():
            text = hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint  # NamedTuple wraps strings
            try:
                out[name] = eval(text, names) if isinstance(text, str) else text
            except Exception:  # noqa: BLE001 (as above)
                out[name] = MISSING
    return out
