"""List what the steps of a run returned: type, value, handler, size and digest; preview it, or copy it out.

A step is named as load or load[3], one of several outputs as split.train or split[3].train.
A pickle of more than plain data is not opened, because opening it may run code; --load does so.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from axl import api
from axl.cli.commands import screen_of
from axl.cli.config import read_settings
from axl.cli.facts import dumps
from axl.cli.instances import parse_instance
from axl.cli.options import AsJson, RunName, StepName, StoreUrl
from axl.cli.preview import glance, loaded, preview
from axl.cli.screen import Screen
from axl.cli.status import OtherTarget, run_there
from axl.cli.table import size, table
from axl.errors import StoreError, UsageError
from axl.io.store import Store
from axl.io.stores import existing_store
from axl.runtime.history.export import export_value, file_stem
from axl.runtime.history.run import Run, StepView, nearest
from axl.wire.address import Index, instance_text
from axl.wire.failed import Failed
from axl.wire.values import JSON, Lit, Many, Ref, Value

_FEW = 10
_KINDS: dict[type, str] = {Ref: "stored", Many: "several", Lit: "literal", Failed: "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One output of one instance, and the type that its step declares."""

    node: str
    index: Index
    port: str
    type: str
    value: Value

    @property
    def name(self) -> str:
        name = instance_text(self.node, self.index)
        return name if self.port == "result" else f"{name}.{self.port}"


def command(
    ctx: typer.Context,
    run: RunName,
    step: StepName = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FOLDER", help="Copy the artifacts into a folder.")
    ] = None,
    load: Annotated[bool, typer.Option("--load", help="Open pickles too, which may run code.")] = False,
    store: StoreUrl = None,
    json: AsJson = False,
    *,
    target: OtherTarget = None,
) -> int:
    screen = screen_of(ctx)
    opened = existing_store(read_settings({"store": store}).store)
    shown = api.get_run(run if target is None else run_there(target, run, opened), opened)
    found = list(_find(shown, step))
    if to is not None:
        _copy(found, shown, to, screen)
    elif json:
        screen.data(dumps([_facts(each, shown, load, step is not None, screen.width) for each in found]))
    elif found and step is None:
        _list(found, shown, screen)
    elif found:
        _preview(found, shown, load, screen)
    else:
        screen.say(f"the run {shown.id} has no outputs yet")
    return 0


def _find(run: Run, step: str | None) -> Iterator[Artifact]:
    if step is None:
        for name in run.steps:
            yield from _artifacts(run.step(name), ())
        return
    name, index, port = _parse_output(step, run)
    view = run.step(name)
    found = list(_artifacts(view, index))
    if not found:
        raise view.no_result(index)
    yield from (each for each in found if port in {"", each.port})


def _parse_output(text: str, run: Run) -> tuple[str, Index, str]:
    """Return step, index and port of `load`, `load[3]`, `split.train` or `split[3].train`; "" is every port."""
    before, dot, port = text.rpartition(".")
    if not dot or text in run.steps:
        return (*parse_instance(text), "")
    name, index = parse_instance(before)
    ports = [output.name for output in run.step(name).task.outputs]
    if port not in ports:
        raise UsageError(f"{name} has no output {port!r}", hint=nearest(port, ports, "its outputs are"))
    return name, index, port


def _artifacts(step: StepView, index: Index) -> Iterator[Artifact]:
    types = {output.name: output.type for output in step.task.outputs}
    for place, ports in step.values:
        if place[: len(index)] == index:
            for port, value in ports:
                yield Artifact(node=step.name, index=place, port=port, type=types.get(port, ""), value=value)


def _list(found: list[Artifact], run: Run, screen: Screen) -> None:
    shown = [each for each in found if not any(place >= _FEW for place in each.index)]
    hidden = [each for each in found if any(place >= _FEW for place in each.index)]
    heads = ["output", "type", "value", "handler", "size", "digest"]
    screen.data(table(heads, [_row(each, run.store) for each in shown]))
    if hidden:
        _say_more(len(hidden), hidden[0], run, screen)


def _preview(found: list[Artifact], run: Run, load: bool, screen: Screen) -> None:
    for each in found[:_FEW]:
        screen.data("  ".join(part for part in (each.name, each.type, *_kept(each.value)) if part))
        text = loaded(each.value, run, screen.width) if load else preview(each.value, run.store, screen.width)
        screen.data(textwrap.indent(text, "    "))
    if len(found) > _FEW:
        _say_more(len(found) - _FEW, found[_FEW], run, screen)


def _say_more(count: int, following: Artifact, run: Run, screen: Screen) -> None:
    screen.say(f"... and {count} more; `axl outputs {run.id} '{following.name}'` shows one, --json lists all")


def _row(each: Artifact, store: Store) -> list[str]:
    return [each.name, each.type, glance(each.value, store), *_kept(each.value)]


def _kept(value: Value) -> list[str]:
    """Return how a value is kept: handler, size and digest, where it is stored by itself."""
    return [value.handler, size(value.size), value.digest[:12]] if isinstance(value, Ref) else ["", "", ""]


def _facts(each: Artifact, run: Run, load: bool, detailed: bool, width: int) -> JSON:
    value = each.value
    ref = value if isinstance(value, Ref) else None
    facts: dict[str, JSON] = {
        "name": each.name,
        "step": each.node,
        "index": list(each.index),
        "port": each.port,
        "type": each.type,
        "kind": _KINDS[type(value)],
        "handler": ref.handler if ref else None,
        "size": ref.size if ref else None,
        "digest": ref.digest if ref else None,
    }
    if detailed:
        facts["preview"] = loaded(value, run, width) if load else preview(value, run.store, width)
    return facts


def _copy(found: list[Artifact], run: Run, target: str, screen: Screen) -> None:
    folder = Path(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the folder {target}: {(error.strerror or str(error)).lower()}"
        ) from error
    for each in found:
        screen.data(
            str(export_value(each.value, run.store, folder, file_stem(each.node, each.index, each.port)))
        )
