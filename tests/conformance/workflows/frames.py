"""Data frames and arrays travel in their own formats, chosen by annotation."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from axl import Workflow, step


class Frames(Workflow):
    @step
    def frame(self, n: int) -> pd.DataFrame:
        return pd.DataFrame({"n": range(n), "word": [f"w{i}" for i in range(n)]})

    @step
    def array(self, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
        return frame["n"].to_numpy()

    @step
    def show(self, frames: list[pd.DataFrame], array: npt.NDArray[np.int64]) -> str:
        array = array + 1
        return f"{pd.concat(frames).shape} {array.sum()} {list(frames[1]['word'])}"

    def graph(self) -> str:
        frames = self.frame.map([2, 3])
        return self.show(frames, self.array(self.frame(4)))
