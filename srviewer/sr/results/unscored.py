"""The provenance of a result that nothing was scored against."""

from typing import Any

from srviewer.core.volumes.volume import ScanHeader, blocking_warnings
from srviewer.sr.results.doubts import DoubtfulRegion
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts


def unscored(
    result: ReconstructionFacts, scan: ScanHeader, regions: tuple[DoubtfulRegion, ...] | None
) -> dict[str, Any]:
    """The provenance of a result without a reference, as verbs print it in JSON.

    A scan in doubt is reconstructed only after its warnings were acknowledged, so the codes of its
    blocking warnings are those that were.

    Args:
        result: The result.
        scan: The scan that it was made from.
        regions: Those of the result that are most likely wrong; None where no two planes made it.

    Returns:
        Plain JSON values, with empty scores.
    """
    return {
        **result.provenance(),
        "acknowledged": [warning.code for warning in blocking_warnings(scan.warnings)],
        "scores": None,  # there is no reference to score against
        "regions": None if regions is None else [region.described() for region in regions],
    }
