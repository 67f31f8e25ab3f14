"""Makes variants of a workflow's file that must not matter: other names, another order, one more layer."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from tests.conformance.cases import Case

Change = Callable[[ast.Module, str], ast.Module]

PREFIX = "other_"
WRAPPED = "Wrapped"


def renamed(tree: ast.Module, _cls: str) -> ast.Module:
    """Give every step another name; `params` and what runs on exit are found by theirs."""
    steps = {each.name for each in _functions(tree) if _is_step(each)} - {"params", "on_exit"}
    owners = {"self", "super", *(node.name for node in tree.body if isinstance(node, ast.ClassDef))}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in steps:
            node.name = PREFIX + node.name
        elif isinstance(node, ast.Attribute) and node.attr in steps and _owner(node.value) in owners:
            node.attr = PREFIX + node.attr
    return tree


def reordered(tree: ast.Module, _cls: str) -> ast.Module:
    """Turn the order of the functions in every class around."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            functions = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            others = [each for each in node.body if not isinstance(each, ast.FunctionDef)]
            node.body = [*others, *reversed(functions)]
    return tree


def wrapped(tree: ast.Module, cls: str) -> ast.Module:
    """Add a workflow whose graph is that of the first one."""
    graph = _graph(tree, cls)
    arguments = ", ".join(each.arg for each in graph.args.args[1:])
    outer = ast.parse(f"class {WRAPPED}(Workflow):\n    def graph(self): return {cls}().graph({arguments})")
    (layer,) = outer.body
    assert isinstance(layer, ast.ClassDef)
    (inner,) = layer.body
    assert isinstance(inner, ast.FunctionDef)
    inner.args, inner.returns = graph.args, graph.returns
    tree.body.append(layer)
    return tree


CHANGES: dict[str, Change] = {"renamed": renamed, "reordered": reordered, "wrapped": wrapped}


def variant(case: Case, change: str, folder: Path) -> Case:
    """Return the case of a changed file, which is written to a folder and imported from there."""
    source = Path(case.module.__file__ or "").read_text()
    name = f"{case.name}_{change}"
    (folder / f"{name}.py").write_text(ast.unparse(CHANGES[change](ast.parse(source), case.cls.__name__)))
    module = _import(name, folder)
    cls = getattr(module, WRAPPED if change == "wrapped" else case.cls.__name__)
    return Case(name, cls, module)


def _import(name: str, folder: Path) -> ModuleType:
    sys.modules.pop(name, None)
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def _owner(value: ast.expr) -> str:
    """Return the name that an attribute is taken of, as in `self.load` or `super().load`."""
    found = value.func if isinstance(value, ast.Call) else value
    return found.id if isinstance(found, ast.Name) else ""


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [each for node in classes for each in node.body if isinstance(each, ast.FunctionDef)]


def _is_step(function: ast.FunctionDef) -> bool:
    names = {
        node.id for each in function.decorator_list for node in ast.walk(each) if isinstance(node, ast.Name)
    }
    return "step" in names


def _graph(tree: ast.Module, cls: str) -> ast.FunctionDef:
    """Return the graph of a class, or of the nearest of its bases in the file that has one."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    found = [each for each in classes[cls].body if isinstance(each, ast.FunctionDef) and each.name == "graph"]
    if found:
        return found[0]
    bases = [each.id for each in classes[cls].bases if isinstance(each, ast.Name) and each.id in classes]
    return _graph(tree, bases[0])
