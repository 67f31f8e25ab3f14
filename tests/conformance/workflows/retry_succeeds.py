"""A step that fails twice and succeeds the third time."""

from pathlib import Path

from axl import Retry, Workflow, step


class RetrySucceeds(Workflow):
    @step(retries=Retry(attempts=3, on=(ConnectionError,)))
    def flaky(self, folder: str) -> str:
        tries = len(list(Path(folder).iterdir()))
        Path(folder, str(tries)).touch()
        if tries < 2:
            raise ConnectionResetError(f"try {tries}")
        return f"after {tries}"

    def graph(self, folder: str) -> str:
        return self.flaky(folder)


EXPECTED = "after 2"
