"""Measures how long a workflow of many nodes takes to compile, part by part.

python benchmarks/compile.py                 # 1,000 nodes, the budget is 300 ms
python benchmarks/compile.py --nodes 10000 --reps 5
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import axl
from axl import api
from axl.compile.driver import compile_program
from axl.compile.targets import TARGETS, get_target


def workflow(nodes: int) -> type[axl.Workflow]:
    """Return a workflow of about this many nodes: chains, maps with a branch inside, a join."""

    class Wide(axl.Workflow):
        @axl.step(retries=2, resources={"cpu": "500m", "memory": "1Gi"})
        def load(self, n: int) -> list[int]:
            """Make a list."""
            return list(range(n))

        @axl.step
        def even(self, n: int) -> bool:
            """Test a number."""
            return n % 2 == 0

        @axl.step
        def half(self, n: int) -> int:
            """Halve a number."""
            return n // 2

        @axl.step
        def total(self, numbers: list[int]) -> int:
            """Add numbers up."""
            return sum(numbers)

        def graph(self, n: int = 3) -> int:
            def body(item: int) -> int:
                return axl.when(self.even(item), lambda: self.half(item), lambda: item)

            sums = [self.total(axl.map(body, self.load(n))) for _ in range(nodes // 6)]
            return self.total(sums)

    Wide.__module__, Wide.__qualname__ = "wide", "Wide"
    return Wide


def median(times: int, work: Callable[[], object]) -> float:
    """Return the median seconds of a call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Print one line for each target."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--reps", type=int, default=9)
    args = parser.parse_args()
    cls = workflow(args.nodes)
    program = api.checked(cls)
    front = median(args.reps, lambda: api.checked(cls))
    print(f"trace and check: {front * 1000:.0f} ms")
    for name in TARGETS:
        target = get_target(name)
        back = median(args.reps, lambda target=target: compile_program(program, target))
        whole = median(args.reps, lambda name=name: api.compile(cls, name))
        print(f"{name}: compile {back * 1000:.0f} ms, with trace, check and code {whole * 1000:.0f} ms")


if __name__ == "__main__":
    main()
