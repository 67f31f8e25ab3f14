"""What trials start beside the command line: functions that take words and return an exit code."""

from __future__ import annotations

import os
import random

from axl.cli import main as cli
from axl.errors import AxlError
from axl.io.stores import open_store
from axl.runtime import __main__ as runner


def command(_words: list[str]) -> int:
    """Be the command `axl`, whose words are in `sys.argv` already."""
    return cli.main()


def run_attempt(_words: list[str]) -> int:
    """Be `python -m axl.runtime`, whose words are in `sys.argv` already."""
    return runner.main()


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


def put_at_once(words: list[str]) -> int:
    """Let four processes begin to use a store in the same moment; return how many of them failed."""
    gate, opener = os.pipe()
    children = []
    for number in range(4):
        pid = os.fork()
        if pid == 0:
            os.close(opener)
            os.read(gate, 1)
            os._exit(_put_one(words[0], number))
        children.append(pid)
    os.close(gate)
    os.close(opener)
    return sum(os.waitpid(pid, 0)[1] != 0 for pid in children)


def _put_one(url: str, number: int) -> int:
    try:
        store = open_store(url)
        store.put_record(f"n/{number}", b"%d" % number)
        store.close()
    except AxlError as error:
        os.write(2, f"{error}\n".encode())
        return 1
    return 0
