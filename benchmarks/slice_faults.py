"""Faults between slices: what each costs, what the program says, and what repairing gives back.

Each thin volume is degraded along one axis (box profile) and given one fault. Gains are in dB of
the PSNR over the foreground of the truth: over cubic interpolation of the same scan, and, repaired,
over that of the clean scan. Patches are cubes of 8 voxels. Of a scan with a bad slice, what lies in
that slice is not scored, in no column.

    python -m benchmarks.slice_faults VOLUME... [--axis k] [--factor 4] [--side 112] [--model fast]
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import AXIS_NAMES, Axis
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.scores.metrics import Mask, psnr
from srviewer.core.slice_faults.faults import volume_faults
from srviewer.core.slice_faults.warnings import slice_fault_warnings
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.cautions import cautions
from srviewer.sr.reconstruction.gaps import reconstruct_scan
from srviewer.sr.requests.request import Repair, Request
from srviewer.sr.scores.simulate import simulate

PATCH = 8  # voxels
HEAD = "| input | factor | gain over cubic | patches worse | the program says | repaired |"
RULE = "|---|---|---|---|---|---|"

Spoil = Callable[[Voxels], None]  # changes (n, h, w) slices in place


def unchanged(slices: Voxels) -> None:
    """A clean scan."""


def moved(slices: Voxels, voxels: int) -> None:
    """Odd slices lie ``voxels`` further along the first axis of the plane."""
    slices[1::2] = np.roll(slices[1::2], voxels, axis=1)


def brighter(slices: Voxels) -> None:
    """Odd slices are 10 % brighter."""
    slices[1::2] *= np.float32(1.1)


def black(slices: Voxels) -> None:
    """The slice in the middle is black."""
    slices[len(slices) // 2] = 0


@dataclass(frozen=True)
class Case:
    """One input. ``thickness``: of the slices over their spacing. ``factor``: None as asked."""

    title: str
    spoil: Spoil = unchanged
    repair: tuple[Repair, ...] = ()
    thickness: float = 1.0
    noise: float = 0.0
    factor: int | None = None


CASES = (
    Case("clean"),
    Case("odd slices moved by 2 voxels", lambda slices: moved(slices, 2), ("motion",)),
    Case("odd slices moved by 1 voxel", lambda slices: moved(slices, 1), ("motion",)),
    Case("one black slice", black, ("slices",)),
    Case("odd slices 10 % brighter", brighter, ("brightness",)),
    Case("30 % gap", thickness=0.7),
    Case("50 % gap", thickness=0.5),
    Case("clean", factor=2),
    Case("Rician noise 2 %", noise=0.02, factor=2),
    Case("Rician noise 3 %", noise=0.03, factor=2),
    Case("Rician noise 2 %", noise=0.02),
    Case("clean", factor=6),
    Case("clean", factor=8),
)


@dataclass(frozen=True)
class Row:
    """Gains in dB; ``worse``: the share of patches; ``repaired``: None where nothing is cured."""

    gain: float
    worse: float
    said: tuple[str, ...]
    repaired: float | None


def main() -> None:
    """Print a Markdown table of the mean and the range over all volumes, and who they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--model", default="fast")
    parser.add_argument("--axis", choices=AXIS_NAMES, default="k")
    parser.add_argument("--factor", type=int, default=4)
    parser.add_argument("--side", type=int, default=0, help="only the middle, this many voxels")
    args = parser.parse_args()
    names = ", ".join(path.name.split(".")[0] for path in args.paths)
    print(f"{len(args.paths)} people: {names}; model {args.model}\n\n{HEAD}\n{RULE}", flush=True)
    axis = AXIS_NAMES.index(args.axis)
    thin = [middle_of(run(read(path)), args.side) for path in args.paths]
    for case in CASES:
        factor = case.factor or args.factor
        request = Request(axis, factor, model=args.model)
        rows = [_row(volume, request, case) for volume in thin]
        print(f"| {case.title} | {factor} | {' | '.join(_cells(rows))} |", flush=True)


def _cells(rows: list[Row]) -> Iterator[str]:
    yield _spread([row.gain for row in rows])
    worse = [row.worse for row in rows]
    yield f"{min(worse):.0%} to {max(worse):.0%}"
    said = sorted({code for row in rows for code in row.said})
    yield ", ".join(f"{code} ({sum(code in row.said for row in rows)})" for code in said) or "-"
    repaired = [row.repaired for row in rows if row.repaired is not None]
    yield _spread(repaired) if repaired else "-"


def _spread(values: list[float]) -> str:
    return f"{np.mean(values):+.2f} ({min(values):+.2f} to {max(values):+.2f}) dB"


def _row(thin: Volume, request: Request, case: Case) -> Row:
    made = run(
        simulate(thin, Degradation(request.axis, request.factor, "box", case.thickness, case.noise))
    )
    clean = replace(
        made.thick, slice_thickness=case.thickness * made.thick.geometry.spacing[request.axis]
    )
    scan = _spoilt(clean, request.axis, case.spoil)
    faults = run(volume_faults(scan))
    found = volume_intensity(made.truth)
    truth = made.truth.voxels
    seen = found.foreground(truth)
    if case.spoil is black:
        middle = scan.geometry.shape[request.axis] // 2
        span = slice(middle * request.factor, (middle + 1) * request.factor)
        np.moveaxis(seen, request.axis, 0)[span] = False

    def score(voxels: Voxels) -> float:
        return psnr(truth, voxels, found.range, seen) or 0.0

    cubic = run(reconstruct_scan(scan, replace(request, method="cubic"))).volume.voxels
    result = run(reconstruct_scan(scan, request)).volume.voxels
    codes = [warning.code for warning in slice_fault_warnings(faults, scan.geometry)]
    told = cautions(scan, request, find_model(request.model))
    repaired = None
    if case.repair:
        plain = run(reconstruct_scan(clean, replace(request, method="cubic"))).volume.voxels
        cured = run(reconstruct_scan(scan, replace(request, repair=case.repair))).volume.voxels
        repaired = score(cured) - score(plain)
    return Row(
        gain=score(result) - score(cubic),
        worse=_worse(truth, result, cubic, seen),
        said=(*codes, *(line.split(" ")[0].lower() for line in told)),
        repaired=repaired,
    )


def _spoilt(scan: Volume, axis: Axis, spoil: Spoil) -> Volume:
    voxels = np.array(scan.voxels)
    spoil(np.moveaxis(voxels, axis, 0))
    return replace(scan, voxels=voxels)


def _worse(truth: Voxels, result: Voxels, cubic: Voxels, seen: Mask) -> float:
    """The share of patches in which the result is further from the truth than cubic."""

    def errors(voxels: Voxels) -> Voxels:
        return _patches(np.where(seen, (voxels - truth) ** 2, 0))

    held = _patches(seen.astype(np.float32)) > 0.5
    return float(np.mean(errors(result)[held] > errors(cubic)[held]))


def _patches(voxels: Voxels) -> Voxels:
    """Means over cubes."""
    i, j, k = (edge // PATCH for edge in voxels.shape)
    whole = voxels[: i * PATCH, : j * PATCH, : k * PATCH]
    blocks = whole.reshape(i, PATCH, j, PATCH, k, PATCH)
    return np.asarray(blocks.mean(axis=(1, 3, 5)), np.float32)


if __name__ == "__main__":
    main()
