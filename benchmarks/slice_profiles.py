"""Slices of other profiles than a box: the profile assumed, stated and estimated.

For each thin volume, degraded along an axis by each profile and width: PSNR in dB over the
foreground of the truth, of cubic interpolation and of the network with a box assumed, with the
profile stated as before (the result for a box, back-projected), with it stated, and with it
estimated. The estimate is made on the whole volume, the scores on its middle. For each thick scan:
what is estimated.

    python -m benchmarks.slice_profiles --thin VOLUME... --thick SCAN... [--side 96] [--noise 0.01]
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.acquisition.profile_estimate import ProfileEstimate
from srviewer.core.acquisition.slice_profiles import PROFILES, Profile, profile_variance
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.reconstruction.iterative_back_projection import back_project
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.interpolate import cubic, thin_positions
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.core.volumes.voxel_sources import ArrayVoxels, kept
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.cross_plane.refinement import across
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.reconstruction.slice_profile import requested_estimate
from srviewer.sr.requests.request import ESTIMATE, Request, suggested_axis, with_profile
from srviewer.sr.scores.simulate import simulate

WIDTHS = (0.8, 1.0, 1.3)  # spacings
COLUMNS = ("cubic", "box assumed", "stated before", "stated", "estimated")
BEFORE, STATED, ESTIMATED = 2, 3, 4


@dataclass(frozen=True)
class Row:
    """The scores of one person and profile. ``scores``: PSNR in dB of each of ``COLUMNS``."""

    person: str
    profile: Profile
    width: float
    scores: tuple[float, ...]
    estimate: ProfileEstimate


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--thin", type=Path, nargs="*", default=[])
    parser.add_argument("--thick", type=Path, nargs="*", default=[])
    parser.add_argument("--model", default="fast")
    parser.add_argument("--factor", type=int, default=4)
    parser.add_argument("--axis", type=int, default=2)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--side", type=int, default=96, help="the middle that is scored; 0 for all")
    args = parser.parse_args()
    request = Request(args.axis, args.factor, model=args.model)
    if args.thin:
        rows = []
        print(f"| person | profile | width | {' | '.join(COLUMNS)} | used of the estimate |")
        print("|---|---|---|---|---|---|---|---|---|")
        for path in args.thin:
            for row in _of_person(path, request, args.noise, args.side):
                rows.append(row)
                print(_line(row), flush=True)
        print(f"\n{_summary(rows)}")
    if args.thick:
        print("\n| scan | voxels, mm | estimated |\n|---|---|---|")
        for path in args.thick:
            print(_of_scan(run(read(path)), path), flush=True)


def _of_person(path: Path, request: Request, noise: float, side: int) -> Iterator[Row]:
    """The rows of one thin volume, the box as thick as the spacing first."""
    thin, name = run(read(path)), path.name.split(".")[0]
    conditions: list[tuple[Profile, float]] = [(p, w) for p in PROFILES for w in WIDTHS]
    for profile, width in sorted(conditions, key=lambda one: one != ("box", 1.0)):
        degradation = Degradation(request.axis, request.factor, profile, width, noise)
        whole = run(simulate(thin, degradation)).thick
        asked = Request(request.axis, request.factor, model=request.model, profile=ESTIMATE)
        estimate = run(requested_estimate(kept(whole), asked))
        assert estimate is not None
        part = middle_of(thin, side)
        scores = _scores(part, degradation, request.model, estimate)
        yield Row(name, profile, width, scores, estimate)


def _scores(
    thin: Volume, degradation: Degradation, model: str, estimate: ProfileEstimate
) -> tuple[float, ...]:
    made = run(simulate(thin, degradation))
    scan, truth = made.thick, made.truth.voxels
    intensity = volume_intensity(made.truth)
    seen = intensity.foreground(truth)
    axis, factor = degradation.axis, degradation.factor
    box = Request(axis, factor, model=model)
    thickness_mm = degradation.thickness * scan.geometry.spacing[axis]
    stated = Request(
        axis, factor, model=model, profile=degradation.profile, thickness_mm=thickness_mm
    )
    asked = Request(axis, factor, model=model, profile=ESTIMATE)
    known: dict[Request, Voxels] = {}

    def result(request: Request) -> Voxels:
        if request not in known:
            known[request] = run(reconstruct(scan, request)).volume.voxels
        return known[request]

    assumed = result(box)
    store = ArrayVoxels(made.truth.geometry.shape, np.array(assumed))
    slabs = across(axis)
    spans = slabs, [(0, truth.shape[slabs])]
    range_of_scan = volume_intensity(scan).range
    run(back_project(store, kept(scan).voxels, degradation, range_of_scan, spans))
    results: tuple[Callable[[], Voxels], ...] = (
        lambda: cubic(scan.voxels, axis, thin_positions(scan.voxels.shape[axis], factor)),
        lambda: assumed,
        lambda: assumed if degradation.is_block_mean else store.array,
        lambda: assumed if degradation.is_block_mean else result(stated),
        lambda: result(box if estimate.profile == "box" else with_profile(scan, asked, estimate)),
    )
    values = (psnr(truth, made_by(), intensity.range, seen) for made_by in results)
    return tuple(0.0 if value is None else float(value) for value in values)


def _line(row: Row) -> str:
    scores = " | ".join(f"{score:.2f}" for score in row.scores)
    estimate = row.estimate
    used = "box" if estimate.profile == "box" else f"{estimate.profile} {estimate.thickness:.2f}"
    true = profile_variance(row.profile, row.width, estimate.time_bandwidth)
    found = "" if estimate.variance is None else f", {estimate.variance:.3f} for {true:.3f}"
    return f"| {row.person} | {row.profile} | {row.width:g} | {scores} | {used}{found} |"


def _summary(rows: list[Row]) -> str:
    """The worst differences of the table in dB."""
    boxes = {row.person: row.scores[1] for row in rows if (row.profile, row.width) == ("box", 1.0)}

    def worst(title: str, difference: Callable[[Row], float]) -> str:
        row = min(rows, key=difference)
        where = f"{row.person}, {row.profile} {row.width:g}"
        return f"- {title}: {difference(row):+.2f} dB at worst ({where})"

    lines = (
        worst("stated against the person's box", lambda r: r.scores[STATED] - boxes[r.person]),
        worst("stated against stated before", lambda r: r.scores[STATED] - r.scores[BEFORE]),
        worst("estimated against stated", lambda r: r.scores[ESTIMATED] - r.scores[STATED]),
        worst("estimated against a box assumed", lambda r: r.scores[ESTIMATED] - r.scores[1]),
        worst("box assumed against the person's box", lambda r: r.scores[1] - boxes[r.person]),
    )
    return "\n".join(lines)


def _of_scan(scan: Volume, path: Path) -> str:
    axis = suggested_axis(scan.geometry)
    estimate = run(requested_estimate(kept(scan), Request(axis, 4, profile=ESTIMATE)))
    assert estimate is not None
    size = " x ".join(f"{mm:.2g}" for mm in scan.geometry.spacing)
    return f"| {path.name.split('.')[0]} | {size} | {estimate.text} |"


if __name__ == "__main__":
    main()
