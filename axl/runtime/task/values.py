"""Turns values into Python objects and back: the only place where artifacts are loaded and stored."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_never, cast, get_args, get_origin

from blake3 import blake3

from axl.dsl.describe import steps_of
from axl.dsl.signature import StepSignature
from axl.errors import DamagedError, StoreError
from axl.io.handlers import get_handler
from axl.io.mentions import listening
from axl.io.store import ObjectWriter, Store
from axl.io.stores.digests import MEND
from axl.ir.hints import MISSING, Hint
from axl.ir.nodes import RESULT
from axl.runtime.code.classes import find_class
from axl.runtime.code.own import own_names
from axl.wire.failed import Failed
from axl.wire.record import decode_node
from axl.wire.spec import OutputSpec
from axl.wire.values import Lit, Many, Ref, Value

SPLIT_INLINE = 256
"""Bytes up to which an item of a split list travels in the list's own record."""
_PICKLING = ("pickle", "cloudpickle")
_OF_LISTS = frozenset({"json", *_PICKLING})
"""Handlers that store a list like its items."""
_PLAIN = frozenset({int, float, str, bool, bytes, type(None)})
"""Types whose pickles name no class."""


class UnstoredError(Exception):
    """One output of a step cannot be stored; the cause says why."""

    def __init__(self, out: OutputSpec, value: object) -> None:
        super().__init__(out.name)
        self.out = out
        self.kind = type(value)


def load_value(value: Value, store: Store, hint: object = object) -> object:
    """Return the object that a value stands for.

    `hint` is the annotation of whoever receives it. Raises `DamagedError` when stored bytes are
    missing or changed; what a handler raises passes through.
    """
    match value:
        case Ref():
            return get_handler(value.handler).load(read_bytes(value, store), hint)
        case Lit():
            return _load_literal(value)
        case Many():
            return _load_many(value, store, hint)
        case Failed():
            return value
        case _:
            assert_never(value)


def read_bytes(ref: Ref, store: Store) -> memoryview:
    """Return the verified bytes of a reference, wherever they are."""
    data = ref.data
    if data is None and ref.at:
        data = _inline_at(ref, store)
    if data is None:
        return store.read(ref.digest)
    if blake3(data).hexdigest() != ref.digest:
        raise DamagedError(
            f"a stored value of {ref.size} bytes does not match its digest {ref.digest[:16]}",
            hint=MEND,
            digest=ref.digest,
        )
    return memoryview(bytearray(data))


def save_outputs(
    value: object, outputs: tuple[OutputSpec, ...], signature: StepSignature, store: Store
) -> tuple[tuple[str, Value], ...]:
    """Store what a step returned, one artifact per output.

    Raises `TypeError` when it does not have the outputs that the step is annotated with, and
    `UnstoredError`, with its reason as cause, when a handler does not take one of them.
    """
    if len(outputs) == 1 and outputs[0].name == RESULT:
        return ((RESULT, _save_output(value, outputs[0], store)),)
    parts = _parts(value, outputs, signature)
    return tuple((out.name, _save_output(parts[out.name], out, store)) for out in outputs)


def _save_output(value: object, out: OutputSpec, store: Store) -> Value:
    try:
        return save_value(value, out, store)
    except StoreError:
        raise
    except Exception as error:  # the author's classes and handlers may raise anything
        raise UnstoredError(out, value) from error


def save_value(value: object, out: OutputSpec, store: Store) -> Value:
    """Store one artifact, item by item where a map runs over it."""
    if isinstance(value, Failed):
        return value
    if out.split and type(value) in (list, tuple):
        return split_value(cast("list[object]", value), out.handler, store)
    with store.write() as stream:
        return _dump(value, out.handler, stream)


def split_value(items: list[object] | tuple[object, ...], handler: str, store: Store) -> Many:
    """Store a list or tuple item by item, so that each item has its own digest."""
    refs = []
    for item in items:
        with store.write(SPLIT_INLINE) as stream:
            refs.append(_dump(item, handler, stream))
    return Many("tuple" if type(items) is tuple else "list", tuple(refs))


def local_file(value: Value, store: Store, folder: Path, name: str) -> object:
    """Return a read-only file that holds a value's bytes, named after the argument.

    What is a file or folder already is handed over as that, under its own name.
    """
    if isinstance(value, Failed):
        return value
    ref = value if isinstance(value, Ref) else _as_one(value, store, name)
    handler = get_handler(ref.handler)
    if handler.name.partition("+")[0] == "path":
        return handler.load(read_bytes(ref, store), Path)
    link = folder / f"{name}.{handler.ext}" if handler.ext else folder / name
    if ref.data is None and not ref.at:
        link.symlink_to(store.local_path(ref.digest))
    else:
        link.write_bytes(read_bytes(ref, store))
        link.chmod(0o400)
    return link


def _as_one(value: Value, store: Store, name: str) -> Ref:
    """Store as one artifact what is a literal, or a list that a map has had stored item by item."""
    handlers = (
        {item.handler for item in value.items if isinstance(item, Ref)}
        if isinstance(value, Many)
        else {"json"}
    )
    if len(handlers) != 1 or not handlers <= _OF_LISTS or (isinstance(value, Many) and value.shape != "list"):
        raise TypeError(f'`{name}` has input_mode="path", but its value is not one stored artifact')
    whole = json.loads(value.json) if isinstance(value, Lit) else load_value(value, store)
    with store.write() as stream:
        return _dump(whole, handlers.pop(), stream)


def _dump(value: object, handler_name: str, stream: ObjectWriter) -> Ref:
    handler, kind, code = get_handler(handler_name), type(value), set[str]()
    if kind in _PLAIN or not handler.name.startswith(_PICKLING):
        handler.dump(value, stream)
    else:
        with listening(own_names()) as code:
            handler.dump(value, stream)
    stored = stream.finish()
    truth = bool(value) if kind is bool or kind.__name__ in ("bool_", "bool") else None
    count = len(value) if isinstance(value, list | tuple) else None
    return Ref(
        stored.digest,
        stored.size,
        handler.name,
        handler.library,
        count,
        truth,
        stored.data,
        code=tuple(sorted(code)),
    )


def _parts(value: object, outputs: tuple[OutputSpec, ...], signature: StepSignature) -> Mapping[str, object]:
    names = [out.name for out in outputs]
    hint = signature.returns
    if signature.as_tuple:
        if not isinstance(value, tuple) or len(value) != len(names):
            raise TypeError(
                f"the step is annotated to return a tuple of {len(names)}, but returned {_shown(value)}"
            )
        return dict(zip(names, value, strict=True))
    if not (isinstance(hint, type) and isinstance(value, hint)):
        wanted = hint.__name__ if isinstance(hint, type) else str(hint)
        raise TypeError(f"the step is annotated to return {wanted}, but returned {_shown(value)}")
    if type(value) is not hint:
        raise TypeError(
            f"the step is annotated to return {hint.__name__}, but returned {_shown(value)}, a subclass: outputs "
            f"are stored one by one and would come back as {hint.__name__}; annotate the class itself"
        )
    return {name: getattr(value, name) for name in names}


def _shown(value: object) -> str:
    length = f" of {len(value)}" if isinstance(value, tuple) else ""
    return f"{type(value).__name__}{length}"


def _load_literal(value: Lit) -> object:
    data = json.loads(value.json)
    if not value.maker:
        return data
    from axl.runtime.parameters.bind import rebuild  # noqa: PLC0415 (pydantic, only for typed parameters)

    source, _, _ = value.maker.partition("/")
    return rebuild(find_class(source), value.maker, data)


def _load_many(value: Many, store: Store, hint: object) -> object:
    inner = _item_hint(hint)
    if value.shape == "outputs":
        return _rebuild_outputs(value, store)
    items = [load_value(item, store, inner) for item in value.items]
    if value.shape == "dict":
        return dict(zip(value.keys, items, strict=True))
    return tuple(items) if value.shape == "tuple" else items


def _item_hint(hint: object) -> object:
    args = get_args(hint)
    if get_origin(hint) is dict and len(args) == 2:
        return args[1]
    return args[0] if args else object


def _rebuild_outputs(value: Many, store: Store) -> object:
    source, _, step = value.maker.partition("/")
    signature = steps_of(find_class(source))[step].signature
    hints: Mapping[str, Hint] = signature.gives
    parts = {
        name: load_value(item, store, object if hints[name] is MISSING else hints[name])
        for name, item in zip(value.keys, value.items, strict=True)
    }
    if signature.as_tuple:
        return tuple(parts.values())
    make = cast("type[Any]", signature.returns)
    return make(**parts) if dataclasses.is_dataclass(make) else make(*parts.values())


def _inline_at(ref: Ref, store: Store) -> bytes | None:
    body = store.get_record(ref.at)
    if body is None:
        raise DamagedError(
            f"the record {ref.at} is gone", hint="run the same command again, which computes it"
        )
    for _, value in decode_node(body, ref.at).outputs:
        if isinstance(value, Ref) and value.digest == ref.digest:
            return value.data
    return None
