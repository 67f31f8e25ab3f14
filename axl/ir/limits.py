"""How large a workflow may be; the checker, the codec and the published schema read the same numbers."""

from __future__ import annotations

MAX_BLOCK_DEPTH = 50
"""Blocks inside the root block: maps in maps, branches in branches, workflows in workflows."""

MAX_PACK_DEPTH = 50
"""Lists, tuples and dicts inside one another in one argument."""

SMALL_CONST_BYTES = 8192
"""UTF-8 bytes up to which a literal counts as small: a workflow may hold any number of such."""

MAX_CONST_BYTES = 256 * 1024
"""UTF-8 bytes of all other literals of one workflow together; larger values belong in a step or a file.

A target may take less than that, and says so.
"""

MAX_CONST_DEPTH = 100
"""Lists and dicts inside one another in one literal; JSON readers stop at depths of their own."""

MAX_ID_CHARS = 63
"""Characters of a node's id or a step's name: a Kubernetes label."""

MAX_NAME_CHARS = 52
"""Characters of a workflow's name: a Kubernetes CronWorkflow."""

MAX_DOCUMENT_BYTES = 256 * 1024 * 1024
"""UTF-8 bytes of one workflow document."""

MAX_INTEGER = 2**53 - 1
"""The largest whole number in a document outside literals: every JSON reader keeps it exactly."""

ID_PATTERN = "[a-z][a-z0-9]*(_[a-z0-9]+)*"
NAME_PATTERN = "[a-z][a-z0-9]*(-[a-z0-9]+)*"
