"""Follows names: from what code reads, through imports and modules, to the statements and values behind it."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from axl.dsl.naming import module_name
from axl.runtime.code.members import read_self, read_super
from axl.runtime.code.modules import Scope, attribute, import_own, loaded, names_in
from axl.runtime.code.normal import SUPER, Chain, Import
from axl.runtime.code.packages import Home, file_of
from axl.runtime.code.source import Source
from axl.runtime.code.surroundings import read_effects
from axl.runtime.code.unseen import refuse_builtin, refuse_import, refuse_value

if TYPE_CHECKING:
    from axl.runtime.code.following import Walk

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a name: where, as which text, and whether its value goes on to somebody else."""

    scope: Scope
    via: str
    passed: bool = False


def read_chains(
    walk: Walk, chains: Iterable[Chain], scope: Scope, passed: frozenset[Chain] = frozenset()
) -> None:
    """Follow names, and the attributes that follow them."""
    for chain in chains:
        root, use = chain[0], Use(scope=scope, via=".".join(chain), passed=chain in passed)
        if root == SUPER:
            read_super(walk, chain[1], scope.reader, use.via)
        elif root == scope.self_name and root:
            read_self(walk, chain, scope.reader, use.via)
        elif root in scope.imports:
            _imported(walk, scope.imports[root], chain, use)
        elif root in scope.hidden:
            continue
        elif root in scope.globals:
            _global(walk, chain, scope.globals, use)
        else:
            _builtin(walk, root, use)


def read_import(walk: Walk, item: Import, scope: Scope, via: str) -> None:
    """Note what an import runs, whether or not its names are used."""
    if _is_foreign(walk, item):
        walk.parts.link(scope.reader, via, item.module)
        walk.package(item.module)
        return
    module = import_own(item, scope) if scope.late else loaded(item, scope.globals)
    if module is not None:
        walk.parts.link(scope.reader, via, walk.parts.name_of(module, own=True))
        read_effects(walk, module)


def _builtin(walk: Walk, name: str, use: Use) -> None:
    if use.scope.strict:
        refuse_builtin(name, use.scope.where)
    _patched(walk, builtins, (name,), use)


def _global(walk: Walk, chain: Chain, names: Mapping[str, object], use: Use) -> None:
    module = sys.modules.get(str(names.get("__name__", "")))
    for index, name in enumerate(chain):
        rest = chain[index + 1 :]
        if name not in names:
            if module and index:  # `__dict__`, or what is made when it is asked for: all of it may be meant
                walk.visit(module, use.scope.reader, use.via)
            return
        value = names[name]
        if not isinstance(value, ModuleType):
            _binding(walk, module, name, names, use)
            _patched(walk, value, rest, use)
            return
        if not walk.project.is_own(value):
            _foreign(walk, value.__name__, rest, use)
            _patched(walk, value, rest, use)
            return
        if not rest:
            walk.visit(value, use.scope.reader, use.via)
            return
        module, names = value, names_in(value, rest[0])


def _foreign(walk: Walk, module: str, rest: Chain, use: Use) -> None:
    """Note a package that is used; refuse what would load code that only runs can name."""
    if use.scope.strict:
        refuse_import(".".join((module, *rest)), use.scope.where)
    walk.parts.link(use.scope.reader, use.via, module)
    walk.package(module)


def _patched(walk: Walk, value: object, rest: Chain, use: Use) -> None:
    """Follow the author's code where it was put into a module or class of another's."""
    for name in rest:
        value = attribute(value, name)
        if isinstance(value, (FunctionType, type)) and walk.is_own(value):
            walk.visit(value, use.scope.reader, f"{use.via} patched")


def _binding(walk: Walk, module: ModuleType | None, name: str, names: Mapping[str, object], use: Use) -> None:
    """Follow a global: the statements that make it, and what it is now."""
    value, source, reader = names[name], walk.project.source(module), use.scope.reader
    if use.scope.strict:
        refuse_value(value, use.scope.where)
    if name == "__file__":
        walk.parts.link(reader, use.via, "this file")
        return
    statements: Sequence[ast.stmt] = source.bindings.get(name, []) if source else []
    if not statements and isinstance(value, (FunctionType, type)):
        walk.visit(value, reader, use.via)
        if use.passed:
            walk.remarks.passed(walk, value)
        return
    if not statements and source and module and _from_elsewhere(walk, module, source, name, use):
        return
    key = f"{module_name(str(names.get('__name__', '')))}:{name}"
    walk.parts.link(reader, use.via, key)
    if module and source is None:
        walk.compiled(module)
    if walk.is_new("binding", key):
        made = statements or (source.definitions(name) if source else [])
        bound = Bound(key=key, name=name, value=value, statements=made, module=module, source=source)
        walk.later(partial(_bound, walk, bound, use.scope))


def _from_elsewhere(walk: Walk, module: ModuleType, source: Source, name: str, use: Use) -> bool:
    """Follow a value to the module that it was imported from; false where it was not."""
    stars = [Import(star.module, name, star.level) for star in source.stars]
    for item in [*source.imports.get(name, []), *stars]:
        home = loaded(item, vars(module))
        if home is None or vars(home).get(item.attr, home) is not vars(module)[name]:
            continue
        if walk.project.is_own(home):
            _global(walk, (item.attr,), vars(home), use)
        else:
            _foreign(walk, item.module, (item.attr,), Use(scope=use.scope, via=f"{use.via} {item.attr}"))
        return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A global of a module: its value, and the statements that make it, where they are known."""

    key: str
    name: str
    value: object
    statements: Sequence[ast.stmt]
    module: ModuleType | None
    source: Source | None


def _bound(walk: Walk, bound: Bound, scope: Scope) -> None:
    if type(bound.value).__module__ == "logging":
        return
    known = bool(bound.statements)
    if known and bound.module and bound.source:
        hidden = frozenset({bound.name})
        walk.statements(bound.key, bound.statements, bound.module, bound.source, hidden=hidden)
    walk.beside.value(bound.value)
    opaque = walk.visit(bound.value, bound.key, "value")
    if not opaque or (known and all(isinstance(item, _DEFINITIONS) for item in bound.statements)):
        return
    if not known or walk.is_made_outside(bound):
        walk.refuse(bound.key, opaque, scope.where)


def _is_foreign(walk: Walk, item: Import) -> bool:
    top = item.module.partition(".")[0]
    return not item.level and walk.project.home(item.module, file_of(top)) is not Home.OWN


def _imported(walk: Walk, item: Import, chain: Chain, use: Use) -> None:
    """Follow an import inside a function; modules of the project are imported to be read."""
    rest = (item.attr, *chain[1:]) if item.attr else chain[1:]
    if _is_foreign(walk, item):
        _foreign(walk, item.module, rest, Use(scope=use.scope, via=f"{use.via} {item.attr}"))
        _patched(walk, sys.modules.get(item.module), rest, use)
        return
    module = import_own(item, use.scope)
    if not item.attr and chain[0] == item.module.partition(".")[0] != item.module:
        module = sys.modules[chain[0]]
    if rest:
        _global(walk, rest, names_in(module, rest[0]), use)
    else:
        walk.visit(module, use.scope.reader, use.via)
