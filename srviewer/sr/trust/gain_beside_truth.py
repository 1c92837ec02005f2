"""The expected gain of a result beside its true one."""

from srviewer.sr.results.reconstruction_facts import ReconstructionFacts
from srviewer.sr.scores.evaluate import ScoredPair

METRIC = "psnr"  # of which gains are expected


def true_gain(scores: ScoredPair) -> float | None:
    """The gain over cubic against a reference.

    Args:
        scores: Of a result and of cubic interpolation.

    Returns:
        dB of PSNR over the foreground; None where there is no score.
    """
    ours, cubic = (each.whole[METRIC] for each in (scores.candidate, scores.cubic))
    return None if ours is None or cubic is None else ours - cubic


def expected_beside_true(result: ReconstructionFacts | None, scores: ScoredPair) -> str | None:
    """One line with the expected and the true gain over cubic.

    Args:
        result: The result; None for none.
        scores: Of the result and of cubic interpolation against a reference.

    Returns:
        The line; None where nothing was expected, or there is no score.
    """
    true = true_gain(scores)
    if result is None or result.expected_gain is None or true is None:
        return None
    return result.expected_gain.beside(true)
