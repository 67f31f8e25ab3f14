"""Settings: what a flag does not say comes from the environment, then files, then defaults.

In order: the flag; `AXL_STORE` and its like; `axl.toml`, then `[tool.axl]` of `pyproject.toml`, in the
nearest folder upwards that has one; `~/.config/axl/axl.toml`; the default. Each setting is looked up by
itself. A store that a file names as a folder is meant from that file's folder.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from axl.cli.screen import LogFormat
from axl.errors import UsageError

EXECUTORS = ("process", "thread", "inline")
LOG_FORMATS = ("text", "json")
FILE = "axl.toml"
PROJECT = "pyproject.toml"
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What may be set once and for all; `None` means the default of whoever uses it.

    `store` is a URL or folder, `workers` how many attempts run at once, `grace` seconds.
    """

    store: str | None = None
    executor: str = "process"
    workers: int | None = None
    log_format: LogFormat = "text"
    keep_going: bool = False
    grace: float = 10.0


NAMES = tuple(field.name for field in fields(Settings))


def read_settings(flags: Mapping[str, object]) -> Settings:
    """Return the settings for a command; flags that are `None` were not given.

    Raises `UsageError` for an unknown name or a wrong value, with its file or variable.
    """
    settings = Settings()
    for path, values in _files():
        settings = _merge(settings, _anchored(values, path), _key_in(path))
    settings = _merge(settings, _from_environment(), _variable)
    given = {name: value for name, value in flags.items() if name in NAMES and value is not None}
    return replace(settings, **cast("dict[str, Any]", given))


def sources() -> list[Path]:
    """Return the files that settings come from, the weakest first."""
    return [path for path, _ in _files()]


def _variable(name: str) -> str:
    return f"AXL_{name.upper()}"


def _key_in(path: Path) -> Callable[[str], str]:
    """Return how a setting's place in a file is told."""
    table = "tool.axl." if path.name == PROJECT else ""
    return lambda name: f"{path}: `{table}{name}`"


def _merge(settings: Settings, values: Mapping[str, object], place: Callable[[str], str]) -> Settings:
    read = {name: _read(name, value, place(name)) for name, value in values.items()}
    return replace(settings, **cast("dict[str, Any]", read))


def _read(name: str, value: object, where: str) -> object:
    match name:
        case "store" if isinstance(value, str) and value:
            return value
        case "executor" | "log_format":
            known = EXECUTORS if name == "executor" else LOG_FORMATS
            if value in known:
                return value
            raise UsageError(f"{where} is {value!r}", hint=f"one of: {', '.join(known)}")
        case "workers" if _is_number(value, int) and cast("int", value) >= 1:
            return value
        case "grace" if _is_number(value, int | float) and 0 <= cast("float", value) < float("inf"):
            return float(cast("float", value))
        case "keep_going" if isinstance(value, bool):
            return value
        case _:
            raise UsageError(f"{where} is {value!r}", hint=_EXPECTED[name])


_EXPECTED = {
    "store": "a store is a URL or a folder",
    "workers": "workers is a whole number of one or more",
    "grace": "grace is a number of seconds",
    "keep_going": "keep_going is true or false",
}


def _is_number(value: object, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _from_environment() -> dict[str, object]:
    found: dict[str, object] = {}
    for name in NAMES:
        text = os.environ.get(_variable(name))
        if text:
            found[name] = _from_text(name, text)
    return found


def _from_text(name: str, text: str) -> object:
    if name == "keep_going" and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    if name in {"workers", "grace"}:
        try:
            return int(text) if name == "workers" else float(text)
        except ValueError:
            return text
    return text


def _anchored(values: dict[str, object], path: Path) -> dict[str, object]:
    store = values.get("store")
    if isinstance(store, str) and store and "://" not in store:
        return {**values, "store": str(path.parent / Path(store).expanduser())}
    return values


def _files() -> list[tuple[Path, dict[str, object]]]:
    user = _user_file()
    found = [(user, _table(user, ()))] if user is not None and _exists(user) else []
    for folder in _upwards():
        project, own = folder / PROJECT, folder / FILE
        local = [(project, _table(project, ("tool", "axl")))] if _mentions(project) else []
        local += [(own, _table(own, ()))] if _exists(own) else []
        if local:
            return found + local
    return found


def _upwards() -> list[Path]:
    try:
        here = Path.cwd()
    except OSError:
        return []
    return [here, *here.parents]


def _user_file() -> Path | None:
    base = os.environ.get("XDG_CONFIG_HOME")
    try:
        folder = Path(base) if base else Path.home() / ".config"
    except RuntimeError:
        return None
    return folder / "axl" / FILE


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _mentions(path: Path) -> bool:
    # A pyproject.toml of someone else, however broken, is none of our business.
    try:
        return b"tool.axl" in path.read_bytes()
    except OSError:
        return False


def _table(path: Path, keys: tuple[str, ...]) -> dict[str, object]:
    import tomllib  # noqa: PLC0415 (milliseconds, and most folders have no settings)

    try:
        found: object = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    for key in keys:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    if not isinstance(found, dict):
        raise UsageError(f"{path}: {'.'.join(keys)} is not a table")
    values = cast("dict[str, object]", found)
    for name in values:
        if name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1)
            guess = f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(NAMES)}"
            raise UsageError(f"{path}: there is no setting `{name}`", hint=guess)
    return values
