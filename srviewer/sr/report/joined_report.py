"""The report of a volume that was joined from several stacks."""

from collections.abc import Sequence

from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.slices.planes import slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, Progress
from srviewer.sr.report.joined_tables import (
    FOUND_HEAD,
    FOUND_NOTE,
    LEFT_OUT_HEAD,
    SLICES_HEAD,
    SLICES_NOTE,
    found_rows,
    left_out_note,
    left_out_rows,
    slices_rows,
    verdict,
)
from srviewer.sr.report.page import Figure, Page, Table
from srviewer.sr.report.parts import (
    SIDES,
    cutting_plane,
    grid_words,
    levels,
    middle_of,
    model_card,
    scores_table,
    share_words,
)
from srviewer.sr.report.settings import settings_table
from srviewer.sr.report.stack_figures import stack_figures
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import single_request


def joined_report(
    scan: Volume,
    joined: Joined,
    scores: ScoredPair | None = None,
    reference: Volume | None = None,
    stacks: Sequence[Volume] = (),
) -> Job[Page]:
    """The report of a joined volume.

    Args:
        scan: The stack that the others were joined onto.
        joined: The join.
        scores: Scores of the volume against ``reference``; None without a reference.
        reference: The reference, whose slices are shown beside the volume's.
        stacks: All stacks in the order in which they were joined, which are shown where they were
            found; () where they are not at hand.

    Returns:
        A job whose result is the page.
    """
    yield Progress(0.0, "Drawing the report")
    figures = [_montage(scan, joined, reference)]
    if stacks:
        yield Progress(0.2, "Drawing the stacks")
        figures += stack_figures(stacks, joined)
    found, left_out = tuple(found_rows(joined)), tuple(left_out_rows(joined))
    tables = [_summary(scan, joined), Table("Each stack", FOUND_HEAD, found, f"{FOUND_NOTE}.")]
    slices = tuple(slices_rows(joined))
    if slices:
        tables.append(Table("Motion between slices", SLICES_HEAD, slices, SLICES_NOTE))
        figures += _slice_motion(joined)
    if left_out:
        yield Progress(0.6, "Drawing the curves")
        tables.append(Table("Each stack left out", LEFT_OUT_HEAD, left_out, left_out_note(joined)))
        figures += _curves(joined)
    if scores is not None:
        tables.append(scores_table(scores.candidate, scores.cubic))
    provenance = {name: value for name, value in joined.provenance().items() if name != "stacks"}
    tables += [settings_table(provenance), *model_card(joined.model)]
    title = f"{len(joined.stacks)} stacks joined onto {scan.name}"
    warnings = tuple(dict.fromkeys(joined.warnings))
    return Page(title, warnings, tuple(tables), tuple(figures))


def _montage(scan: Volume, joined: Joined, reference: Volume | None) -> Figure:
    from srviewer.sr.report.figures import MontageSlice, montage  # matplotlib takes a second

    volume = joined.volume
    low, high = levels(scan)
    plane = cutting_plane(volume, single_request(scan, joined.request).axis)
    normal = plane.normal_axis(volume.geometry)
    rows = []
    for part in (1, 2, 3):
        number = volume.geometry.shape[normal] * part // 4
        at = middle_of(volume, normal, number)
        shown = [("reference stack", scan), ("joined", volume)]
        shown += [] if reference is None else [("reference", reference)]
        pictures = [MontageSlice(name, slice_at(one, plane, at), low, high) for name, one in shown]
        rows.append((f"slice: {AXIS_NAMES[normal]} {number}", pictures))
    caption = f"{plane.title} slices, evenly taken. Grey levels are the scan's. {SIDES[plane]}"
    return Figure("montage", caption, montage(rows))


def _summary(scan: Volume, joined: Joined) -> Table:
    reference = joined.stacks[joined.request.reference]
    rows = [
        ("verdict", verdict(joined)),
        ("reference stack", f"{reference.name}: {grid_words(scan)}"),
        ("joined volume", grid_words(joined.volume)),
    ]
    if reference.agreement is not None:
        rms = share_words(reference.agreement.rms)
        rows.append(("differs from the reference stack by", f"{rms} of the range (rms)"))
    return Table("In short", ("", ""), tuple(rows))


def _slice_motion(joined: Joined) -> list[Figure]:
    from srviewer.sr.report.figures import Panel, panels

    rows = [
        Panel(
            stack.name,
            "slice",
            "mm, degrees",
            range(1, len(found.mm) + 1),
            (("moved, mm", found.mm.tolist()), ("turned, degrees", found.degrees.tolist())),
        )
        for stack in joined.stacks
        if (found := stack.slices) is not None and not found.is_still
    ]
    caption = (
        "The motion of each slice against its stack: the largest distance by which a voxel of its "
        "foreground is moved, and the angle by which it is turned."
    )
    return [Figure("slice-motion", caption, panels(rows))] if rows else []


def _curves(joined: Joined) -> list[Figure]:
    from srviewer.sr.report.figures import Panel, panels

    known = [(stack, stack.left_out) for stack in joined.stacks if stack.left_out is not None]
    over_slices = [
        Panel(
            stack.name,
            "slice",
            "PSNR (dB)",
            range(1, len(left.slices) + 1),
            (
                ("joined", [row.joined for row in left.slices]),
                ("cubic", [row.cubic for row in left.slices]),
                ("best single", [row.single for row in left.slices]),
            ),
        )
        for stack, left in known
        if left.slices
    ]
    coherence = [
        Panel(
            stack.name,
            "cycles per mm",
            "coherence",
            [row.per_mm for row in left.coherence],
            (
                ("joined", [row.joined for row in left.coherence]),
                ("cubic", [row.cubic for row in left.coherence]),
                ("best single", [row.single for row in left.coherence]),
            ),
        )
        for stack, left in known
        if left.coherence
    ]
    captions = (
        ("left-out-slices", "PSNR of each slice of a stack that was left out.", over_slices),
        (
            "left-out-coherence",
            "How far prediction and measurement agree by spatial frequency within the slices (1: "
            "they agree, 0: they have nothing in common).",
            coherence,
        ),
    )
    return [Figure(name, text, panels(rows)) for name, text, rows in captions if rows]
