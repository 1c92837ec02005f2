"""The report of a result or of a comparison, on one page that needs nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from srviewer.core.comparison.comparison import Scores
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.percentage import percentage
from srviewer.core.scores.metrics import METRICS, Mask, comparable_metrics, ranking_metric
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.job import Job, Progress, within
from srviewer.sr.report.doubtful_regions import regions_figure, regions_table
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
from srviewer.sr.report.settings import settings_table, source_rows
from srviewer.sr.results.doubts import Doubts, find_doubts, shown_maps
from srviewer.sr.results.maps import MAPS, MapKind
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.scores.score_volumes import Compared
from srviewer.sr.trust.gain_beside_truth import true_gain
from srviewer.sr.trust.self_test import SelfTest

DISAGREEMENT_NOTE = "a guide to where to look first, region by region; no measure of the error"
SHOWN = ("worst", "median", "best")


def reconstruction_report(
    scan: Volume,
    result: Reconstruction,
    scores: ScoredPair | None = None,
    reference: Volume | None = None,
    tested: SelfTest | None = None,
    doubts: Doubts | None = None,
) -> Job[Page]:
    """The report of a result.

    Args:
        scan: The scan.
        result: The result.
        scores: Scores of the result against ``reference``; None without a reference.
        reference: The reference, whose slices are shown beside the result's.
        tested: The self-test; None without one.
        doubts: Where to look in the result; None to find it.

    Returns:
        A job whose result is the page.
    """
    if doubts is None:
        doubts = yield from within(find_doubts(result, scan), 0.0, 0.2)
    yield Progress(0.2, "Drawing the report")
    from srviewer.sr.report.figures import curves, montage  # matplotlib takes a second to load

    plane = cutting_plane(result.volume, result.request.axis)
    chosen = _chosen(result, scores, plane)
    figures = [
        Figure(
            "montage",
            f"{plane.title} slices, {_ranked_by(scores, result)}. Grey levels are the scan's in "
            f"every picture. {SIDES[plane]}",
            montage(_rows(scan, result, doubts, reference, plane, chosen)),
        )
    ]
    tables = [_summary(scan, result, scores)]
    if doubts is not None and doubts.regions:
        yield Progress(0.4, "Drawing the regions")
        figures.append(regions_figure(scan, result, doubts, plane, levels(scan)))
        tables.append(regions_table(doubts, result))
    if scores is not None:
        for number, metric in enumerate(comparable_metrics()):
            yield Progress(0.5 + 0.4 * number / len(METRICS), "Drawing the curves")
            drawn = curves(scores.candidate, scores.cubic, metric.id, metric.title)
            figures.append(Figure(metric.id, f"{metric.title} of each slice.", drawn))
        tables.append(scores_table(scores.candidate, scores.cubic))
    if tested is not None:
        tables.append(_tested_table(tested.judged(result.expected_gain)))
    tables += [settings_table(result.provenance()), *model_card(result.model)]
    return Page(f"Reconstruction of {scan.name}", result.warnings, tuple(tables), tuple(figures))


def comparison_report(reference: Volume, compared: Compared, notes: Sequence[str]) -> Job[Page]:
    """The report of one volume scored against another, on the grid of the reference.

    Args:
        reference: The reference.
        compared: The candidate and its scores.
        notes: Warnings to show first, one line each.

    Returns:
        A job whose result is the page.
    """
    yield Progress(0.0, "Drawing the report")
    from srviewer.sr.report.figures import MontageSlice, curves, montage

    candidate, scores = compared.candidate, compared.scores
    axis = int(np.argmax(reference.geometry.spacing))
    plane = cutting_plane(reference, axis)
    normal = plane.normal_axis(reference.geometry)
    ranked = _from_worst(scores, normal)
    low, high = levels(reference)
    error = candidate.voxels - reference.voxels
    for left_out in _left_out(reference, compared):
        error[left_out] = 0
    difference = replace(
        reference.derived(error, reference.geometry, "candidate minus reference"), padding=None
    )
    most = float(np.percentile(np.abs(difference.voxels), 99.9))
    rows = []
    for word, number in zip(SHOWN, ranked, strict=True):
        at = middle_of(reference, normal, number)
        pictures = [
            MontageSlice("reference", slice_at(reference, plane, at), low, high),
            MontageSlice("candidate", slice_at(candidate, plane, at), low, high),
            MontageSlice("difference", slice_at(difference, plane, at), -most, most, "RdBu_r"),
        ]
        rows.append((f"{word}: {AXIS_NAMES[normal]} {number}", pictures))
    caption = f"{plane.title} slices, ranked by {ranking_metric().title}. {SIDES[plane]}"
    figures = [Figure("montage", caption, montage(rows))]
    for metric in comparable_metrics():
        yield Progress(0.6, "Drawing the curves")
        drawn = curves(scores, None, metric.id, metric.title)
        figures.append(Figure(metric.id, f"{metric.title} of each slice.", drawn))
    title = f"{candidate.name} against {reference.name}"
    files = Table(
        "Files", ("", ""), (*_files("reference", reference), *_files("candidate", candidate))
    )
    return Page(title, tuple(notes), (scores_table(scores, None), files), tuple(figures))


def _left_out(reference: Volume, compared: Compared) -> list[Mask]:
    """Masks of the voxels where one of two volumes has no value to compare."""
    covered = None if compared.covered is None else ~compared.covered
    masks = (covered, reference.padded, compared.candidate.padded)
    return [mask for mask in masks if mask is not None]


def _files(word: str, volume: ScanHeader) -> tuple[tuple[str, str], ...]:
    return () if volume.source is None else source_rows(volume.source.described(), word)


def _rows(
    scan: Volume,
    result: Reconstruction,
    doubts: Doubts | None,
    reference: Volume | None,
    plane: Plane,
    chosen: Sequence[tuple[str, int]],
) -> list[tuple[str, list[Any]]]:
    from srviewer.sr.report.figures import MontageSlice

    low, high = levels(scan)
    normal = plane.normal_axis(result.volume.geometry)
    maps = _maps_with_ends(result, doubts)
    rows = []
    for word, number in chosen:
        at = middle_of(result.volume, normal, number)
        pictures = [
            MontageSlice("scan", slice_at(scan, plane, at), low, high),
            MontageSlice("result", slice_at(result.volume, plane, at), low, high),
        ]
        if reference is not None:
            pictures.append(MontageSlice("reference", slice_at(reference, plane, at), low, high))
        for kind, volume, most in maps:
            floor, colours = (-most, "RdBu_r") if kind.signed else (0.0, "magma")
            pictures.append(
                MontageSlice(kind.title, slice_at(volume, plane, at), floor, most, colours)
            )
        rows.append((f"{word}: {AXIS_NAMES[normal]} {number}", pictures))
    return rows


def _maps_with_ends(
    result: Reconstruction, doubts: Doubts | None
) -> list[tuple[MapKind, Volume, float]]:
    """Each map with the value at the end of its colours: at least a thousandth of the range."""
    shown, maps = [], shown_maps(result, doubts)
    for kind in MAPS:
        map_volume = maps.get(kind.id)
        if map_volume is not None:
            most = float(np.percentile(np.abs(map_volume.voxels), 99.9))
            shown.append((kind, map_volume, max(most, 1e-3 * result.data_range)))
    return shown


def _chosen(
    result: Reconstruction, scores: ScoredPair | None, plane: Plane
) -> list[tuple[str, int]]:
    """(title, slice number) of the worst, the median and the best slice."""
    normal = plane.normal_axis(result.volume.geometry)
    if scores is not None:
        return list(zip(SHOWN, _from_worst(scores.candidate, normal), strict=True))
    others = tuple(axis for axis in range(3) if axis != normal)
    # Slices at the rim are air: where little is seen there is little to disagree about.
    # Counted from the intensity floor, as air in CT is far below 0.
    above = volume_intensity(result.volume).above_floor(result.volume.voxels)
    padded = result.volume.padded
    bright = (above if padded is None else np.where(padded, np.float32(0), above)).mean(axis=others)
    seen = [int(n) for n in np.flatnonzero(bright >= 0.3 * bright.max())]
    if result.disagreement is None:
        return [("slice", seen[len(seen) * part // 4]) for part in (1, 2, 3)]
    disagreement = result.disagreement.voxels.mean(axis=others)
    ranked = sorted(seen, key=lambda n: -float(disagreement[n]))
    titles = ("most disagreement", "median", "least disagreement")
    return [(w, ranked[n]) for w, n in zip(titles, (0, len(ranked) // 2, -1), strict=True)]


def _from_worst(scores: Scores, axis: Axis) -> tuple[int, int, int]:
    """The slices with the worst, the median and the best score."""
    metric, rows = ranking_metric(), scores.per_slice[axis]
    known = [(value, n) for n, row in enumerate(rows) if (value := row[metric.id]) is not None]
    if not known:
        return (len(rows) // 2,) * 3
    values, numbers = (np.array(column) for column in zip(*known, strict=True))
    ranked = numbers[metric.worst_first(values)]
    return int(ranked[0]), int(ranked[len(ranked) // 2]), int(ranked[-1])


def _ranked_by(scores: ScoredPair | None, result: Reconstruction) -> str:
    if scores is not None:
        return f"ranked by {ranking_metric().title}"
    return "ranked by the disagreement of the planes" if result.disagreement else "evenly taken"


def _summary(scan: ScanHeader, result: Reconstruction, scores: ScoredPair | None) -> Table:
    consistency, planes = result.consistency, result.disagreement_summary()
    rows = [
        ("scan", grid_words(scan)),
        ("result", grid_words(result.volume)),
        (
            "agreement with the scan",
            f"rms {share_words(consistency.rms)}, max {share_words(consistency.max)} of the range",
        ),
    ]
    if result.expected_gain is not None:
        rows.append(("expected gain", result.expected_gain.text))
    true = None if scores is None else true_gain(scores)
    if true is not None:
        rows.append(("true gain", f"{true:+.1f} dB over cubic"))
    if planes is not None:
        rows.append(
            ("the two planes differ by", f"{percentage(planes['mean'], 2)} of the range (mean)")
        )
        rows.append(("what that is worth", DISAGREEMENT_NOTE))
    if result.adapted is not None:
        tried = result.adapted
        rows.append(
            (
                "adapted to this scan",
                f"{'kept' if tried.kept else 'not kept'}: {tried.found}; {tried.steps} steps"
                if tried.steps
                else "not kept: the scan is too small to adapt to",
            )
        )
    changed = result.texture_changed()
    if changed is not None:
        rows.append(("voxels changed by texture", percentage(changed, 1)))
    return Table("In short", ("", ""), tuple(rows))


def _tested_table(tested: SelfTest) -> Table:
    return Table(f"Self-test. {tested.verdict}", tested.head, tuple(tested.cells()))
