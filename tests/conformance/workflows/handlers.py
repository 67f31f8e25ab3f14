"""Each step may name how its result is stored, compression included."""

from axl import Workflow, step


class Handlers(Workflow):
    io_handler = "json"

    @step
    def as_json(self) -> dict[str, list[int]]:
        return {"a": [1, 2]}

    @step(io_handler="text")
    def as_text(self) -> str:
        return "text"

    @step(io_handler="bytes")
    def as_bytes(self) -> bytes:
        return b"\x00\xff"

    @step(io_handler="pickle+gzip")
    def as_gzip(self) -> set[int]:
        return {1, 2}

    @step(io_handler="cloudpickle")
    def as_code(self) -> object:
        return lambda n: n + 1

    @step
    def show(self, a: dict[str, list[int]], b: str, c: bytes, d: set[int], e: object) -> str:
        return f"{a} {b} {c!r} {sorted(d)} {e(1)}"  # type: ignore[operator]

    def graph(self) -> str:
        return self.show(self.as_json(), self.as_text(), self.as_bytes(), self.as_gzip(), self.as_code())
