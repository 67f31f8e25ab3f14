"""What trials start beside the command line: functions that take words and return an exit code."""

from __future__ import annotations

import os
import random

from axl.io.stores import open_store
from axl.runtime.__main__ import main


def run_attempt(_words: list[str]) -> int:
    """Be `python -m axl.runtime`, whose words are in `sys.argv` already."""
    return main()


def body_of(number: int) -> bytes:
    """Return the bytes of one object of `write_much`, of any size, and different for every number."""
    rng = random.Random(number)
    return rng.randbytes(rng.choice((10, 3000, 5000, 20_000, 70_000)))


def write_much(words: list[str]) -> int:
    """Put objects, and records that hold their names, into a store; say which are synced.

    The words are the store and a seed. Every record `n/NUMBER` holds the digest of `body_of(NUMBER)`.
    """
    rng = random.Random(int(words[1]))
    store = open_store(words[0])
    for number in range(rng.randint(5, 25)):
        with store.write(inline=0) as stream:
            stream.write(body_of(number))
            stored = stream.finish()
        store.put_record(f"n/{number:03}", stored.digest.encode())
        match rng.choice(("nothing", "nothing", "commit", "sync", "again")):
            case "commit":
                store.commit()
            case "sync":
                store.sync()
                os.write(1, b"synced %d\n" % number)
            case "again":
                store.close()
                store = open_store(words[0])
            case _:
                continue
    store.close()
    return 0
