"""Functions without a source: what their bytecode says, for one version of Python."""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from types import CodeType

from blake3 import blake3

from axl.runtime.code.normal import Chain, Import, Reading


def read_code(code: CodeType) -> Reading:
    """Return what a function's bytecode says; every name in it counts as one that it may use."""
    imports = {f"import {item.module}": item for item in _imports(code)}
    chains: set[Chain] = {(name,) for name in globals_of(code)} | {(name,) for name in imports}
    if code.co_argcount:
        chains |= {(code.co_varnames[0], name) for name in globals_of(code)}
    digest = blake3(f"{sys.implementation.cache_tag} {_text(code)}".encode("utf-8", "surrogatepass"))
    return Reading(
        digest=digest.hexdigest(),
        line=code.co_firstlineno,
        chains=tuple(sorted(chains)),
        imports=imports,
        loads=tuple(imports.values()),
        passed=frozenset(chains),
        words=globals_of(code),
    )


def globals_of(code: CodeType) -> frozenset[str]:
    """Return every name that a code or one inside it looks up in a module or on an object."""
    return frozenset(name for inner in _all(code) for name in inner.co_names)


def locals_of(code: CodeType) -> frozenset[str]:
    """Return the names of a function's own variables."""
    return frozenset((*code.co_varnames, *code.co_cellvars))


def _all(code: CodeType) -> Iterator[CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _all(const)


def _text(code: CodeType) -> str:
    """Write what a code does: neither where it stands nor what it is called."""
    consts = [_text(item) if isinstance(item, CodeType) else _const(item) for item in code.co_consts]
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return repr((code.co_code, consts, counts, names, code.co_exceptiontable))


def _const(value: object) -> str:
    return repr(sorted(map(repr, value))) if isinstance(value, frozenset) else repr(value)


def _imports(code: CodeType) -> Iterator[Import]:
    for inner in _all(code):
        before: list[object] = [0, 0]
        for step in dis.get_instructions(inner):
            if step.opname == "IMPORT_NAME":
                level = before[0]
                yield Import(str(step.argval), "", level if isinstance(level, int) else 0)
            before = [before[1], step.argval]
