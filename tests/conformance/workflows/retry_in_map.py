"""Every item of a map has its own tries."""

from pathlib import Path

from axl import Workflow, step


class RetryInMap(Workflow):
    @step(retries=2)
    def flaky(self, n: int, folder: str) -> int:
        mark = Path(folder, str(n))
        if n % 2 and not mark.exists():
            mark.touch()
            raise OSError(n)
        return n * 10

    def graph(self, folder: str) -> list[int]:
        return self.flaky.partial(folder=folder).map([0, 1, 2, 3])


EXPECTED = [0, 10, 20, 30]
