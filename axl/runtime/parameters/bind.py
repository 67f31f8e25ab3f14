"""The values of a run's parameters: what was given is merged over the defaults and checked before anything starts.

Plain JSON types and enums are checked here. Only for pydantic models, dataclasses and the like, and to
say what is wrong, is `axl.runtime.parameters.typed` loaded, and pydantic with it.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
import operator
import typing
from collections import abc
from collections.abc import Hashable, Iterable, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Annotated, Any, Final, Literal, cast

from axl.dsl.describe import loc_of, steps_of
from axl.dsl.params import SCALARS, graph_hints, json_of
from axl.dsl.schema import is_named_tuple, is_union, type_text, union_of, unwrap
from axl.dsl.workflow import Workflow
from axl.errors import ParameterError
from axl.io.assignment import PARAM, Given, show
from axl.io.strict_json import JSON, checked, read_json
from axl.ir.hints import MISSING, Hint
from axl.ir.nodes import PARAMS, IRWorkflow, Param
from axl.runtime.parameters.nested import with_field

_LISTS = (list, abc.Sequence, abc.MutableSequence)
_DICTS = (dict, abc.Mapping, abc.MutableMapping)
_MANY = (*_LISTS, tuple, set, frozenset, abc.Set, abc.MutableSet)
_SIMPLE = (*SCALARS, Any, object, inspect.Parameter.empty)
_MOST_NAMES = 12
_SURE = 2**53


class _Unfit(Enum):
    """A value is not trivially one of a type; `None` is a value."""

    UNFIT = "unfit"


_UNFIT: Final = _Unfit.UNFIT


def bind(
    program: IRWorkflow, cls: type[Workflow], given: Mapping[str, object] | Iterable[Given] = ()
) -> dict[str, JSON]:
    """Return the inputs of the root block: every argument of `graph`, and `params` where that step exists.

    `given` is a mapping of names to values, as a caller in Python has it, or `Given`s in order of
    increasing weight: files first, then what the command line says. The fields of the `params` step
    are given by their own names, or together as one object named `params`; the result holds those
    that were given. Given the result, `bind` returns it again.

    Raises one `ParameterError` for everything that is wrong.
    """
    problems: list[_Problem] = []
    wishes = _wishes(program, given, problems)
    inputs: dict[str, JSON] = {}
    overrides: dict[str, JSON] = {}
    for param in program.params:
        target = overrides if param.step else inputs
        if param.name in wishes:
            _take(param, cls, wishes[param.name], target, problems)
        elif param.default is not None and not param.step:
            target[param.name] = json.loads(param.default.json)
        elif param.required:
            problems.append(_Problem(f"the parameter {param.name} has no value and no default", param))
    if problems:
        raise _error(problems, program)
    return {**inputs, PARAMS: overrides} if _has_fields(program) else inputs


def read_params(document: JSON, source: str) -> tuple[Given, ...]:
    """Return the values that a document holds, as `read_document` gives it; `source` is the file's name.

    Raises `ParameterError` when the document is not an object of names and values.
    """
    if not isinstance(document, dict):
        raise ParameterError(
            f"{source} holds {_shown(document)}, not parameters by name",
            hint="write one `name: value` a line",
        )
    return tuple(Given(name=name, value=value, source=source) for name, value in document.items())


@dataclasses.dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong with one name, and the parameter it is about."""

    what: str
    param: Param | None = None

    def __str__(self) -> str:
        where = self.param.loc if self.param else None
        return f"{where}: {self.what}" if where else self.what


def _error(problems: list[_Problem], program: IRWorkflow) -> ParameterError:
    names = [param.name for param in program.params]
    more = ", …" if len(names) > _MOST_NAMES else ""
    hint = f"the parameters of {program.name} are {', '.join(names[:_MOST_NAMES])}{more}"
    hint = hint if names else f"{program.name} takes no parameters"
    if len(problems) == 1:
        only = problems[0]
        return ParameterError(only.what, where=only.param.loc if only.param else None, hint=hint)
    lines = "".join(f"\n  {problem}" for problem in problems)
    return ParameterError(f"{len(problems)} parameters are wrong:{lines}", hint=hint)


def _has_fields(program: IRWorkflow) -> bool:
    return any(param.step for param in program.params)


def _wishes(
    program: IRWorkflow, given: Mapping[str, object] | Iterable[Given], problems: list[_Problem]
) -> dict[str, Given]:
    known = {param.name: param for param in program.params}
    wishes: dict[str, Given] = {}
    fields: list[Given] = []
    for item in _flat(_givens(given, problems), _has_fields(program)):
        if item.name in known:
            wishes[item.name] = item
        elif item.text is not None and item.name.partition(".")[0] in known:
            fields.append(item)
        else:
            near = get_close_matches(item.name, known, 1)
            also = f"; did you mean {near[0]}?" if near else ""
            problems.append(_Problem(f"there is no parameter {show(item.name)}{_from(item)}{also}"))
    for item in fields:
        param = known[item.name.partition(".")[0]]
        try:
            wishes[param.name] = with_field(param, wishes.get(param.name), item)
        except ParameterError as error:
            problems.append(_Problem(f"{error.what}{_from(item)}", param))
    return wishes


def _givens(given: Mapping[str, object] | Iterable[Given], problems: list[_Problem]) -> Iterable[Given]:
    if not isinstance(given, Mapping):
        yield from _listed(given)
        return
    for name, value in cast("Mapping[str, object]", given).items():
        try:
            yield Given(name=name, value=_as_json(value))
        except (TypeError, ValueError, RecursionError) as error:
            problems.append(
                _Problem(f"the parameter {show(str(name))} is {value!r:.60}, which JSON cannot hold: {error}")
            )


def _listed(given: object) -> Iterable[Given]:
    """Yield values that carry their names; `ParameterError` for what does not say which parameter it is for."""
    for item in given if isinstance(given, Iterable) else (given,):
        if not isinstance(item, Given):
            raise ParameterError(
                f"the parameters are {given!r:.80}, not values by name",
                hint='write them as a dict, as in axl.run(Churn, {"months": [1, 2]})',
            )
        yield item


def _as_json(value: object) -> JSON:
    if type(value) in SCALARS:
        return checked(cast("JSON", value))
    return read_json(json.dumps(json_of(value)))


def _flat(givens: Iterable[Given], has_fields: bool) -> Iterable[Given]:  # noqa: FBT001 (a fact of the program)
    """Take one object named `params` for the fields in it, and `params.seed` for its field `seed`."""
    for item in givens:
        if item.name == PARAMS and has_fields and isinstance(item.value, dict):
            for name, value in item.value.items():
                yield Given(name=name, value=value, source=item.source)
        elif has_fields and item.text is not None and item.name.startswith(f"{PARAMS}."):
            yield dataclasses.replace(item, name=item.name.removeprefix(f"{PARAMS}."))
        else:
            yield item


def _from(item: Given) -> str:
    return f" ({item.source})" if item.source else ""


def _take(
    param: Param, cls: type[Workflow], item: Given, into: dict[str, JSON], problems: list[_Problem]
) -> None:
    hint = _hint_of(param, cls)
    readings = _readings(hint, item)
    for reading in readings:
        value = _trivially(hint, reading)
        if value is not _UNFIT:
            into[param.name] = value
            return
    from axl.runtime.parameters.typed import MisfitError, conform  # noqa: PLC0415 (pydantic, only where it is needed)

    reasons: list[str] = []
    for reading in readings:
        try:
            into[param.name] = conform(hint, reading)
        except MisfitError as misfit:
            reasons.append(str(misfit))
        else:
            return
    problems.append(_Problem(_misfit(param, hint, item, reasons[0]), param))


def _misfit(param: Param, hint: Hint, item: Given, reason: str) -> str:
    given = _shown(item.value) if item.text is None or not isinstance(item.value, str) else show(item.text)
    also = f"; {_not_json(item) or reason}" if _not_json(item) or reason else ""
    return f"the parameter {param.name} wants {type_text(hint)}, not {given}{_from(item)}{also}"


def _not_json(item: Given) -> str:
    """Say where words that begin like JSON are none; empty where they are, or are meant as text."""
    if item.text is None or not isinstance(item.value, str) or item.text[:1] not in {"[", "{", '"'}:
        return ""
    try:
        json.loads(item.text)
    except ValueError as error:
        return f"as JSON: {str(error).lower()}"
    return ""


def _shown(value: JSON) -> str:
    return show(json.dumps(value, ensure_ascii=False))


def _readings(hint: Hint, item: Given) -> list[JSON]:
    """Return what a value may mean, the likeliest first: words without a type may be meant as text."""
    if item.text is None or isinstance(item.value, str):
        return [item.value]
    return [item.text] if unwrap(hint) is str else [item.value, item.text]


def _hint_of(param: Param, cls: type[Workflow]) -> Hint:
    return _field_hint(cls, param.name) if param.step else graph_hints(cls).get(param.name, MISSING)


def _field_hint(cls: type[Workflow], name: str) -> Hint:
    model = cast("type[Any]", steps_of(cls)[PARAMS].signature.returns)
    field = model.model_fields[name]
    if not field.metadata:
        return cast("object", field.annotation)
    return cast("object", operator.getitem(cast("Any", Annotated), (field.annotation, *field.metadata)))


def _trivially(hint: Hint, value: JSON) -> JSON | Literal[_Unfit.UNFIT]:
    """Return a value that is plainly one of a plain type, else `UNFIT`, which decides nothing."""
    if hint is MISSING or any(hint is anything for anything in (Any, object, inspect.Parameter.empty)):
        return value
    if typing.get_origin(hint) is Annotated:
        return _UNFIT
    plain = unwrap(hint)
    if plain is float and type(value) is int and abs(value) <= _SURE:
        return float(value)
    if plain is None or plain in SCALARS:
        return value if type(value) is (plain or type(None)) else _UNFIT
    if isinstance(plain, type) and issubclass(plain, Enum):
        return value if _is_member(value, [member.value for member in plain]) else _UNFIT
    return _trivially_form(plain, value)


def _trivially_form(plain: Hint, value: JSON) -> JSON | Literal[_Unfit.UNFIT]:
    origin, arguments = typing.get_origin(plain) or plain, typing.get_args(plain)
    if origin is Literal:
        return value if _is_member(value, list(arguments)) else _UNFIT
    if is_union(plain):
        fits = [fit for fit in (_trivially(item, value) for item in arguments) if fit is not _UNFIT]
        return next((fit for fit in fits if type(fit) is type(value)), fits[0] if fits else _UNFIT)
    if typing.is_typeddict(plain) and isinstance(value, dict):
        return _trivially_table(cast("type", plain), value)
    if origin in _LISTS and isinstance(value, list):
        return _trivially_list(arguments[0], value) if arguments else value
    if origin in _DICTS and isinstance(value, dict) and (not arguments or unwrap(arguments[0]) is str):
        table = {key: _trivially(arguments[1], item) for key, item in value.items()} if arguments else value
        return _UNFIT if any(item is _UNFIT for item in table.values()) else cast("JSON", table)
    return _UNFIT


def _trivially_list(hint: Hint, value: list[JSON]) -> JSON | Literal[_Unfit.UNFIT]:
    if isinstance(hint, type) and hint in SCALARS and all(type(item) is hint for item in value):
        return value
    items = [_trivially(hint, item) for item in value]
    return _UNFIT if any(item is _UNFIT for item in items) else cast("JSON", items)


def _trivially_table(cls: type, value: dict[str, JSON]) -> JSON | Literal[_Unfit.UNFIT]:
    hints = typing.get_type_hints(cls)
    if not vars(cls)["__required_keys__"] <= value.keys() <= hints.keys():
        return _UNFIT
    table = {key: _trivially(hints[key], item) for key, item in value.items()}
    return _UNFIT if any(item is _UNFIT for item in table.values()) else cast("JSON", table)


def _is_member(value: JSON, members: list[object]) -> bool:
    return any(type(member) is type(value) and member == value for member in members)


def needs_maker(hint: Hint) -> bool:
    """Say whether values of a type are more than the JSON that stands for them.

    False for plain JSON types and what is made of them, true where an enum, a model, a tuple, a set
    or a dataclass is anywhere inside.

    >>> needs_maker(list[int]), needs_maker(tuple[int, str])
    (False, True)
    """
    return _needs_maker(hint, ())


def _needs_maker(hint: Hint, inside: tuple[Hint, ...]) -> bool:
    if hint is MISSING or any(hint is outer for outer in inside):
        return False
    plain = unwrap(hint)
    inner = (*inside, hint, plain)
    origin = typing.get_origin(plain) or plain
    if origin is Literal:
        return False
    if is_union(plain) or origin in _LISTS or origin in _DICTS:
        return any(_needs_maker(part, inner) for part in typing.get_args(plain))
    if typing.is_typeddict(plain):
        return any(_needs_maker(part, inner) for part in typing.get_type_hints(plain).values())
    return plain is not None and not any(plain is simple for simple in _SIMPLE)


def rebuild(cls: type[Workflow], maker: str, value: JSON) -> object:
    """Return the Python object of a parameter, or of an item of it, from its JSON.

    `maker` reads `module:Class/parameter`, with `/[]` for each level of list that was entered. Raises
    `ParameterError` when the JSON is not a value of that type.
    """
    hint = _hint_at(cast("Hashable", cls), maker)
    if not needs_maker(hint):
        return value
    if isinstance(hint, type) and issubclass(hint, Enum) and _trivially(hint, value) is not _UNFIT:
        return hint(value)
    from axl.runtime.parameters.typed import MisfitError, build  # noqa: PLC0415 (pydantic, only where it is needed)

    try:
        return build(hint, value)
    except MisfitError as misfit:
        raise ParameterError(
            f"{_shown(value)} is no {type_text(hint)} any more; {misfit}",
            where=loc_of(cls),
            hint="the type changed since the run began; start anew with --fresh",
        ) from None


@functools.lru_cache(maxsize=1024)
def _hint_at(cls: Hashable, maker: str) -> Hint:
    _, name, *levels = maker.split("/")
    hint = graph_hints(cast("type[Workflow]", cls)).get(name, MISSING)
    for _ in levels:
        hint = _item_of(hint)
    return hint


def _item_of(hint: Hint) -> Hint:
    """Return the type of the items of a list type; of a tuple that has several, their union."""
    plain = MISSING if hint is MISSING else unwrap(hint)
    arguments = [part for part in typing.get_args(plain) if part is not ...]
    if is_union(plain):
        arguments = [item for item in map(_item_of, arguments) if item is not MISSING]
    elif isinstance(plain, type) and is_named_tuple(plain):
        arguments = list(typing.get_type_hints(plain).values())
    elif typing.get_origin(plain) not in _MANY:
        return MISSING
    return union_of(arguments) if arguments else MISSING


__all__ = ["PARAM", "Given", "bind", "needs_maker", "read_params", "rebuild"]
