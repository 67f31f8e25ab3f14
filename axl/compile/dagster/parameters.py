"""The parameters of a run as fields of a Dagster config class: names, types and defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from axl.compile.dagster.source import Plain, enclosed, layout, prose, text
from axl.ir.nodes import Param
from axl.wire.values import JSON

TAKEN = frozenset(
    """
    configure_at_launch construct copy create_resource dict from_orm from_resource_context
    from_resource_context_cm get_object_to_set_on_execution_context get_resource_context get_resource_definition
    is_list json
    model_computed_fields model_config model_construct model_copy model_dump model_dump_json model_extra
    model_fields model_fields_set model_json_schema model_parametrized_name model_post_init model_rebuild
    model_validate model_validate_json model_validate_strings nested_resources parse_file parse_obj parse_raw
    process_config_and_initialize process_config_and_initialize_cm required_resource_keys schema
    schema_json setup_for_execution teardown_after_execution to_config_schema
    to_fields_dict update_forward_refs
    validate with_replaced_resource_context with_resource_context yield_for_execution int float bool str list
    Any Field given
    """.split()
)
"""Names that mean something in a config class already: Dagster's, pydantic's, the annotations', its own."""

_SIMPLE = {"integer": "int", "number": "float", "boolean": "bool", "string": "str", "null": "None"}


def attributes(params: tuple[Param, ...]) -> dict[str, str]:
    """Return the attribute of the config class for each parameter: its own name wherever that can be."""
    names = {param.name for param in params}
    out: dict[str, str] = {}
    for param in params:
        attribute = param.name
        if attribute in TAKEN or attribute.startswith(("_", "model_")) or not attribute.isascii():
            plain = "".join(c for c in attribute if c.isascii()).strip("_") or "value"
            own = plain[0].isalpha() and not plain.startswith("model_")
            attribute = f"{plain}_" if own else f"value_{plain}_"
            while attribute in names or attribute in out.values():
                attribute += "_"
        out[param.name] = attribute
    return out


def config_class(params: tuple[Param, ...]) -> str:
    """Return the class that types what a run takes."""
    lines = [
        "class Parameters(dg.ConfigurableResource):  # type: ignore[type-arg]",
        '    """What a run takes."""',
    ]
    names = attributes(params)
    if params:
        lines.append("")
    lines += [f"    {_field(param, names[param.name])}" for param in params]
    lines += ["", "    def given(self) -> dict[str, Any]:", '        """Return the values by name."""']
    lines += [f"        {statement}" for statement in _given(params, names)]
    return "\n".join(lines)


def _field(param: Param, attribute: str) -> str:
    kind = annotation(json.loads(param.schema))
    arguments = list(_arguments(param, attribute))
    if param.step and not kind.endswith("None") and kind != "Any":
        kind = f"{kind} | None"
    return (
        enclosed(f"{attribute}: {kind} = Field(", arguments, ")", 4) if arguments else f"{attribute}: {kind}"
    )


def _arguments(param: Param, attribute: str) -> Iterator[str]:
    if param.step:
        yield "default=None"
    elif param.default is not None:
        yield layout(cast("Plain", json.loads(param.default.json)), 8, "default=")
    if attribute != param.name:
        yield f"alias={text(param.name)}"
    doc = param.doc
    if param.step:
        doc = f"{doc} " if doc else ""
        doc += "Without a value, the params step decides."
    if doc:
        yield prose(doc, 8, "description=")


def _given(params: tuple[Param, ...], names: dict[str, str]) -> Iterator[str]:
    values = [f"{text(param.name)}: self.{names[param.name]}" for param in params if not param.step]
    maybe = [f"{text(param.name)}: self.{names[param.name]}" for param in params if param.step]
    if not maybe:
        yield enclosed("return {", values, "}", 8)
        return
    yield enclosed("given: dict[str, Any] = {", values, "}", 8)
    yield enclosed("fields: dict[str, Any] = {", maybe, "}", 8)
    yield "given |= {name: value for name, value in fields.items() if value is not None}"
    yield "return given"


def annotation(schema: JSON) -> str:
    """Return the Python type of a JSON schema, as exactly as Dagster's config can say it.

    What it cannot say is `Any`: the run checks every value against the author's own type anyway.
    """
    if not isinstance(schema, dict):
        return "Any"
    choices = schema.get("anyOf")
    if isinstance(choices, list):
        return _optional(choices)
    if "enum" in schema or "const" in schema:
        return _enum(schema)
    kind = schema.get("type")
    if kind == "array" and "prefixItems" not in schema:
        return f"list[{annotation(schema.get('items'))}]"
    if kind == "array":
        return "list[Any]"
    if kind == "object" and "properties" not in schema:
        return f"dict[str, {annotation(schema.get('additionalProperties'))}]"
    if kind == "object":
        return "dict[str, Any]"
    return _SIMPLE.get(kind, "Any") if isinstance(kind, str) and kind != "null" else "Any"


def _optional(choices: list[JSON]) -> str:
    kinds = [annotation(choice) for choice in choices if choice != {"type": "null"}]
    if len(kinds) != 1 or len(kinds) == len(choices) or kinds[0] == "Any":
        return "Any"
    return f"{kinds[0]} | None"


def _enum(schema: dict[str, JSON]) -> str:
    values = schema.get("enum", [schema.get("const")])
    kinds = {_kind(value) for value in values} if isinstance(values, list) else set[str]()
    return kinds.pop() if len(kinds) == 1 else "Any"


def _kind(value: JSON) -> str:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "str"
        case _:
            return "Any"
