"""The findings on each stack of a joined volume, as rows of text."""

import math

from srviewer.core.percentage import percentage
from srviewer.core.slice_numbers import slice_numbers
from srviewer.sr.stacks.joined import Joined, JoinedStack
from srviewer.sr.stacks.left_out import LeftOut

FOUND_HEAD = (
    "stack",
    "turned",
    "moved",
    "gain",
    "offset",
    "weight",
    "agreement",
    "slices used less",
)
FOUND_NOTE = (
    "Turned and moved: from the place in the header. A voxel of the reference is gain * voxel + "
    "offset. Weight: share of the volume. Agreement: root mean square of what the joined volume, "
    "degraded to slices like the stack's, misses of it, as a share of its intensity range. Slices "
    "used less: they fit the others badly, counted from 1"
)
LEFT_OUT_HEAD = ("stack left out", "the others joined", "cubic", "best other alone", "scored")
LEFT_OUT_NOTE = (
    "PSNR in dB, higher is better, of what the other stacks predict against what was measured. "
    "PSNR rewards blur and says nothing of detail finer than the slices of the stack left out: see "
    "the coherence too. A repeat of the same slices is left out with it."
)

SLICES_HEAD = ("stack", "slices moved", "most turned", "most moved", "evidence")
SLICES_NOTE = (
    "Slices moved: by half a millimetre or more against their stack, counted from 1. Most moved: "
    "of all voxels that were compared, the one that is moved furthest. Evidence: the "
    "natural logarithm of how much likelier this motion is than none, of which more than 4 is "
    "asked; else all slices stay. Agreement above is that with the slices where they were found. "
    "Blind to motion while a slice was taken, and to parts of the body that move by themselves: a "
    "slice has one place."
)
LEFT_OUT_PLACED = (
    " The slices of the others were moved, where two or more are left, without the stack left out "
    "and its repeats; its own slices were placed on each of the predictions in the same way."
)


def verdict(joined: Joined) -> str:
    """The measured gain of joining these stacks.

    Args:
        joined: The joined volume.

    Returns:
        A sentence.
    """
    if joined.single is not None:
        name = joined.stacks[joined.single].name
        return f"Joining gains nothing: this is '{name}' alone, which predicts the others best."
    gains = joined.gains
    if gains:
        return (
            "Joining gains: the others joined predict a stack that was left out "
            f"{sum(gains) / len(gains):+.1f} dB better than the best of them alone (mean of "
            f"{len(gains)})."
        )
    if any(stack.left_out is not None for stack in joined.stacks):
        return (
            "Not known: each stack is predicted by one other alone, which tests the network and "
            "the placement, and not the joining."
        )
    return "Not known: no stack was predicted from the others."


def found_rows(joined: Joined) -> list[tuple[str, ...]]:
    """The findings on each stack.

    Args:
        joined: The joined volume.

    Returns:
        A row for each stack, of as many cells as ``FOUND_HEAD``.
    """
    return [_found(stack, stack.index == joined.request.reference) for stack in joined.stacks]


def left_out_rows(joined: Joined) -> list[tuple[str, ...]]:
    """The scores of each stack as predicted from the others.

    Args:
        joined: The joined volume.

    Returns:
        A row for each stack that was left out, of as many cells as ``LEFT_OUT_HEAD``.
    """
    rows: list[tuple[str, ...]] = []
    for stack in joined.stacks:
        scores = stack.left_out
        if scores is not None:
            single = _single(joined, scores)
            values = _decibels(scores.psnr), _decibels(scores.psnr_cubic), single
            rows.append((stack.name, *values, percentage(scores.share)))
    return rows


def slices_rows(joined: Joined) -> list[tuple[str, ...]]:
    """The motion between the slices of each stack.

    Args:
        joined: The joined volume.

    Returns:
        A row for each stack, of as many cells as ``SLICES_HEAD``; none where it was not asked for.
    """
    return [
        (
            stack.name,
            slice_numbers(found.moved) or "none",
            f"{found.degrees.max(initial=0.0):.1f}\N{DEGREE SIGN}",
            f"{found.mm.max(initial=0.0):.1f} mm",
            f"{found.evidence:.1f}" if found.is_compared else "not compared",
        )
        for stack in joined.stacks
        if (found := stack.slices) is not None
    ]


def left_out_note(joined: Joined) -> str:
    """The meaning of the scores of stacks that were left out.

    Args:
        joined: The joined volume.

    Returns:
        Sentences.
    """
    return LEFT_OUT_NOTE + (LEFT_OUT_PLACED if joined.request.motion == "slices" else "")


def _found(stack: JoinedStack, is_reference: bool) -> tuple[str, ...]:
    turned = f"{math.hypot(*stack.rotation_deg):.2f}\N{DEGREE SIGN}"
    agreement = stack.agreement
    return (
        stack.name,
        "reference" if is_reference else turned,
        "reference" if is_reference else f"{math.hypot(*stack.translation_mm):.2f} mm",
        f"{stack.gain:.4g}",
        f"{stack.offset:.4g}",
        percentage(stack.weight),
        "none" if agreement is None else percentage(agreement.rms, 2),
        slice_numbers(stack.down_weighted) or "none",
    )


def _single(joined: Joined, scores: LeftOut) -> str:
    text = _decibels(scores.psnr_single)
    return text if scores.psnr_single is None else f"{text} ({joined.stacks[scores.single].name})"


def _decibels(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
