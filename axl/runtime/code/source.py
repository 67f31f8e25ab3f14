"""Source files as definitions: what each one says, in a form that layout, comments and docstrings do not change.

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

from blake3 import blake3

from axl.errors import UnsupportedError

Chain = tuple[str, ...]
SUPER = "super()"
_OURS = "@axl"

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_NOTHING: frozenset[str] = frozenset()
_NAMED = frozenset({"annotation", "returns"})
_ANNOTATION = frozenset({"annotation"})
_SKIPPED_FIELDS = frozenset({"ctx", "type_comment", "kind", "type_ignores"})


@dataclass(frozen=True, slots=True)
class Import:
    """One name that an import binds: `attr` is empty for a module, `level` counts leading dots."""

    module: str
    attr: str
    level: int


@dataclass(slots=True)
class Reading:
    """What a piece of source says.

    `chains` are the names it reads, each with the attributes that follow it: `features.normalize` is
    `("features", "normalize")`. `imports` are the names that import statements in it bind.
    """

    digest: str
    line: int
    chains: tuple[Chain, ...]
    imports: dict[str, Import]


@dataclass(slots=True)
class Source:
    """One file: its functions and classes by qualified name, and the statements that bind its globals."""

    functions: dict[str, list[tuple[CodeType, ast.AST]]] = field(default_factory=dict)
    classes: dict[str, list[ast.ClassDef]] = field(default_factory=dict)
    bindings: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    guarded: dict[str, Import] = field(default_factory=dict)
    stars: list[Import] = field(default_factory=list)
    effects: list[tuple[set[str], ast.stmt]] = field(default_factory=list)
    assigned: set[str] = field(default_factory=set)
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []))
    readings: dict[tuple[int, ...], Reading] = field(default_factory=dict)

    def read(self, nodes: Sequence[ast.AST]) -> Reading:
        """Return what some of the file's nodes say together."""
        key = tuple(id(node) for node in nodes)
        if key not in self.readings:
            self.readings[key] = _read(nodes)
        return self.readings[key]

    def read_function(self, node: ast.AST, is_ours: Callable[[str], bool]) -> Reading:
        """Return what a function says; of the decorators that are ours only that there are some."""
        key = (id(node), -1)
        if key not in self.readings:
            self.readings[key] = _read([_without_ours(node, is_ours)])
        return self.readings[key]

    def definitions(self, name: str) -> list[ast.stmt]:
        """Return the functions and classes that a file defines under a name."""
        functions = [node for _, node in self.functions.get(name, []) if isinstance(node, ast.stmt)]
        return [*functions, *self.classes.get(name, [])]

    def outside_effects(self) -> list[ast.stmt]:
        """Return the top-level statements that change something beyond the file's own variables."""
        return [statement for roots, statement in self.effects if not roots <= self.assigned]

    def node_of(self, code: CodeType) -> ast.AST | None:
        """Return the definition that compiles to this code, or `None` when the file says something else."""
        found = self.functions.get(code.co_qualname, [])
        same = [node for fresh, node in found if fresh == code] or [
            node for fresh, node in found if _same(fresh, code)
        ]
        return same[0] if same else None


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
    source = Source(tree=tree)
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
            for code in codes.get((name, _first_line(child)), []):
                source.functions.setdefault(name, []).append((code, child))
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
            source.guarded |= (item for inner in ast.walk(statement) for item in _imported(inner))
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
    for bound, item in _imported(statement):
        if bound == "*":
            source.stars.append(item)
        else:
            source.imports[bound] = item


def _imported(statement: ast.AST) -> Iterator[tuple[str, Import]]:
    for alias in statement.names if isinstance(statement, (ast.Import, ast.ImportFrom)) else ():
        if isinstance(statement, ast.ImportFrom):
            yield alias.asname or alias.name, Import(statement.module or "", alias.name, statement.level)
        elif alias.asname:
            yield alias.asname, Import(alias.name, "", 0)
        else:
            yield alias.name.partition(".")[0], Import(alias.name, "", 0)


def _bind_names(statement: ast.stmt, source: Source) -> None:
    header = [item for item in ast.iter_child_nodes(statement) if not isinstance(item, ast.stmt)]
    parts = [item for part in header for item in ast.walk(part)]
    names = {item.id for item in parts if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    changed = {
        _root(item) for item in parts if isinstance(item, (ast.Attribute, ast.Subscript)) and _is_store(item)
    }
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        changed.add(_root(statement.value.func))
    if changed:
        source.effects.append((changed, statement))
    for name in sorted(names | changed):
        source.bindings.setdefault(name, []).append(statement)
    source.assigned |= names


def _is_store(node: ast.Attribute | ast.Subscript) -> bool:
    return isinstance(node.ctx, (ast.Store, ast.Del))


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _without_ours(node: ast.AST, is_ours: Callable[[str], bool]) -> ast.AST:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node
    bare = copy.copy(node)
    bare.decorator_list = [
        ast.Name(_OURS, ast.Load()) if is_ours(_root(item)) else item for item in node.decorator_list
    ]
    return bare


def _read(nodes: Sequence[ast.AST]) -> Reading:
    teller = _Teller()
    try:
        for node in nodes:
            teller.tell(node)
    except RecursionError:
        raise UnsupportedError(
            "an expression nests too deep to be read", hint="split it into several"
        ) from None
    text = "\0".join(teller.words).encode("utf-8", "surrogatepass")
    line = min((node.lineno for node in nodes if isinstance(node, (ast.stmt, ast.expr))), default=1)
    return Reading(blake3(text).hexdigest(), line, tuple(sorted(teller.chains)), teller.imports)


@dataclass(slots=True)
class _Teller:
    """Writes nodes as words, and notes the names in them; positions, docstrings and `pass` say nothing."""

    words: list[str] = field(default_factory=list)
    chains: set[Chain] = field(default_factory=set)
    imports: dict[str, Import] = field(default_factory=dict)
    class_depth: int = 0

    def tell(self, node: ast.AST, drop: frozenset[str] = _NOTHING) -> None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Constant():
                self.words.append(repr(node.value))
            case ast.Name():
                if isinstance(node.ctx, ast.Load):
                    self.chains.add((node.id,))
                self.words.append(node.id)
            case ast.Attribute():
                self._tell_attribute(node)
            case ast.ClassDef():
                self.class_depth += 1
                self._tell_fields(node, drop)
                self.class_depth -= 1
            case ast.Import() | ast.ImportFrom():
                self.imports.update(_imported(node))
                self._tell_fields(node, drop)
            case _:
                self._tell_fields(node, drop)

    def _tell_attribute(self, node: ast.Attribute) -> None:
        chain = _chain(node)
        if chain:
            self.chains.add(chain)
            self.words.append(".".join(chain))
        else:
            self.words.append(f".{node.attr}")
            self.tell(node.value)

    def _tell_fields(self, node: ast.AST, drop: frozenset[str]) -> None:
        skipped = _SKIPPED_FIELDS | drop
        below = drop if isinstance(node, ast.arguments) else _NOTHING
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and self._ignores_annotations(node):
            skipped, below = skipped | {"returns"}, _ANNOTATION
        self.words.append(f"({type(node).__name__}")
        for name, value in ast.iter_fields(node):
            if value is None or value == [] or name in skipped:
                self._follow(value if name in _NAMED else None)
                continue
            self.words.append(f"{name}=")
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    self.tell(item, below if isinstance(item, (ast.arguments, ast.arg)) else _NOTHING)
                else:
                    self.words.append(str(item))
        self.words.append(")")

    def _follow(self, annotation: object) -> None:
        """Note the names in an annotation that itself says nothing: their classes are used all the same."""
        if isinstance(annotation, ast.AST):
            aside = _Teller()
            aside.tell(annotation)
            self.chains |= aside.chains

    def _ignores_annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Annotations do nothing unless someone looks at them; decorators and classes may."""
        return not node.decorator_list and not self.class_depth


def _chain(node: ast.Attribute) -> Chain:
    names: list[str] = []
    base: ast.expr = node
    while isinstance(base, ast.Attribute):
        names.append(base.attr)
        base = base.value
    match base:
        case ast.Name():
            return (base.id, *reversed(names))
        case ast.Call(func=ast.Name(id="super"), args=[]):
            return (SUPER, *reversed(names))
        case _:
            return ()


def call_chain(statement: ast.stmt) -> Chain:
    """Return the name that a statement calls, or nothing."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return (name,)
        case ast.Expr(value=ast.Call(func=ast.Attribute() as attribute)):
            return _chain(attribute)
        case _:
            return ()


def made_in(node: ast.ClassDef, name: str, *, code: bool) -> list[ast.stmt]:
    """Return the statements of a class's body that give an attribute its value.

    `code` says that the value can be followed as it is, so that a definition need not be told.
    """
    made = [item for item in node.body if _defines(item, name) and not code]
    return made + [item for item in node.body if not isinstance(item, _DEFINITIONS) and name in _stored(item)]


def _defines(statement: ast.stmt, name: str) -> bool:
    return isinstance(statement, _DEFINITIONS) and statement.name == name


def _stored(statement: ast.stmt) -> set[str]:
    names = (item for item in ast.walk(statement) if isinstance(item, ast.Name))
    return {item.id for item in names if isinstance(item.ctx, ast.Store)}
