"""The reference that results are scored against."""

from dataclasses import dataclass

from srviewer.core.volumes.volume import Volume


@dataclass(frozen=True, eq=False)
class Reference:
    """A reference with the meaning of scores against it.

    Attributes:
        volume: on the grid of the results.
        meaning: the sentence beside every score that says what the reference is.
        thin: the thin scan that the open one was simulated from; None for others.

    """

    volume: Volume
    meaning: str
    thin: Volume | None
