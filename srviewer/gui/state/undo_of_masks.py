"""Undo of strokes: what is a stroke, its memory, and the way back."""

from dataclasses import replace

from srviewer.core.masks.editable_mask import EditableMask, Stroke
from srviewer.core.volumes.volume import Volume
from srviewer.study.state.study_state import StudyState


def memory_of(volume: Volume) -> int:
    """Identify the memory of the voxels of a volume, which versions of a mask share.

    Args:
        volume: The volume.

    Returns:
        The same number for volumes with the same array of voxels.
    """
    base = volume.voxels.base
    return id(volume.voxels if base is None else base)


def strokes_of(state: StudyState) -> tuple[Stroke, ...]:
    """The strokes that led to the masks of a study.

    Args:
        state: The study.

    Returns:
        The last one of each mask that was painted.
    """
    corrections = (overlay.correction for overlay in state.overlays)
    return tuple(one.stroke for one in corrections if one is not None and one.stroke is not None)


def painted(before: StudyState, after: StudyState) -> bool:
    """Whether a mask went from one version to another.

    Args:
        before: A state of a study.
        after: The next one.

    Returns:
        False for any other change.
    """
    return any(_versions(before).get(mask, n) != n for mask, n in _versions(after).items())


def arranged(before: StudyState, after: StudyState) -> bool:
    """Whether overlays changed otherwise than by a stroke, or by the beginning of a correction.

    Args:
        before: A state of a study.
        after: The next one, with other overlays.

    Returns:
        True for what is a step of its own to be taken back.
    """
    if painted(before, after):
        return False
    pairs = zip(before.overlays, after.overlays, strict=False)
    return len(before.overlays) != len(after.overlays) or any(
        old is not new and (old.correction is not None or new.correction is None)
        for old, new in pairs
    )


def put_masks(now: StudyState, wanted: StudyState, left: StudyState) -> StudyState:
    """Restore the overlays and the voxels of the mask that was painted.

    Args:
        now: The present state.
        wanted: Has the overlays to restore.
        left: The state to leave, one stroke before or after.

    Returns:
        The state ``now`` with these overlays.
    """
    corrections = {
        each.correction.mask: each.correction for each in wanted.overlays if each.correction
    }
    for overlay in left.overlays:
        correction = overlay.correction
        if correction is not None and correction.mask in corrections:
            correction.lead_to(corrections[correction.mask])
    return replace(now, overlays=wanted.overlays)


def _versions(state: StudyState) -> dict[EditableMask, int]:
    corrections = (overlay.correction for overlay in state.overlays)
    return {one.mask: one.version for one in corrections if one is not None}
