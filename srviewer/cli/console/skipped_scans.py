"""Scans that are left out of a training set, for the text and the JSON of a verb."""

from srviewer.io.scans.series import Counts, summary
from srviewer.job import Progress
from srviewer.sr.training.data import DataRead


class TrainingSkips:
    """Collects from the steps of a job how many scans were left out, by reason (``counts``)."""

    def __init__(self) -> None:
        self.counts: Counts = ()

    def take(self, step: Progress) -> Progress:
        """Record the counts of a step that has them.

        Args:
            step: A step of a job that reads training data.

        Returns:
            The step, unchanged.
        """
        if isinstance(step, DataRead):
            self.counts = step.left_out
        return step

    @property
    def lines(self) -> list[str]:
        """Lines for people; none where nothing was left out."""
        return left_out_lines(self.counts)


def left_out_lines(counts: Counts) -> list[str]:
    """Lines such as "left out: 2 masks or label maps by their voxels".

    Args:
        counts: The number of scans for each reason.

    Returns:
        One line, or none where nothing was left out.
    """
    return [f"left out: {summary(counts)}"] if counts else []
