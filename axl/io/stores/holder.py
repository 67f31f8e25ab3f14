"""Who holds a lock: the note that a holder leaves in it, and how the others are told of it."""

from __future__ import annotations

import json
import os
import socket
import time


def note_of_this_process(**more: str) -> str:
    """Return the note of a lock that this process takes, with what more there is to know of its holder."""
    started = time.strftime("%Y-%m-%d %H:%M:%S")
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "started": started, **more})


def held_by(name: str, note: str) -> str:
    """Say who holds a name; a note of a process reads as a sentence, any other note as it is."""
    try:
        facts = json.loads(note)
    except ValueError:
        facts = None
    match facts:
        case {"pid": pid, "host": host, "started": started}:
            return f"{name} is held by process {pid} on {host} since {started}"
        case _:
            return f"{name} is held by {note or 'another process'}"
