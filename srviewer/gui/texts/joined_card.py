"""The texts on the card of a joined result, in plain English."""

import re
from collections.abc import Sequence

import numpy as np

from srviewer.core.slice_numbers import slice_numbers
from srviewer.core.stacks.slice_motion import MOST_SHORT_MM, SHORT_MM, SliceMotion
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import millimetres, percent
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.stacks.joined import Joined, JoinedStack
from srviewer.sr.stacks.left_out import LeftOut
from srviewer.sr.stacks.places import has_moved

SINGLE = mark(
    "Joining gained nothing here: this is the result of '{name}' alone, which predicts the others "
    "best."
)
UNTESTED = mark(
    "No stack was predicted from the others, so nothing measured says whether joining gained "
    "anything."
)
TWO = mark(
    "Two stacks: each is predicted by the other alone. That tests the network and the placement on "
    "measured slices, and not the joining."
)
HELD_OF_MOVED = mark(
    "Slices {numbers} seem to have moved by more than the {most:.0f} mm that are allowed in a "
    "stack shorter than {short:.0f} mm: they stay."
)
HELD_SLICES = mark(
    "Its slices seem to have moved by more than the {most:.0f} mm that are allowed in a stack "
    "shorter than {short:.0f} mm: they stay."
)
LEFT_OUT_MEANING = mark(
    "PSNR in dB of each stack as predicted from the others, against what was measured in it. "
    "Beside it: the mean of the others by cubic interpolation, and the best other stack alone. "
    "PSNR rewards blur: see the coherence below the panes."
)


def joined_verdict(joined: Joined) -> str:
    """The measured gain of joining these stacks, as one sentence.

    Args:
        joined: The join.

    Returns:
        The translated text.
    """
    known = joined.gains
    if joined.single is not None:
        return tr(SINGLE, name=joined.stacks[joined.single].name)
    if not known:
        tested = any(stack.left_out for stack in joined.stacks)
        return tr(TWO if tested else UNTESTED)
    return tr(
        "Measured: the others joined predict a stack that was left out with {gain:+.1f} dB against "
        "the best of them alone (mean of {count}).",
        gain=float(np.mean(known)),
        count=len(known),
    )


def joined_is_good(joined: Joined) -> bool:
    """Whether joining is known to have gained something.

    Args:
        joined: The join.

    Returns:
        False also where nothing was measured.
    """
    known = joined.gains
    return not joined.is_single and bool(known) and float(np.mean(known)) > 0


def joined_facts(joined: Joined) -> tuple[str, ...]:
    """The volume that was made, and the way.

    Args:
        joined: The join.

    Returns:
        One translated sentence each.
    """
    reference = joined.stacks[joined.request.reference]
    by = joined.model.name if joined.model else method(joined.request.method).name
    return (
        tr(
            "{count} stacks onto '{name}', voxels of {spacing}.",
            count=len(joined.stacks),
            name=reference.name,
            spacing=millimetres(joined.volume.geometry.spacing),
        ),
        tr(
            "Single results by {by}; {seconds:.1f} s on {device}.",
            by=by,
            seconds=joined.seconds,
            device=joined.device,
        ),
    )


def stack_facts_text(joined: Joined, number: int) -> str:
    """The findings on one of the stacks.

    Args:
        joined: The join.
        number: Of the stack, from 0.

    Returns:
        Translated lines: motion, grey levels, weight, agreement, slices that are used less.
    """
    stack = joined.stacks[number]
    lines = [_motion(stack, number == joined.request.reference)]
    lines.append(
        tr(
            "Grey levels \u00d7 {gain:.3g} {offset:+.3g};  weight {weight}.",
            gain=stack.gain,
            offset=stack.offset,
            weight=percent(stack.weight),
        )
    )
    if stack.agreement is not None:
        share = percent(stack.agreement.rms)
        lines.append(tr("The volume made thick differs from it by {share} (rms).", share=share))
    if stack.slices is not None:
        lines.append(_slices(stack.slices))
    if stack.down_weighted:
        numbers = slice_numbers(stack.down_weighted)
        lines.append(tr("Slices that fit the others badly, used less: {numbers}.", numbers=numbers))
    return "\n".join(lines)


def once(warnings: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Say once what holds for several stacks.

    Args:
        warnings: Those of a join; those of one stack begin with its name: "'ax': ...".
        names: Of all stacks.

    Returns:
        The translated sentences in their order, after the names of the stacks that they hold for.
    """
    held: dict[str, list[str]] = {}
    for warning in warnings:
        name = next((name for name in names if warning.startswith(f"'{name}': ")), None)
        text = warning if name is None else warning.removeprefix(f"'{name}': ")
        held.setdefault(text, []).extend([] if name is None else [name])
    lines = []
    for text, of in held.items():
        whose = tr("All stacks") if len(of) == len(names) else ", ".join(f"'{n}'" for n in of)
        lines.append(f"{whose}: {tr(text)}" if of else tr(text))
    return tuple(lines)


def short_names(names: Sequence[str]) -> tuple[str, ...]:
    """The parts by which names differ, for a narrow column.

    Args:
        names: Such as "sub-01_acq-ax_T2w" and "sub-01_acq-cor_T2w".

    Returns:
        Such as "ax" and "cor", without the words at both ends that all have in common; the names
        themselves where one would be empty.
    """
    parts = [re.split(r"(?<=[^0-9A-Za-z])|(?=[^0-9A-Za-z])", name) for name in names]
    most = min(map(len, parts)) - 1
    first = next((n for n in range(most) if len({row[n] for row in parts}) > 1), max(most, 0))
    rest = [row[first:] for row in parts]
    most = min(map(len, rest)) - 1
    last = next((n for n in range(most) if len({row[-1 - n] for row in rest}) > 1), max(most, 0))
    short = tuple("".join(row[: len(row) - last]) for row in rest)
    return short if all(short) and len(set(short)) == len(set(names)) else tuple(names)


def left_out_cells(left_out: LeftOut | None) -> tuple[str, str, str]:
    """The scores of a stack that was predicted from the others, for a table.

    Args:
        left_out: The scores; None where it was not predicted.

    Returns:
        In dB: of the others joined, of their cubic mean, of the best single one; a dash for none.
    """
    if left_out is None:
        return ("\u2013",) * 3
    joined, cubic, single = (
        "\u2013" if value is None else f"{value:.1f}"
        for value in (left_out.psnr, left_out.psnr_cubic, left_out.psnr_single)
    )
    return joined, cubic, single


def slice_cells(found: SliceMotion | None) -> list[tuple[str, str, str]]:
    """The motion of each slice that is moved, for a table.

    Args:
        found: The motion; None where it was not asked for.

    Returns:
        For each slice its number from 1, how far it is moved, mm, and turned, degrees.
    """
    if found is None:
        return []
    return [(str(n + 1), f"{found.mm[n]:.1f}", f"{found.degrees[n]:.1f}") for n in found.moved]


def _slices(found: SliceMotion) -> str:
    if not found.is_compared:
        return tr(
            "The other stacks cover too little of its slices to tell whether they moved: they stay."
        )
    if found.is_held:
        return tr(HELD_SLICES, most=MOST_SHORT_MM, short=SHORT_MM)
    if found.is_still:
        return tr("No evidence that its slices moved against each other: they stay.")
    moved = tr(
        "Slices moved against each other: {count} of {all}, by up to {shift:.1f} mm and "
        "{turn:.1f}\u00b0.",
        count=len(found.moved),
        all=len(found.mm),
        shift=float(found.mm.max()),
        turn=float(found.degrees.max()),
    )
    if not found.held:
        return moved
    numbers = slice_numbers(found.held)
    held = tr(HELD_OF_MOVED, numbers=numbers, most=MOST_SHORT_MM, short=SHORT_MM)
    return f"{moved} {held}"


def _motion(stack: JoinedStack, is_reference: bool) -> str:
    if is_reference:
        return tr("The reference: it stays in its place.")
    if not has_moved(stack):
        return tr("Left where its header puts it.")
    shift, turn = np.linalg.norm(stack.translation_mm), np.linalg.norm(stack.rotation_deg)
    return tr(
        "Moved by {shift:.1f} mm ({x:+.1f} R, {y:+.1f} A, {z:+.1f} S) and {turn:.1f}\u00b0.",
        shift=shift,
        turn=turn,
        x=stack.translation_mm[0],
        y=stack.translation_mm[1],
        z=stack.translation_mm[2],
    )
