"""Plain Python and no framework: the limits of what is measured.

How a step's result reaches the next: `calls` keeps it in memory, `sqlite` commits a row for each step,
`files` writes and renames a pickle, `fsync` also waits for the disk, `threads` and `processes` are the
pools of the standard library with two workers.
"""

import concurrent.futures
import hashlib
import io
import json
import os
import pickle
import sqlite3
from dataclasses import dataclass

import bucket
from case import OUT, case, check, clock, main
from work import (
    BURNT,
    burn,
    data_first,
    data_second,
    data_third,
    data_want,
    layers,
    month_data,
    raw_size,
    size_of,
    versions,
    warm,
)


def first():
    return 0


def inc(x):
    return x + 1


class Calls:
    def __init__(self):
        self.values = {}

    def put(self, i, value):
        self.values[i] = value

    def get(self, i):
        return self.values[i]


class Files:
    flush = staticmethod(lambda file: None)

    def __init__(self):
        os.makedirs("store", exist_ok=True)

    def put(self, i, value):
        with open(f"store/{i}.tmp", "wb") as file:
            pickle.dump(value, file, protocol=5)
            self.flush(file)
        os.replace(f"store/{i}.tmp", f"store/{i}")

    def get(self, i):
        with open(f"store/{i}", "rb") as file:
            return pickle.load(file)


class Fsync(Files):
    @staticmethod
    def flush(file):
        file.flush()
        os.fsync(file.fileno())


class Sqlite:
    def __init__(self):
        self.db = sqlite3.connect("store.db", isolation_level=None)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=normal")
        self.db.execute("create table if not exists r (step integer primary key, value blob) without rowid")

    def put(self, i, value):
        self.db.execute("insert or replace into r values (?, ?)", (i, pickle.dumps(value, protocol=5)))

    def get(self, i):
        row = self.db.execute("select value from r where step=?", (i,)).fetchone()
        return None if row is None else pickle.loads(row[0])


STORES = {"calls": Calls, "files": Files, "fsync": Fsync, "sqlite": Sqlite}
POOLS = {"threads": "ThreadPoolExecutor", "processes": "ProcessPoolExecutor"}


@case("chain", *STORES)
@case("command", "sqlite")
def chain(args):
    with clock():
        store = STORES[args.variant]()
        store.put(0, first())
        for i in range(1, args.n):
            store.put(i, inc(store.get(i - 1)))
        got = store.get(args.n - 1)
    check(got, args.n - 1)


@case("fan", *STORES)
def fan(args):
    n = args.n
    with clock():
        store = STORES[args.variant]()
        store.put(0, first())
        for i in range(1, n + 1):
            store.put(i, inc(store.get(0)))
        store.put(n + 1, sum(store.get(i) for i in range(1, n + 1)))
        got = store.get(n + 1)
    check(got, n)


def pool(variant):
    return getattr(concurrent.futures, POOLS[variant])(max_workers=2)


@case("chain", *POOLS)
@case("command", "processes")
def chain_pool(args):
    with clock(), pool(args.variant) as workers:
        x = workers.submit(first).result()
        for _ in range(args.n - 1):
            x = workers.submit(inc, x).result()
    check(x, args.n - 1)


@case("fan", *POOLS)
def fan_pool(args):
    with clock(), pool(args.variant) as workers:
        x = workers.submit(first).result()
        each = [workers.submit(inc, x) for _ in range(args.n)]
        got = workers.submit(sum, [one.result() for one in each]).result()
    check(got, args.n)


@case("cpu", *POOLS)
def cpu_pool(args):
    with clock(), pool(args.variant) as workers:
        each = [workers.submit(burn) for _ in range(args.n)]
        got = [one.result() for one in each]
    check(got, [BURNT] * args.n)


@case("cpu", "calls")
def cpu(args):
    with clock():
        got = [burn() for _ in range(args.n)]
    check(got, [BURNT] * args.n)


@case("again", "sqlite")
@case("cached", "sqlite")
def again(args):
    """A key for each step from its code and what it needs, and one row looked up for each."""
    with clock():
        store, key, x = Sqlite(), b"", None
        for i in range(args.n):
            key = hashlib.blake2b(inc.__code__.co_code + key + bytes([i % 256])).digest()
            x = store.get(i)
            if x is None:
                x = i
                store.put(i, x)
    check(x, args.n - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    id: str
    step: str
    args: tuple


@case("front", "records")
def front(args):
    """Frozen records made, written as JSON and hashed: what any graph that can be hashed has to cost."""
    needs = layers(args.n)
    with clock():
        nodes = [
            Node(id=f"add_{i}", step="add", args=tuple(f"add_{d}" for d in each))
            for i, each in enumerate(needs)
        ]
        text = json.dumps([{"id": n.id, "step": n.step, "args": n.args} for n in nodes], sort_keys=True)
        digest = hashlib.blake2b(text.encode()).hexdigest()
    OUT["bytes"] = len(text)
    check(len(digest), 128)


def pass_on(kind, save, load):
    warm(kind)
    with clock():
        save("d1", data_first(kind))
        save("d2", data_second(load("d1")))
        got = data_third(load("d2"))
    check(got, data_want(kind))


@case("data", "calls")
def data_calls(args):
    box = {}
    pass_on(args.size, box.__setitem__, box.pop)


@case("data", "pickle")
def data_pickle(args):
    files = Files()
    pass_on(args.size, files.put, files.get)


@case("data", "mapped", "mapped+fsync")
def data_mapped(args):
    """`np.save` for arrays, Arrow's file format for tables, and a memory-mapped read of each."""
    save, load = (save_npy, load_npy) if args.size.startswith("array") else (save_arrow, load_arrow)

    def save_safely(name, value):
        path = save(name, value)
        with open(path, "rb") as file:
            os.fsync(file)

    pass_on(args.size, save_safely if args.variant == "mapped+fsync" else save, load)


@case("data", "parquet")
def data_parquet(args):
    """Parquet as pandas writes it."""
    import pandas as pd

    pass_on(args.size, lambda name, value: value.to_parquet(name), pd.read_parquet)


def save_npy(name, value):
    import numpy as np

    np.save(f"{name}.npy", value)
    return f"{name}.npy"


def load_npy(name):
    import numpy as np

    return np.load(f"{name}.npy", mmap_mode="r")


def save_arrow(name, value):
    import pyarrow as pa

    table = pa.Table.from_pandas(value, preserve_index=False)
    with pa.OSFile(name, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return name


def load_arrow(name):
    import pyarrow as pa

    return pa.ipc.open_file(pa.memory_map(name)).read_all().to_pandas()


@case("bucket", "boto3", "boto3, 32 threads")
def bucket_small(args):
    """Each small object is one request, alone or beside others."""
    with bucket.server() as endpoint:
        s3, keys = bucket.client(endpoint), range(args.n)
        each = concurrent.futures.ThreadPoolExecutor(bucket.MANY).map if "threads" in args.variant else map

        def put(i):
            s3.put_object(Bucket=bucket.BUCKET, Key=f"small/{i}", Body=bucket.small(i))

        def get(i):
            return s3.get_object(Bucket=bucket.BUCKET, Key=f"small/{i}")["Body"].read()

        put(-1)
        with clock():
            with clock("write_s"):
                list(each(put, keys))
            with clock("read_s"):
                got = list(each(get, keys))
    check(got, [bucket.small(i) for i in keys])


@case("bucket-large", "boto3")
def bucket_large(args):
    """boto3 sends and fetches parts of 8 MB, ten at once."""
    data, got = bucket.large(args.n), io.BytesIO()
    with bucket.server() as endpoint:
        s3 = bucket.client(endpoint)
        s3.put_object(Bucket=bucket.BUCKET, Key="first", Body=b"x")
        with clock():
            with clock("write_s"):
                s3.upload_fileobj(io.BytesIO(data), bucket.BUCKET, "large")
            with clock("read_s"):
                s3.download_fileobj(bucket.BUCKET, "large", got)
    check(got.getvalue() == data, True)


@case("disk", "files")
def disk(args):
    """Every run writes all that its steps give."""
    with clock():
        for run in range(args.n):
            files = [month_data(month, version) for month, version in enumerate(versions(run))]
            for number, value in enumerate([*files, *map(sorted_copy, files)]):
                os.makedirs(f"disk/{run}", exist_ok=True)
                with open(f"disk/{run}/{number}", "wb") as file:
                    pickle.dump(value, file, protocol=5)
    OUT.update(disk=size_of("disk"), raw=raw_size(args.n))
    check(len(os.listdir("disk")), args.n)


def sorted_copy(value):
    import numpy as np

    return np.sort(value)


if __name__ == "__main__":
    main()
