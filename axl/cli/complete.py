"""Shell completion: the scripts that bash, zsh and fish load, and the answers they ask for.

A script calls `axl` with the words typed so far, the last one incomplete, and gets a candidate a line.
Where there are no candidates the shell completes file names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from axl.cli import commands
from axl.cli.arguments import Parser
from axl.cli.config import read_settings
from axl.cli.screen import Screen
from axl.errors import AxlError, UsageError

_ROOT_OPTIONS = ("--help", "--version", "--install-completion", "--show-completion")
_MANY = 200

SCRIPTS = {
    "bash": """_axl_completion() {
    local IFS=$'\\n'
    COMPREPLY=($(_AXL_COMPLETE=bash axl "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -o nosort -F _axl_completion axl
""",
    "zsh": """#compdef axl
_axl_completion() {
    local -a found
    found=("${(@f)$(_AXL_COMPLETE=zsh axl "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then compadd -Q -- "${found[@]}"; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _axl_completion axl
""",
    "fish": """function __axl_completion
    set -l words (commandline -opc)
    env _AXL_COMPLETE=fish axl $words[2..] (commandline -ct) 2>/dev/null
end
complete --command axl --arguments '(__axl_completion)'
""",
}


def offer(words: Sequence[str], screen: Screen) -> int:
    """Print the script of a shell, or install it and say where."""
    shell = _shell(words[1:])
    if words[0] == "--show-completion":
        screen.data(SCRIPTS[shell].rstrip())
        return 0
    place = _install(shell)
    screen.data(f"{place}")
    screen.say(f"{shell} completes axl from the next shell on")
    return 0


def answer(words: Sequence[str], screen: Screen) -> int:
    """Print the candidates for the last of some words; a shell gets no messages."""
    typed = words[-1] if words else ""
    with contextlib.suppress(AxlError, OSError):
        found = [each for each in _candidates(words[:-1], typed) if each.startswith(typed)]
        if found:
            screen.data("\n".join(found[:_MANY]))
    return 0


def _candidates(before: Sequence[str], typed: str) -> list[str]:
    if not before:
        names = dict.fromkeys(name.partition(" ")[0] for name in commands.COMMANDS)
        return list(_ROOT_OPTIONS) if typed.startswith("-") else list(names)
    if len(before) == 1 and before[0] in commands.GROUPS:
        return commands.members(before[0])
    name, rest = commands.find(before)
    parser = commands.parser_of(name, commands.load(name))
    return _of_command(parser, rest, typed)


def _of_command(parser: Parser, before: Sequence[str], typed: str) -> list[str]:
    last = before[-1] if before else ""
    for action in parser._actions:  # argparse has no public way to ask what is declared
        if last in action.option_strings and last and action.nargs != 0:
            return [str(each) for each in action.choices or ()]
    if typed.startswith("-"):
        return parser.flags()
    positions = [action.dest for action in parser._actions if not action.option_strings]
    if "run" in positions and not [word for word in before if not word.startswith("-")]:
        return ["latest", *_runs()]
    return _topics() if "topic" in positions else []


def _runs() -> list[str]:
    from axl import api  # noqa: PLC0415 (opens a store, which few completions need)

    return [each.id for each in api.list_runs(read_settings({}).store)]


def _topics() -> list[str]:
    return [*(name.partition(" ")[0] for name in commands.COMMANDS), "exit-codes", "settings"]


def _shell(words: Sequence[str]) -> str:
    name = words[0] if words else Path(os.environ.get("SHELL", "")).name
    if name in SCRIPTS:
        return name
    what = f"there is no completion for {name!r}" if name else "cannot tell which shell this is"
    raise UsageError(what, hint=f"one of: {', '.join(SCRIPTS)}")


def _install(shell: str) -> Path:
    try:
        home = Path.home()
    except RuntimeError as error:
        raise UsageError("there is no home folder to install into", hint="use --show-completion") from error
    if shell == "fish":
        return _write(home / ".config/fish/completions/axl.fish", SCRIPTS[shell])
    place = _write(home / f".local/share/axl/completion.{shell}", SCRIPTS[shell])
    _load_from(home / f".{shell}rc", place)
    return place


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _load_from(startup: Path, script: Path) -> None:
    line = f'[ -r "{script}" ] && . "{script}"  # completion of axl\n'
    there = startup.read_text(encoding="utf-8", errors="replace") if startup.exists() else ""
    if line not in there:
        with startup.open("a", encoding="utf-8") as file:
            file.write(line if there.endswith("\n") or not there else f"\n{line}")
