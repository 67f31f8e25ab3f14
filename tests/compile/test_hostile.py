"""Whatever text an author's class holds, nothing of it is evaluated in what is compiled."""

from __future__ import annotations

import ast
import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import cast

import flows
import pytest

from axl import api
from axl.compile.driver import compile_program
from axl.compile.target import Origin, StepCode
from axl.compile.targets import get_target
from axl.errors import AxlError
from axl.ir.document import canonical
from axl.ir.nodes import Block, Const, IRWorkflow, Param, Schedule, Task
from axl.ir.policy import Policy, Secret

MARK = "pwned"
CALL = f"__import__('pathlib').Path({MARK!r}).touch()"

PAYLOADS = (
    CALL,
    f'"""\n{CALL}\n"""',
    f"'''\n{CALL}\n'''",
    f'"); {CALL} #',
    f"'); {CALL} #",
    f'\\"); {CALL} #',
    f"\\\\'); {CALL} #",
    f"\n{CALL}\n",
    f"\r{CALL}\r",
    f"\x0c{CALL}\x0b{CALL}",
    f"\u2028{CALL}\u2029{CALL}\x85{CALL}",
    f"\\\n{CALL}",
    f"{{{CALL}}}",
    f"{{{{{CALL}}}}}",
    f"#\n{CALL}",
    f'# coding: utf-7\n"+ACI-;{CALL}',
    f"\x00{CALL}",
    f"\ud800{CALL}",
    f"\u202e{CALL}\u2066",
    f"{CALL}\n" * 50,
    "\\N{DIGIT ONE}\\x41\\u0041",
    "%s %(x)s ${x} {{x}} {x!r}",
    "None", "True", "print", "lambda: 0", "größe", "_", "x" * 5000,
)  # fmt: skip


def program() -> IRWorkflow:
    """Return a program with a text in every place that has one."""
    return api.checked(flows.Everything)


Slot = Callable[[IRWorkflow, Origin, str], tuple[IRWorkflow, Origin]]


def of_program(**made: Callable[[IRWorkflow, str], object]) -> Slot:
    def put(found: IRWorkflow, origin: Origin, text: str) -> tuple[IRWorkflow, Origin]:
        return replace(found, **{name: make(found, text) for name, make in made.items()}), origin  # type: ignore[arg-type]

    return put


def of_param(**made: Callable[[str], object]) -> Slot:
    def change(found: IRWorkflow, text: str) -> tuple[Param, ...]:
        return (replace(found.params[0], **{name: make(text) for name, make in made.items()}),)  # type: ignore[arg-type]

    return of_program(params=change)


def of_task(**made: Callable[[Task, str], object]) -> Slot:
    def change(found: IRWorkflow, text: str) -> Block:
        first, *rest = found.body.nodes
        task = cast("Task", first)
        task = replace(task, **{name: make(task, text) for name, make in made.items()})  # type: ignore[arg-type]
        return replace(found.body, nodes=(task, *rest))

    return of_program(body=change)


def of_policy(**made: Callable[[str], object]) -> Slot:
    def change(task: Task, text: str) -> Policy:
        return replace(task.policy, **{name: make(text) for name, make in made.items()})  # type: ignore[arg-type]

    return of_task(policy=change)


def of_origin(**made: Callable[[str], object]) -> Slot:
    def put(found: IRWorkflow, origin: Origin, text: str) -> tuple[IRWorkflow, Origin]:
        return found, replace(origin, **{name: make(text) for name, make in made.items()})  # type: ignore[arg-type]

    return put


SLOTS: dict[str, Slot] = {
    "name of the workflow": of_program(name=lambda _, text: text),
    "docstring of the workflow": of_program(doc=lambda _, text: text),
    "module of the workflow": of_program(source=lambda _, text: f"{text}:Everything"),
    "schedule": of_program(schedule=lambda _, text: Schedule(cron=text, timezone=text)),
    "name of a parameter": of_param(name=str),
    "text about a parameter": of_param(doc=str, type=str),
    "default of a parameter": of_param(default=lambda text: Const(canonical(text))),
    "choices of a parameter": of_param(schema=lambda text: json.dumps({"enum": [text], text: text})),
    "name of a step": of_task(step=lambda _, text: text),
    "id of a node": of_task(id=lambda _, text: text),
    "literal": of_task(args=lambda task, text: ((task.args[0][0], Const(json.dumps(text))),)),
    "name of an argument": of_task(args=lambda task, text: ((text, task.args[0][1]),)),
    "name of an output": of_task(
        outputs=lambda task, text: (
            replace(task.outputs[0], name=text, type=text, handler=text),
            *task.outputs[1:],
        )
    ),
    "image": of_policy(image=str),
    "variable": of_policy(env=lambda text: ((text, text),)),
    "secret": of_policy(secrets=lambda text: (Secret(env=text, name=text, key=text),)),
    "tags": of_policy(platform=lambda text: (("dagster", json.dumps({"tags": {text: text}, "pool": text})),)),
    "docstring of a step": of_origin(
        steps=lambda text: {"flows:Everything/load": StepCode(doc=text, digest=text)}
    ),
    "folder of the module": of_origin(folder=str),
    "release": of_origin(axl=str),
}


def shape(module: str) -> str:
    """Return what a module does: its syntax without its literals, and without names, which it may give."""
    tree = ast.parse(module)
    for node in ast.walk(tree):
        for field in ("id", "name", "arg", "attr"):
            if isinstance(getattr(node, field, None), str):
                assert "__import__" != getattr(node, field)
                setattr(node, field, "name")
        if isinstance(node, ast.Constant):
            node.value = "text"
        elif isinstance(node, ast.Dict):
            node.keys, node.values = (
                [],
                [value for value in node.values if not isinstance(value, ast.Constant)],
            )
        elif isinstance(node, ast.List):
            node.elts = []
    return ast.dump(tree)


def compiled(slot: str, text: str) -> str | None:
    """Return the module of the program with a text in one place, or `None` if it is refused."""
    origin = Origin(folder="flows", steps={"flows:Everything/load": StepCode(doc="Load.", digest="ab")})
    try:
        found, origin = SLOTS[slot](program(), origin, text)
        (data,) = compile_program(found, get_target("dagster"), origin).files.values()
    except AxlError:
        return None
    return data.decode()


def load(path: Path) -> ModuleType:
    """Return the module of a file, as Dagster loads it."""
    spec = importlib.util.spec_from_file_location("hostile", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("slot", SLOTS)
def test_no_text_is_code(slot: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of hostile text has the very syntax of one of harmless text, or is refused with a message."""
    monkeypatch.chdir(tmp_path)
    usual = compiled(slot, "harmless") or compiled(slot, "UTC") or ""
    for text in PAYLOADS:
        module = compiled(slot, text)
        if module is not None:
            compile(module, "module.py", "exec")
            assert shape(usual) == shape(module)

    assert not Path(MARK).exists()


def test_there_are_enough_hostile_modules(record_property: Callable[[str, object], None]) -> None:
    """More than three hundred texts are compiled as they are; the others are refused by name."""
    tried = [(slot, text) for slot in SLOTS for text in PAYLOADS]
    modules = sum(compiled(slot, text) is not None for slot, text in tried)
    record_property("tried", len(tried))
    record_property("modules", modules)
    print(f"{len(tried)} hostile texts: {modules} modules, {len(tried) - modules} refused")

    assert modules >= 300


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("text", [text for text in PAYLOADS if text.isascii() or text.isprintable()])
def test_text_arrives_as_text(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster loads a module of hostile text, evaluates none of it, and shows the text itself."""
    monkeypatch.chdir(tmp_path)
    found = program()
    origin = Origin(folder=".", steps={"flows:Everything/load": StepCode(doc=text)})
    for slot in ("docstring of the workflow", "default of a parameter", "text about a parameter"):
        found, _ = SLOTS[slot](found, origin, text)
    first = replace(found.params[0], type="str", schema='{"type":"string"}')
    ((name, data),) = compile_program(
        replace(found, params=(first,)), get_target("dagster"), origin
    ).files.items()
    Path(name).write_bytes(data)

    module = load(Path(name))

    (job, _) = module.defs.jobs
    (op,) = (each for each in job.all_node_defs if each.name == "load")
    assert not Path(MARK).exists()
    assert text == op.description
    assert text == job.description
    assert text == module.Parameters.model_fields["n"].default
