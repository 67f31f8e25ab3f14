"""The normal form of source: what a piece of code says, whatever its layout, its comments and its annotations.

Two pieces have one normal form only if Python does the same for both. Every word of it says what it is (a
name, a constant, a field), so that no two nodes can be taken for each other. Documentation, and annotations
that nothing looks at while the code runs, are kept aside: they count where something reads them.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from axl.dsl.writes import Writes
from axl.errors import UnsupportedError
from axl.wire.digest import digest

Chain = tuple[str, ...]
SUPER = "super()"
OURS = "@axl"

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SKIPPED_FIELDS = frozenset({"ctx", "type_comment", "kind", "type_ignores"})
_LONGEST_NAME = 255
_EXPRESSIONS = frozenset({"query", "eval", "sql"})
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True)
class Import:
    """One name that an import binds: `attr` is empty for a module, `level` counts leading dots."""

    module: str
    attr: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a piece of source says.

    `chains` are the names it reads, each with the attributes that follow it: `features.normalize` is
    `("features", "normalize")`; `passed` are those that are not only called. `imports` are the names that
    import statements in it bind, `loads` all that they load. `words` are all names and attributes, `texts` the
    constants that may name a file that is read, `written` the names of what it writes to. `docs` and
    `annotations` are digests of what was kept aside, and `hints` the names in those.
    """

    digest: str
    line: int
    chains: tuple[Chain, ...]
    imports: Mapping[str, Import]
    loads: tuple[Import, ...] = ()
    passed: frozenset[Chain] = frozenset()
    words: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    written: frozenset[Chain] = frozenset()
    docs: str = ""
    annotations: str = ""
    hints: tuple[Chain, ...] = ()


def read(nodes: Sequence[ast.AST]) -> Reading:
    """Return what some nodes of a file say together; `UnsupportedError` when they nest too deep."""
    teller = _Teller()
    try:
        for node in nodes:
            teller.tell(node)
    except RecursionError:
        raise UnsupportedError(
            "an expression nests too deep to be read", hint="split it into several"
        ) from None
    hints, written = teller.aside, teller.writes.parts()
    made = Counter(part.value for part in set(written) if isinstance(part, ast.Constant))
    return Reading(
        digest=digest("\0".join(teller.words)),
        line=min((node.lineno for node in nodes if isinstance(node, (ast.stmt, ast.expr))), default=1),
        chains=tuple(sorted(teller.chains)),
        imports=teller.imports,
        loads=tuple(teller.loads),
        passed=frozenset(teller.passed),
        words=frozenset(teller.named),
        texts=tuple(text for text, times in Counter(teller.texts).items() if times > made[text]),
        written=frozenset(filter(None, map(chain_of, written))),
        docs=digest("\0".join(teller.docs)) if teller.docs else "",
        annotations=digest("\0".join(hints.words)) if hints else "",
        hints=tuple(sorted(hints.chains)) if hints else (),
    )


def imported(statement: ast.AST) -> Iterator[tuple[str, Import]]:
    """Yield the names that an import statement binds."""
    for alias in statement.names if isinstance(statement, (ast.Import, ast.ImportFrom)) else ():
        if isinstance(statement, ast.ImportFrom):
            yield alias.asname or alias.name, Import(statement.module or "", alias.name, statement.level)
        elif alias.asname:
            yield alias.asname, Import(alias.name, "", 0)
        else:
            yield alias.name.partition(".")[0], Import(alias.name, "", 0)


def chain_of(node: ast.expr) -> Chain:
    """Return the names of `a.b.c`, or nothing for another expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    match node:
        case ast.Name():
            return (node.id, *reversed(names))
        case ast.Call(func=ast.Name(id="super"), args=[], keywords=[]) if names:
            return (SUPER, *reversed(names))
        case _:
            return ()


@dataclass(slots=True)
class _Teller:
    """Writes nodes as words, and notes the names in them; positions, documentation and `pass` say nothing."""

    words: list[str] = field(default_factory=list)
    chains: set[Chain] = field(default_factory=set)
    passed: set[Chain] = field(default_factory=set)
    imports: dict[str, Import] = field(default_factory=dict)
    loads: list[Import] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    writes: Writes = field(default_factory=Writes)
    texts: list[str] = field(default_factory=list)
    docs: list[str] = field(default_factory=list)
    aside: _Teller | None = None
    scopes: list[ast.AST] = field(default_factory=list)

    def tell(self, node: ast.AST) -> None:
        match node:
            case ast.Pass():
                pass
            case ast.Expr(value=ast.Constant(value=value)):
                self.docs.append(repr(value))
            case ast.Constant():
                self._constant(node.value)
            case ast.Name() | ast.Attribute():
                self._name(node, called=False)
            case ast.Call(func=ast.Name() | ast.Attribute() as called):
                self.words.append("(call")
                self.writes.call(node)
                self._note_names_in_text(called, node)
                self._name(called, called=True)
                self._fields(node, frozenset({"func"}))
            case ast.Assign(targets=[target]):
                self.writes.assign(target, node.value)
                self.words.append("(Assign")
                self._fields(node, frozenset())
            case ast.AnnAssign() if not (self.scopes and isinstance(self.scopes[-1], ast.ClassDef)):
                self._annotated(node)
            case ast.ClassDef() | ast.Lambda():
                self._scope(node, frozenset())
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.arg() if node.annotation and self._is_quiet():
                self._keep_aside(node.annotation)
                self.words.append("(arg")
                self._fields(node, frozenset({"annotation"}))
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case _:
                self.words.append(f"({type(node).__name__}")
                self._fields(node, frozenset())

    def _constant(self, value: object) -> None:
        shown = f"{value:#x}" if type(value) is int else repr(value)  # long numbers have no repr
        self.words.append(f"c {type(value).__name__} {shown}")
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and "\n" not in value:
            self.texts.append(value)
            if value.startswith("__"):
                self.named.add(value)

    def _name(self, node: ast.Name | ast.Attribute, *, called: bool) -> None:
        chain = chain_of(node)
        if not chain and isinstance(node, ast.Attribute):
            self.named.add(node.attr)
            self.words.append(f"(. {node.attr}")
            self.tell(node.value)
            self.words.append(")")
            return
        self.named.update(chain)
        if len(chain) > 1 or isinstance(node.ctx, ast.Load):
            self.chains.add(chain)
            if not called:
                self.passed.add(chain)
        self.words.append(f"n {'.'.join(chain)}")

    def _note_names_in_text(self, called: ast.Name | ast.Attribute, call: ast.Call) -> None:
        """Note the names in a text that pandas, polars or duckdb reads as an expression."""
        if not isinstance(called, ast.Attribute) or called.attr not in _EXPRESSIONS:
            return
        for text in call.args[:1]:
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                chains = {tuple(name.split(".")) for name in _NAME.findall(text.value)}
                self.chains |= chains
                self.passed |= chains

    def _fields(self, node: ast.AST, skipped: frozenset[str]) -> None:
        for name, value in ast.iter_fields(node):
            if value is None or value == [] or name in _SKIPPED_FIELDS or name in skipped:
                continue
            self.words.append(f"{name}=")
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    self.tell(item)
                else:
                    self.words.append("none" if item is None else f"s {item}")
        self.words.append(")")

    def _scope(self, node: ast.AST, skipped: frozenset[str]) -> None:
        self.words.append(f"({type(node).__name__}")
        self.scopes.append(node)
        self._fields(node, skipped)
        self.scopes.pop()

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.scopes.append(node)
        quiet = self._is_quiet()
        self.scopes.pop()
        if quiet and node.returns:
            self._keep_aside(node.returns)
        self._scope(node, frozenset({"returns"} if quiet else ()))

    def _annotated(self, node: ast.AnnAssign) -> None:
        """Tell an annotated variable as a plain one: nobody but a class looks at what it says."""
        self._keep_aside(node.annotation)
        self.words.append("(Assign" if node.value else "(AnnAssign")
        self.words.append("targets=")
        self.tell(node.target)
        if node.value:
            self.writes.assign(node.target, node.value)
            self.words.append("value=")
            self.tell(node.value)
        self.words.append(")")

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Tell the names only: what is behind them is told by whoever follows them."""
        bound = list(imported(node))
        self.imports.update(bound)
        self.loads.extend(item for _, item in bound)
        self.named.update(part for _, item in bound for part in (*item.module.split("."), item.attr))
        self.words.extend([f"({type(node).__name__}", *(f"s {name}" for name, _ in bound), ")"])

    def _keep_aside(self, annotation: ast.expr) -> None:
        self.aside = self.aside or _Teller()
        self.aside.words.append("annotation")
        self.aside.tell(annotation)

    def _is_quiet(self) -> bool:
        """Say whether nothing looks at the annotations of a function: decorators and classes may."""
        innermost = self.scopes[-1] if self.scopes else None
        outer = [item for item in self.scopes if isinstance(item, ast.ClassDef)]
        plain = not any(item.bases or item.keywords or item.decorator_list for item in outer)
        return plain and isinstance(innermost, _FUNCTIONS) and not innermost.decorator_list
