"""The text that a reconstruction prints."""

from collections.abc import Sequence
from pathlib import Path

from srviewer.cli.console.chosen_model import chosen_model
from srviewer.cli.console.computed import computed
from srviewer.core.percentage import percentage
from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.results.maps import TEXTURE_THRESHOLD
from srviewer.sr.results.reconstruction_facts import ReconstructionFacts


def reconstruction_text(
    scan: ScanHeader,
    result: ReconstructionFacts,
    written: list[Path],
    rounded: str,
    notes: Sequence[str] = (),
) -> str:
    """Describe a result that was written.

    Args:
        scan: The scan.
        result: The result.
        written: The files that were written.
        rounded: The data type that values were rounded to; "" for none.
        notes: Further lines for the user.

    Returns:
        One fact a line.
    """

    def grid(image: ScanHeader) -> str:
        shape = " x ".join(map(str, image.geometry.shape))
        return f"{shape} voxels of {' x '.join(f'{mm:.3g}' for mm in image.geometry.spacing)} mm"

    lines = [
        f"{scan.name}: {grid(scan)} -> {grid(result.header)}",
        f"agrees with the scan: rms {percentage(result.consistency.rms, 4)}, "
        f"max {percentage(result.consistency.max, 4)} "
        f"of its intensity range{_qualification(result, rounded)}",
        computed(method(result.request.method).name, result),
        *chosen_model(scan, result.request),
        *_estimated_profile(result),
        *_expected(result),
        *_moved_by_texture(result),
        *_adapted(result),
        *(f"note: {line}" for line in result.warnings),
        *notes,
        f"written: {', '.join(map(str, written))}",
        "Research use only.",
    ]
    return "\n".join(lines)


def _estimated_profile(result: ReconstructionFacts) -> list[str]:
    estimate = result.slice_profile
    return [] if estimate is None else [f"slice profile: {estimate.text}"]


def _expected(result: ReconstructionFacts) -> list[str]:
    gain = result.expected_gain
    return [] if gain is None else [f"expected gain: {gain.text}"]


def _adapted(result: ReconstructionFacts) -> list[str]:
    """The outcome of an adaptation that is used; one that was refused is among the warnings."""
    tried = result.adapted
    return [f"adapting to this scan {tried.found}"] if tried is not None and tried.kept else []


def _moved_by_texture(result: ReconstructionFacts) -> list[str]:
    changed = result.texture_changed()
    if changed is None:
        return []
    least = f"{percentage(TEXTURE_THRESHOLD)} of the range"
    return [
        f"texture moved {percentage(changed, 1)} of the voxels by more than {least}: plausible, "
        "unmeasured"
    ]


def _qualification(result: ReconstructionFacts, rounded: str) -> str:
    """The noise within which it agrees, and changes of the result after that was measured."""
    within = result.noise_removed
    noise = "" if within is None else f", within its estimated noise of {percentage(within, 1)}"
    steps = []
    if result.request.isotropic:
        steps.append("resampled to isotropic voxels")
    if rounded:
        steps.append(f"rounded to {rounded}")
    return noise + (f" (before it was {' and '.join(steps)})" if steps else "")
