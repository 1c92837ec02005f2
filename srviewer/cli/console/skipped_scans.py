"""Scans left out of what a network learns from, for the text and the JSON of a verb."""

from srviewer.io.scans.series import Counts, summary
from srviewer.job import Progress
from srviewer.sr.training.data import DataRead


class LeftOutOfTraining:
    """Hears of it from the steps of a job, by ``take``. ``counts``: how many for each reason."""

    def __init__(self) -> None:
        self.counts: Counts = ()

    def take(self, step: Progress) -> Progress:
        """The step, unchanged."""
        if isinstance(step, DataRead):
            self.counts = step.left_out
        return step

    @property
    def lines(self) -> list[str]:
        """For people; none where nothing was left out."""
        return left_out_lines(self.counts)


def left_out_lines(counts: Counts) -> list[str]:
    """ "left out: 2 masks or label maps by their voxels", or nothing."""
    return [f"left out: {summary(counts)}"] if counts else []
