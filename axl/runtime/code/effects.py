"""What a module's statements change beyond its own names: attributes put into modules and classes of others.

`math.floor = mine`, `pandas.DataFrame.area = area`, `setattr(json, "dumps", fast)`, `numpy.seterr(...)`,
`@register_dataframe_accessor("geo")`: whoever imports such a module runs with the change, named or not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from axl.runtime.code.normal import Import, chain_of, imported

Whose = Literal["foreign", "patcher", "setter", "own", "python", "local"]
"""What a name stands for: something of another's; a function of ours that changes such a thing, that sets
attributes of what it is given, or neither; a builtin; anything else."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SETTERS = frozenset({"setattr", "delattr"})
_MARKS = ("regist", "accessor", "hook", "listen", "implement", "extend", "plugin", "handle", "patch")
"""What the name of a decorator has in it when it keeps what it decorates somewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One statement that may change something, through a name; `item` is what a function's own import says."""

    kind: Literal["store", "call", "kept call", "decorator"]
    name: str
    statement: ast.stmt
    item: Import | None = None
    others: frozenset[str] = frozenset()


@dataclass(slots=True)
class Effects:
    """The statements of a file that may change something of another's, and the functions that have such.

    `setters` are the functions that set attributes by name.
    """

    changes: list[Change] = field(default_factory=list)
    patchers: dict[str, list[Change]] = field(default_factory=dict)
    setters: set[str] = field(default_factory=set)


def effects_in(tree: ast.Module) -> Effects:
    """Return what the statements of a file may change."""
    effects = Effects()
    for statement in _top_level(tree.body):
        effects.changes.extend(_called(statement))
    _stores(tree, "", frozenset(), {}, effects)
    return effects


def outside(
    effects: Effects, whose: Callable[[str, Import | None], Whose]
) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Return the statements that change something of another's, and those that call something of ours."""
    changing: list[ast.stmt] = []
    calling: list[ast.stmt] = []
    for change in effects.changes:
        match change.kind, whose(change.name, change.item):
            case (("store" | "call" | "decorator"), "foreign"):
                changing.append(change.statement)
            case (("call" | "kept call" | "decorator"), "patcher"):
                changing.append(change.statement)
            case "call", ("own" | "python") if _any_foreign(change, whose):
                changing.append(change.statement)
            case (("call" | "kept call" | "decorator"), "setter") if _any_foreign(change, whose):
                changing.append(change.statement)
            case "call", ("own" | "setter"):
                calling.append(change.statement)
            case _:  # what stays among the names of the module, and so in their values
                pass
    return _once(changing), _once(calling)


def _any_foreign(change: Change, whose: Callable[[str, Import | None], Whose]) -> bool:
    return any(whose(name, None) == "foreign" for name in change.others)


def root_of(node: ast.expr) -> str:
    """Return the name that an expression begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_store(node: ast.AST) -> bool:
    """Say whether an expression puts something into an object."""
    return isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del))


def _once(statements: list[ast.stmt]) -> list[ast.stmt]:
    return list({id(item): item for item in statements}.values())


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if not isinstance(statement, _DEFINITIONS):
            yield from _top_level([item for item in _below(statement) if isinstance(item, ast.stmt)])


def _below(statement: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, (ast.ExceptHandler, ast.match_case)):
            yield from child.body
        else:
            yield child


def _called(statement: ast.stmt) -> Iterator[Change]:
    match statement:
        case ast.Expr(value=ast.Call() as call):
            yield Change(kind="call", name=root_of(call), statement=statement, others=_names_in(call))
        case ast.Assign(value=ast.Call() as call):
            yield Change(kind="kept call", name=root_of(call), statement=statement, others=_names_in(call))
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for decorator in statement.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                marked = any(mark in name.lower() for name in chain_of(called) for mark in _MARKS)
                kind: Literal["decorator", "kept call"] = "decorator" if marked else "kept call"
                others = _names_in(decorator)
                yield Change(kind=kind, name=root_of(decorator), statement=statement, others=others)
        case _:
            pass


def _names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(item.id for item in ast.walk(node) if isinstance(item, ast.Name))


def _stores(
    node: ast.AST, inside: str, hidden: frozenset[str], items: dict[str, Import], effects: Effects
) -> None:
    """Note what is put into objects at any depth, but into no variable that is a function's own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            _stores(child, f"{inside}{child.name}.", hidden, items, effects)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if not _may_set(child):
                continue
            name = f"{inside}{child.name}"
            own, local = _names_of(child)
            before = len(effects.changes)
            _stores(child, f"{name}.<locals>.", (hidden - local.keys()) | own, items | local, effects)
            effects.patchers[name] = effects.changes[before:]
            if _sets(child):
                effects.setters.add(name)
        elif isinstance(child, ast.stmt):
            for root in _stored_by(child):
                if root and root not in hidden:
                    effects.changes.append(
                        Change(kind="store", name=root, statement=child, item=items.get(root))
                    )
            _stores(child, inside, hidden, items, effects)
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            _stores(child, inside, hidden, items, effects)


def _stored_by(statement: ast.stmt) -> set[str]:
    parts = [item for item in ast.iter_child_nodes(statement) if isinstance(item, ast.expr)]
    found: set[str] = set()
    for item in [inner for part in parts for inner in ast.walk(part)]:
        if isinstance(item, (ast.Attribute, ast.Subscript)) and is_store(item):
            found.add(root_of(item))
        elif isinstance(item, ast.Call) and root_of(item.func) in _SETTERS and item.args:
            found.add(root_of(item.args[0]))
    return found


def _may_set(function: ast.AST) -> bool:
    """Say whether a function may set anything at all: most do not, and need no closer look."""
    items = ast.walk(function)
    return any(is_store(item) or (isinstance(item, ast.Name) and item.id in _SETTERS) for item in items)


def _sets(function: ast.AST) -> bool:
    calls = (item for item in ast.walk(function) if isinstance(item, ast.Call))
    return any(isinstance(item.func, ast.Name) and item.func.id in _SETTERS for item in calls)


def _names_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[frozenset[str], dict[str, Import]]:
    """Return the variables of a function, and the names that it imports."""
    shared: set[str] = set()
    own: set[str] = {item.arg for item in ast.walk(function.args) if isinstance(item, ast.arg)}
    local: dict[str, Import] = {}
    for item in [inner for statement in function.body for inner in ast.walk(statement)]:
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            own.add(item.id)
        elif isinstance(item, (ast.Global, ast.Nonlocal)):
            shared.update(item.names)
        local.update(imported(item))
    return frozenset(own - shared - local.keys()), local
