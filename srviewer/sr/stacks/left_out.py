"""Leave one stack out: a stack predicted from the others, scored against what was measured."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from srviewer.core.volumes.volume import Volume

MEANING = (
    "what was measured in this stack, against what the other stacks, without repeats of it, "
    "predict for it: their volume, degraded to slices like its own"
)


@dataclass(frozen=True)
class SliceScores:
    """The scores of one slice of a stack that was left out, in dB; None without foreground.

    Attributes:
        joined: Of the other stacks, joined.
        cubic: Of the mean of the other stacks, interpolated cubically.
        single: Of the best other stack alone, through the network.
    """

    joined: float | None
    cubic: float | None
    single: float | None


@dataclass(frozen=True)
class Coherence:
    """The agreement of prediction and measurement at a spatial frequency within the slices.

    Attributes:
        per_mm: The middle of the band, cycles per mm.
        joined: The correlation of the Fourier coefficients, -1..1, of the others joined.
        cubic: Of the mean of the others, interpolated cubically.
        single: Of the best other stack alone.
    """

    per_mm: float
    joined: float
    cubic: float
    single: float


@dataclass(frozen=True, eq=False)
class LeftOut:
    """The scores of a stack that was predicted from the others.

    Gain and offset between prediction and measurement are those of the join. PSNR rewards blur;
    the coherence does not.

    Attributes:
        psnr: PSNR of the others joined, in dB; None without foreground that they cover.
        psnr_cubic: Of the mean of the others, interpolated cubically.
        psnr_single: Of the best other stack alone, through the network.
        single: The number of that stack.
        repeats: The numbers of the stacks that were left out with it, since they have taken about
            the same slices.
        share: The share of the stack's foreground that the others cover and that is scored, 0..1.
        data_range: The intensity range of the stack, in its unit.
        slices: The scores of each slice.
        coherence: From low to high frequencies; () where the slices are too small.
        residual: The prediction minus what was measured, on the grid of the stack and in its unit,
            0 where the others do not reach.
        meaning: The sentence that stands beside the scores.
    """

    psnr: float | None
    psnr_cubic: float | None
    psnr_single: float | None
    single: int
    repeats: tuple[int, ...]
    share: float
    data_range: float
    slices: tuple[SliceScores, ...]
    coherence: tuple[Coherence, ...]
    residual: Volume
    meaning: str = MEANING

    def values(self) -> dict[str, Any]:
        """Plain JSON values, without the residual."""
        return {
            "psnr": self.psnr,
            "psnr_cubic": self.psnr_cubic,
            "psnr_single": self.psnr_single,
            "single": self.single,
            "repeats": list(self.repeats),
            "share": self.share,
            "data_range": self.data_range,
            "slices": [asdict(row) for row in self.slices],
            "coherence": [asdict(row) for row in self.coherence],
            "meaning": self.meaning,
        }


def gains_of(scores: Sequence[LeftOut | None]) -> tuple[float, ...]:
    """By how much joining predicts stacks better than the best other alone.

    Args:
        scores: Of all stacks; None where one was not predicted.

    Returns:
        In dB, of each stack that was predicted from two others or more: one alone is not joined.
    """
    return tuple(
        row.psnr - row.psnr_single
        for row in scores
        if row is not None
        and row.psnr is not None
        and row.psnr_single is not None
        and len(scores) - 1 - len(row.repeats) > 1
    )
