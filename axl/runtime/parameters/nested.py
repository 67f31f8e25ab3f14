"""Sets one field of a parameter that has fields: what `--param model.lr=0.2` stands for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from axl.errors import ParameterError
from axl.io.assignment import Given, show
from axl.ir.nodes import Param
from axl.wire.values import JSON

_Schema = dict[str, JSON]


def with_field(param: Param, before: Given | None, item: Given) -> Given:
    """Return the whole value of a parameter, with one field as `item` says; its name is `model.lr`.

    The rest is what was given `before`, else the parameter's default. Raises `ParameterError` where
    there is nothing to set a field in.
    """
    path = item.name.split(".")[1:]
    if before is None and param.step:
        raise ParameterError(
            f"{show(item.name)} sets a field of {param.name}, whose other fields only the step {param.step} knows:"
            f" give it whole, as in --param '{param.name}={{…}}'"
        )
    whole = before.value if before is not None else _default(param)
    value = _value(cast("_Schema", json.loads(param.schema)), path, item)
    return Given(name=param.name, value=_put(whole, path, value, param.name), source=item.source)


def _default(param: Param) -> JSON:
    return cast("JSON", json.loads(param.default.json)) if param.default is not None else None


def _put(whole: JSON, path: Sequence[str], value: JSON, name: str) -> JSON:
    """Return a copy of a value in which the field at a path is another; fields that are missing are made."""
    if not path:
        return value
    fields = {} if whole is None else whole
    if not isinstance(fields, dict):
        raise ParameterError(f"{name} is {show(json.dumps(fields))}, which has no field {show(path[0])}")
    first, *rest = path
    return {**fields, first: _put(fields.get(first), rest, value, f"{name}.{first}")}


def _value(schema: _Schema, path: Sequence[str], item: Given) -> JSON:
    """Return what the words say: for a field of text the words themselves, else their JSON."""
    kinds = {str(form.get("type", "")) for form in _forms_at(schema, path)}
    plain = kinds == {"string"} or (kinds == {"string", "null"} and item.value is not None)
    return item.text if plain and item.text is not None else item.value


def _forms_at(root: _Schema, path: Sequence[str]) -> list[_Schema]:
    """Return the schemas that a field may have; none where the schema does not tell."""
    forms = _forms(root, root)
    for name in path:
        fields = [field for form in forms if (field := _field(form, name)) is not None]
        forms = [each for field in fields for each in _forms(field, root)]
    return forms


def _field(schema: _Schema, name: str) -> _Schema | None:
    properties = schema.get("properties")
    found = properties.get(name) if isinstance(properties, dict) else None
    found = found if found is not None else schema.get("additionalProperties")
    return found if isinstance(found, dict) else None


def _forms(schema: _Schema, root: _Schema) -> list[_Schema]:
    """Return a schema without references, one for each alternative."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        definitions = root.get("$defs")
        found = definitions.get(reference.removeprefix("#/$defs/")) if isinstance(definitions, dict) else None
        return _forms(found, root) if isinstance(found, dict) else []
    either = schema.get("anyOf")
    if isinstance(either, list):
        return [form for each in either if isinstance(each, dict) for form in _forms(each, root)]
    return [schema]
