"""A ground truth that results are scored against."""

from dataclasses import dataclass

from srviewer.core.volumes.volume import Volume
from srviewer.study.state.held_file import HeldFile


@dataclass(frozen=True, eq=False)
class Reference:
    """A ground truth and what it is, in the words that stand beside every score.

    Attributes:
        volume: on the grid of the results.
        meaning: what it is, for people.
        thin: the scan that was thickened, where the open one was simulated from it.
        file: the file that holds ``volume``; None where there is none.

    """

    volume: Volume
    meaning: str
    thin: Volume | None
    file: HeldFile | None = None
