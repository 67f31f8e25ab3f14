"""The published JSON schema of a workflow document, for tools that are not axl."""

from __future__ import annotations

from typing import TypeAlias

from axl.ir.document import JSON
from axl.ir.limits import ID_PATTERN, MAX_ID_CHARS, MAX_INTEGER
from axl.ir.nodes import IR_VERSION

Schema: TypeAlias = dict[str, JSON]

_TEXT: Schema = {"type": "string"}
_NAME: Schema = {"type": "string", "minLength": 1}
_COUNT: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_INTEGER}
_FLAG: Schema = {"type": "boolean"}
_SECONDS: Schema = {"type": "number", "minimum": 0}
_ABOVE_ZERO: Schema = {"type": "number", "exclusiveMinimum": 0}
_JSON_TEXT: Schema = {"type": "string", "contentMediaType": "application/json"}
_LOC: Schema = {"type": "string", "pattern": "^.+:[0-9]+$", "description": "file:line of the author's code"}


def json_schema() -> Schema:
    """Return the schema (draft 2020-12) of what `axl.ir.codec.to_json` makes.

    It says what a document looks like; that names are bound and policies make sense is for
    `axl.check` to say.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "axl workflow",
        "description": "A traced workflow. Readers refuse a newer ir_version and unknown keys.",
        **_workflow(),
        "$defs": {
            "id": {"type": "string", "pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID_CHARS},
            "atom": _atom(),
            "bindings": _list(_pair(_NAME, _ref("atom"))),
            "block": _block(),
            "node": {"oneOf": [_ref("task"), _ref("map"), _ref("branch"), _ref("group")]},
            "task": _task(),
            "map": _map(),
            "branch": _branch(),
            "group": _group(),
            "output": _object({"name": _NAME, "type": _TEXT, "handler": _NAME, "ext": _TEXT}, {}),
            "param": _param(),
            "policy": _policy(),
        },
    }


def _workflow() -> Schema:
    return _object(
        {
            "ir_version": {"const": IR_VERSION},
            "name": _NAME,
            "source": {"type": "string", "description": "module:Class"},
            "body": _ref("block"),
        },
        {
            "doc": _TEXT,
            "params": _list(_ref("param")),
            "on_exit": _ref("task"),
            "schedule": _object({"cron": _NAME}, {"timezone": _NAME}),
            "max_parallel": _COUNT,
            "defaults": _ref("policy"),
            "loc": _LOC,
        },
    )


def _atom() -> Schema:
    return {
        "oneOf": [
            _object({"const": _JSON_TEXT}, {}),
            _object({"in": _NAME}, {}),
            _object({"out": _ref("id")}, {"port": _NAME}),
            _object({"list": _list(_ref("atom"))}, {}),
            _object({"tuple": _list(_ref("atom"))}, {}),
            _object({"dict": _list(_pair(_TEXT, _ref("atom")))}, {}),
        ]
    }


def _block() -> Schema:
    return _object({"result": _ref("atom")}, {"inputs": _list(_NAME), "nodes": _list(_ref("node"))})


def _task() -> Schema:
    return _node(
        "task",
        {"step": _NAME, "outputs": {**_list(_ref("output")), "minItems": 1}},
        {"args": _ref("bindings"), "policy": _ref("policy")},
    )


def _map() -> Schema:
    return _node(
        "map",
        {
            "over": {**_list(_ref("atom")), "minItems": 1},
            "items": {**_list(_NAME), "minItems": 1},
            "body": _ref("block"),
        },
        {"captures": _ref("bindings"), "concurrency": _COUNT, "batch": _COUNT, "max_items": _COUNT},
    )


def _branch() -> Schema:
    return _node(
        "branch",
        {"test": _ref("atom"), "then": _ref("block"), "otherwise": _ref("block")},
        {"captures": _ref("bindings")},
    )


def _group() -> Schema:
    return _node("group", {"workflow": _NAME, "body": _ref("block")}, {"captures": _ref("bindings")})


def _param() -> Schema:
    return _object(
        {"name": _NAME, "type": _TEXT, "schema": _JSON_TEXT},
        {"default": _JSON_TEXT, "required": _FLAG, "doc": _TEXT, "step": _TEXT, "loc": _LOC},
    )


def _policy() -> Schema:
    texts = _list(_pair(_NAME, _TEXT))
    resources: Schema = {"cpu_milli": _COUNT, "memory_bytes": _COUNT, "disk_bytes": _COUNT}
    return _object(
        {},
        {
            "resources": _object({}, {**resources, "gpu": {"type": "integer", "minimum": 0}}),
            "retry": _retry(),
            "timeout_s": _ABOVE_ZERO,
            "env": texts,
            "secrets": _list(_object({"env": _NAME, "name": _NAME}, {"key": _TEXT})),
            "image": _TEXT,
            "packages": _list(_NAME),
            "input_mode": _list(_pair(_NAME, {"enum": ["object", "path"]})),
            "cache": _object({}, {"enabled": _FLAG, "version": _TEXT, "ttl_s": _ABOVE_ZERO}),
            "on_failure": {"enum": ["fail", "continue", "default"]},
            "default_json": _JSON_TEXT,
            "platform": _list(_pair(_NAME, _JSON_TEXT)),
        },
    )


def _retry() -> Schema:
    return _object(
        {},
        {
            "attempts": _COUNT,
            "delay_s": _SECONDS,
            "factor": {"type": "number", "minimum": 1},
            "max_delay_s": _SECONDS,
            "jitter": {"type": "number", "minimum": 0, "maximum": 1},
            "on": _list(_NAME),
        },
    )


def _node(kind: str, required: Schema, optional: Schema) -> Schema:
    head: Schema = {"kind": {"const": kind}, "id": _ref("id")}
    return _object({**head, **required}, {**optional, "after": _list(_ref("id")), "loc": _LOC})


def _object(required: Schema, optional: Schema) -> Schema:
    out: Schema = {"type": "object", "properties": {**required, **optional}, "additionalProperties": False}
    if required:
        out["required"] = list(required)
    return out


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _pair(first: Schema, second: Schema) -> Schema:
    return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
