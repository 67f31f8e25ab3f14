"""Every kind of literal arrives as it was written, tuples included."""

from axl import Workflow, step


class Literals(Workflow):
    @step
    def show(
        self,
        a: None,
        b: bool,
        c: int,
        d: float,
        e: str,
        f: list[object],
        g: dict[str, object],
        h: tuple[object, ...],
    ) -> str:
        return repr((a, b, c, d, e, f, g, h))

    def graph(self) -> str:
        return self.show(
            None,
            True,
            10**30,
            -1.5e-300,
            'naïve \n\t"quotes" {{x}} ${y} 😀',
            [1, [2, []], {"k": (1, 2)}],
            {"z": 1, "a": {"b": None}},
            (1, "two", (3.0,)),
        )
