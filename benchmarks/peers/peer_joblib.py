"""joblib: `Parallel` with its processes for fan-outs, `Memory` (pickles on disk by argument) for the rest."""

from case import OUT, case, check, clock, main
from work import (
    BURNT,
    burn,
    data_first,
    data_second,
    data_third,
    data_want,
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


def inc_one_of(x, i):
    return x + 1


def cached(function):
    from joblib import Memory

    return Memory("cache", verbose=0).cache(function)


@case("chain", "memory")
@case("command", "memory")
@case("again", "memory")
@case("cached", "memory")
def chain(args):
    import joblib  # noqa: F401

    with clock():
        start, step = cached(first), cached(inc)
        x = start()
        for _ in range(args.n - 1):
            x = step(x)
    check(x, args.n - 1)


@case("fan", "default", "memory")
def fan(args):
    from joblib import Parallel, delayed

    with clock():
        step = cached(inc_one_of) if args.variant == "memory" else inc_one_of
        got = sum(Parallel(n_jobs=2)(delayed(step)(0, i) for i in range(args.n)))
    check(got, args.n)


@case("data", "memory")
def data(args):
    import joblib  # noqa: F401

    warm(args.size)
    with clock():
        one, two, three = cached(data_first), cached(data_second), cached(data_third)
        got = three(two(one(args.size)))
    check(got, data_want(args.size))


def sorted_month(month, version):
    import numpy as np

    return np.sort(month_data(month, version))


@case("disk", "memory")
def disk(args):
    import joblib  # noqa: F401

    with clock():
        load, sort = cached(month_data), cached(sorted_month)
        for run in range(args.n):
            for month, version in enumerate(versions(run)):
                load(month, version)
                sort(month, version)
    OUT.update(disk=size_of("cache"), raw=raw_size(args.n))
    check(sort(0, 0).size, load(0, 0).size)


@case("cpu", "default")
def cpu(args):
    from joblib import Parallel, delayed

    with clock():
        got = Parallel(n_jobs=2)(delayed(burn)() for _ in range(args.n))
    check(got, [BURNT] * args.n)


if __name__ == "__main__":
    main()
