"""Where records live: keys derived from run, node and index, never passed around.

run/RUN                      header: what is run, with which parameters
same/HASH-PARAMS/RUN         finds the runs of one workflow with the same parameters
session/RUN/N                an engine took the run up;  session/RUN/N/end: how it left it
node/RUN/NODE/INDEX          the committed result of one node instance, written once
attempt/RUN/NODE/INDEX/N     a failed attempt
cache/KEY                    a result that any run may use, with the record that it was first written to
code/DIGEST                  what the fingerprint of a step's code was made of
"""

from __future__ import annotations

import re

from axl.errors import UsageError

Index = tuple[int, ...]
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def check_run_id(run: str) -> str:
    """Return the name for a new run; it becomes part of keys and messages, so it is kept plain.

    Raises `UsageError` for any other name.
    """
    if _RUN_ID.fullmatch(run) and run != "latest":
        return run
    shown = repr(run if len(run) <= 60 else f"{run[:57]}...")
    raise UsageError(
        f"{shown} cannot name a run",
        hint="use up to 200 letters, digits, '.', '_' and '-', a letter or digit first",
    )


def index_text(index: Index) -> str:
    """Return `2.0` for item 0 of item 2, and `-` outside maps."""
    return ".".join(map(str, index)) if index else "-"


def parse_index(text: str) -> Index:
    """Return the index that `index_text` wrote."""
    return () if text == "-" else tuple(int(part) for part in text.split("."))


def instance_text(node: str, index: Index) -> str:
    """Return how people name a node instance: `load`, `load[3]`, `size[2][0]`."""
    return node + "".join(f"[{i}]" for i in index)


def run_key(run: str) -> str:
    """Return where a run's header is."""
    return f"run/{run}"


def same_prefix(workflow_hash: str, params_digest: str) -> str:
    """Return below what the runs of one workflow with the same parameters and code are listed."""
    return f"same/{workflow_hash[:24]}-{params_digest[:24]}/"


def session_key(run: str, number: int) -> str:
    """Return where it says that an engine took a run up."""
    return f"session/{run}/{number:06d}"


def session_end_key(run: str, number: int) -> str:
    """Return where it says how an engine left a run."""
    return f"session/{run}/{number:06d}/end"


def node_key(run: str, node: str, index: Index) -> str:
    """Return where the committed result of a node instance is."""
    return f"node/{run}/{node}/{index_text(index)}"


def attempt_key(run: str, node: str, index: Index, attempt: int) -> str:
    """Return where a failed attempt at a node instance is."""
    return f"attempt/{run}/{node}/{index_text(index)}/{attempt:06d}"


def cache_key(key: str) -> str:
    """Return where the result is that code and inputs of this key have."""
    return f"cache/{key}"


def code_key(digest: str) -> str:
    """Return where it says what the fingerprint of a step's code was made of."""
    return f"code/{digest}"
