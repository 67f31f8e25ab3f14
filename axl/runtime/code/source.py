"""Source files as definitions: what each one defines, what its statements make, and what they change elsewhere.

A file is parsed and compiled once per state of it. The compiled code tells whether a function in memory
is still what the file says.
"""

from __future__ import annotations

import ast
import copy
import linecache
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType

from axl.runtime.code.effects import Effects, effects_in, is_store, root_of
from axl.runtime.code.normal import OURS, Import, Reading, imported, read

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(slots=True)
class Source:
    """One file: its functions and classes by qualified name, and the statements that bind its globals."""

    tree: ast.Module
    effects: Effects
    functions: dict[str, list[tuple[CodeType, ast.AST]]] = field(default_factory=dict)
    classes: dict[str, list[ast.ClassDef]] = field(default_factory=dict)
    bindings: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, list[Import]] = field(default_factory=dict)
    guarded: dict[str, Import] = field(default_factory=dict)
    stars: list[Import] = field(default_factory=list)
    loads: list[Import] = field(default_factory=list)
    _readings: dict[tuple[int, ...], Reading] = field(default_factory=dict)
    _members: dict[int, _Members] = field(default_factory=dict)

    def read(self, nodes: Sequence[ast.AST]) -> Reading:
        """Return what some of the file's nodes say together."""
        key = tuple([id(node) for node in nodes])
        if key not in self._readings:
            self._readings[key] = read(nodes)
        return self._readings[key]

    def read_function(self, node: ast.AST, is_ours: Callable[[str], bool]) -> Reading:
        """Return what a function says; of the decorators that are ours only that there are some."""
        key = (id(node), -1)
        if key not in self._readings:
            self._readings[key] = read([_without_ours(node, is_ours)])
        return self._readings[key]

    def definitions(self, name: str) -> list[ast.stmt]:
        """Return the functions and classes that a file defines under a name."""
        functions = [node for _, node in self.functions.get(name, []) if isinstance(node, ast.stmt)]
        return [*functions, *self.classes.get(name, [])]

    def made_in(self, cls: str, name: str, *, code: bool) -> list[ast.stmt]:
        """Return the statements of a class's body that give an attribute its value.

        `code` says that the value can be followed as it is, so that a definition need not be told.
        """
        made: list[ast.stmt] = []
        for node in self.classes.get(cls, []):
            if id(node) not in self._members:
                self._members[id(node)] = _members(node)
            members = self._members[id(node)]
            made += [*([] if code else members.defined.get(name, [])), *members.stored.get(name, [])]
        return made

    def node_of(self, code: CodeType) -> ast.AST | None:
        """Return the definition that compiles to this code, or `None` when the file says something else."""
        found = self.functions.get(code.co_qualname, [])
        same = [node for fresh, node in found if fresh == code] or [
            node for fresh, node in found if _same(fresh, code)
        ]
        return same[0] if same else None


@dataclass(frozen=True, slots=True)
class _Members:
    """The statements of a class's body, by the names that they define or assign."""

    defined: dict[str, list[ast.stmt]] = field(default_factory=dict)
    stored: dict[str, list[ast.stmt]] = field(default_factory=dict)


def _members(node: ast.ClassDef) -> _Members:
    members = _Members()
    for statement in node.body:
        if isinstance(statement, _DEFINITIONS):
            members.defined.setdefault(statement.name, []).append(statement)
            continue
        for name in _stored(statement):
            members.stored.setdefault(name, []).append(statement)
    return members


def _stored(statement: ast.stmt) -> set[str]:
    names = (item for item in ast.walk(statement) if isinstance(item, ast.Name))
    return {item.id for item in names if isinstance(item.ctx, ast.Store)}


_SOURCES: dict[str, tuple[tuple[int, int, int], Source | None]] = {}


def source_of_file(file: str) -> Source | None:
    """Return the parsed file, or `None` where there is no source; read again when the file changes."""
    try:
        status = os.stat(file)
        state = (status.st_mtime_ns, status.st_size, status.st_ino)
    except (OSError, ValueError):
        state = (0, 0, hash(tuple(linecache.getlines(file))))
    known = _SOURCES.get(file)
    if known is None or known[0] != state:
        known = _SOURCES[file] = (state, _parse(file))
    return known[1]


def _parse(file: str) -> Source | None:
    linecache.checkcache(file)
    text = "".join(linecache.getlines(file))
    if not text:
        return None
    try:
        tree = ast.parse(text)
        code = compile(tree, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return None
    source = Source(tree, effects_in(tree))
    codes: dict[tuple[str, int], list[CodeType]] = {}
    for inner in _codes(code):
        codes.setdefault((inner.co_qualname, inner.co_firstlineno), []).append(inner)
    _index(tree, "", source, codes)
    _bind(tree.body, source)
    return source


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


def _index(node: ast.AST, prefix: str, source: Source, codes: dict[tuple[str, int], list[CodeType]]) -> None:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, _FUNCTIONS):
            name = prefix + ("<lambda>" if isinstance(child, ast.Lambda) else child.name)
            for code in codes.get((name, _first_line(child)), [])[:1]:
                source.functions.setdefault(name, []).append((code, child))
                codes[name, code.co_firstlineno].pop(0)  # of several in one line, each has its own
            inner = f"{name}.<locals>."
        elif isinstance(child, ast.ClassDef):
            source.classes.setdefault(prefix + child.name, []).append(child)
            inner = f"{prefix}{child.name}."
        _index(child, inner, source, codes)


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> int:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(item.lineno for item in decorators)])


def _same(one: CodeType, other: CodeType) -> bool:
    """Compare what two codes do, wherever they stand in a file."""
    plain = (one.co_code, one.co_names, one.co_varnames, one.co_freevars, len(one.co_consts))
    if plain != (other.co_code, other.co_names, other.co_varnames, other.co_freevars, len(other.co_consts)):
        return False
    return all(
        _same(a, b) if isinstance(a, CodeType) and isinstance(b, CodeType) else repr(a) == repr(b)
        for a, b in zip(one.co_consts, other.co_consts, strict=True)
    )


def _bind(body: list[ast.stmt], source: Source) -> None:
    """Note which top-level statement binds or changes which global, whatever block it stands in."""
    for statement in body:
        if isinstance(statement, ast.If) and _is_guard(statement.test):
            source.guarded |= (item for inner in ast.walk(statement) for item in imported(inner))
            _bind(statement.orelse, source)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            _bind_import(statement, source)
        elif not isinstance(statement, _DEFINITIONS):
            _bind_names(statement, source)
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                for part in getattr(statement, name, ()):
                    _bind([part] if isinstance(part, ast.stmt) else part.body, source)


def _is_guard(test: ast.expr) -> bool:
    """Say whether a block is left out when the module is imported to run a step."""
    names = {item.id for item in ast.walk(test) if isinstance(item, ast.Name)}
    names |= {item.attr for item in ast.walk(test) if isinstance(item, ast.Attribute)}
    return bool(names & {"TYPE_CHECKING", "__name__"})


def _bind_import(statement: ast.Import | ast.ImportFrom, source: Source) -> None:
    for bound, item in imported(statement):
        source.loads.append(item)
        if bound == "*":
            source.stars.append(item)
        else:
            source.imports.setdefault(bound, []).append(item)


def _bind_names(statement: ast.stmt, source: Source) -> None:
    header = [item for item in ast.iter_child_nodes(statement) if not isinstance(item, ast.stmt)]
    parts = [item for part in header for item in ast.walk(part)]
    names = {item.id for item in parts if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    changed = {root_of(item) for item in parts if isinstance(item, ast.expr) and is_store(item)}
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        changed.add(root_of(statement.value.func))
    for name in sorted(names | changed):
        source.bindings.setdefault(name, []).append(statement)


def _without_ours(node: ast.AST, is_ours: Callable[[str], bool]) -> ast.AST:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node
    bare = copy.copy(node)
    bare.decorator_list = [
        ast.Name(OURS, ast.Load()) if is_ours(root_of(item)) else item for item in node.decorator_list
    ]
    return bare
