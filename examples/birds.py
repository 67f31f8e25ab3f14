"""Count the birds of several walks: one step for each walk, all at once, then one step for the sum.

Try it, then count your own:

    axl run local -m examples/birds.py:Birds
    axl run local -m examples/birds.py:Birds --param 'walks=["owl owl", "wren"]'
"""

from collections import Counter

from axl import Workflow, step


class Birds(Workflow):
    """Which birds did we meet, and how often?"""

    @step
    def spot(self, walk: str) -> dict[str, int]:
        """Count the birds of one walk."""
        return dict(Counter(walk.split()))

    @step
    def tally(self, counts: list[dict[str, int]]) -> dict[str, int]:
        """Add the walks up, the most frequent bird first."""
        total = sum(map(Counter, counts), Counter[str]())
        return dict(total.most_common())

    def graph(self, walks: list[str] = ["wren robin wren", "owl", "robin wren owl"]) -> dict[str, int]:
        return self.tally(self.spot.map(walks))
