"""Whether what is small and matters is still there: contrast of lesions before and after.

Two kinds of spots. Spheres, bright or dark, are put into thin volumes where the tissue is even; or
(--own) the brightest spots that the volume has itself: lesions, tumours and vessels. Each thin
volume is degraded along k and reconstructed by every method. A spot's contrast is its mean less
the mean of the shell around it; what is told is the share of the true contrast that is left.

    python -m benchmarks.measure_lesions VOLUME... [--own] [--factors 4] [--side 128]
        [--models fast] [--diameters 3,5,8] [--picture OUT.png]
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import (
    binary_dilation,
    find_objects,
    gaussian_filter,
    generate_binary_structure,
    iterate_structure,
    label,
)

from benchmarks.pieces import middle_of
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.intensity.window import robust_window
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import Volume, Voxels
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.report.figures import MontageSlice, montage
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.simulate import Simulation, simulate

THICK = 2
PER_SIZE = 12  # spheres of each diameter, half of them bright
AMPLITUDE = 0.25  # of the intensity range
EVEN = 0.12  # of the range: the most that tissue may vary where a sphere is put
BRIGHTEST = 0.995  # quantile of the foreground above which a spot is one of the volume's own
LEAST_VOXELS, MOST_VOXELS = 12, 4000
HALF = 0.5  # of the true contrast

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Spot:
    """``size``: what it is counted with. ``inside`` and ``shell``: voxels of the thin grid."""

    size: str
    inside: Mask
    shell: Mask
    corner: tuple[int, int, int]

    def contrast(self, voxels: Voxels) -> float:
        """Mean inside less the mean of the shell."""
        place = tuple(slice(c, c + n) for c, n in zip(self.corner, self.inside.shape, strict=True))
        piece = voxels[place]
        return float(piece[self.inside].mean() - piece[self.shell].mean())


def main() -> None:
    """Print one line of a Markdown table for each volume, size, factor and method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--own", action="store_true", help="the volume's own brightest spots")
    parser.add_argument("--factors", default="4")
    parser.add_argument("--side", type=int, default=128, help="voxels of the middle; 0 for all")
    parser.add_argument("--models", default="fast")
    parser.add_argument("--diameters", default="3,5,8", help="of the spheres, in voxels")
    parser.add_argument("--picture", type=Path, help="the largest spot, seen along the thick axis")
    args = parser.parse_args()
    print("| volume | spots | factor | method | contrast left, median | least | half kept |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for path in args.paths:
        thin = middle_of(run(read(path)), args.side)
        if args.own:
            spots = own_spots(thin.voxels)
        else:
            thin, spots = with_spheres(thin, [int(d) for d in args.diameters.split(",")])
        for factor in map(int, args.factors.split(",")):
            made = run(simulate(thin, Degradation(THICK, factor)))
            results = dict(_results(made, factor, args.models.split(",")))
            for name, voxels in results.items():
                _print(thin.name, spots, factor, name, made.truth.voxels, voxels)
            if args.picture is not None:
                args.picture.write_bytes(picture(made, results, spots))


def _results(made: Simulation, factor: int, models: list[str]) -> Iterator[tuple[str, Voxels]]:
    request = Request(THICK, factor)
    for method in ("nearest", "cubic", "back-projected"):
        yield method, run(reconstruct(made.thick, replace(request, method=method))).volume.voxels
    for model in models:
        result = run(reconstruct(made.thick, replace(request, model=model)))
        yield Path(model).stem, result.volume.voxels


def _print(
    volume: str, spots: list[Spot], factor: int, name: str, truth: Voxels, voxels: Voxels
) -> None:
    covered = [spot for spot in spots if _covered(spot, truth)]
    for size in dict.fromkeys(spot.size for spot in covered):
        left = [s.contrast(voxels) / s.contrast(truth) for s in covered if s.size == size]
        kept = np.mean([share >= HALF for share in left])
        cells = (f"{np.median(left):.0%}", f"{min(left):.0%}", f"{kept:.0%}")
        print(f"| {volume} | {len(left)} {size} | {factor} | {name} |", " | ".join(cells), "|")


def _covered(spot: Spot, truth: Voxels) -> bool:
    ends = zip(spot.corner, spot.inside.shape, truth.shape, strict=True)
    return all(corner + length <= count for corner, length, count in ends)


def own_spots(voxels: Voxels) -> list[Spot]:
    """The connected brightest voxels of the foreground."""
    seen = measured_intensity(voxels).foreground(voxels)
    bright = voxels > np.quantile(voxels[seen], BRIGHTEST)
    numbered, _ = label(bright)
    spots = []
    for number, box in enumerate(find_objects(numbered), 1):
        count = int((numbered[box] == number).sum())
        if LEAST_VOXELS <= count <= MOST_VOXELS:
            size = "under 60 mm3" if count < 60 else "60 mm3 and more"
            spots.append(_spot(numbered == number, box, seen & ~bright, size))
    return sorted(spots, key=lambda spot: spot.size)


def with_spheres(thin: Volume, diameters: list[int]) -> tuple[Volume, list[Spot]]:
    """The volume with spheres in it, and where they are; the same ones each time."""
    voxels = thin.voxels.copy()
    intensity = measured_intensity(voxels)
    data_range, seen = intensity.range, intensity.foreground(voxels)
    radius = max(diameters)
    rough = np.sqrt(np.maximum(0, gaussian_filter(voxels**2, 2) - gaussian_filter(voxels, 2) ** 2))
    even = seen & (rough < EVEN * data_range)
    random = np.random.default_rng(0)
    spots = []
    for number in range(PER_SIZE):
        for diameter in diameters:
            centre = _free_place(even, radius, random)
            if centre is None:
                continue
            ball = _ball(voxels.shape, centre, diameter / 2)
            sign = 1 if number % 2 else -1
            # An edge of about a voxel, as a scanner would give it.
            voxels += sign * AMPLITUDE * data_range * gaussian_filter(ball.astype(np.float32), 0.5)
            (box,) = find_objects(ball.astype(int))
            spots.append(_spot(ball, box, seen, f"spheres of {diameter} mm"))
            even &= ~_ball(voxels.shape, centre, 1.25 * radius)
    spots.sort(key=lambda spot: spot.size)
    return thin.derived(voxels, thin.geometry, "spheres put in"), spots


def _free_place(even: Mask, radius: int, random: np.random.Generator) -> tuple[int, ...] | None:
    inner = np.zeros_like(even)
    rim = slice(radius + 2, -radius - 2)
    inner[rim, rim, rim] = even[rim, rim, rim]
    places = np.argwhere(inner)
    return tuple(map(int, places[random.integers(len(places))])) if len(places) else None


def _ball(shape: tuple[int, ...], centre: tuple[int, ...], radius: float) -> Mask:
    axes = np.ogrid[tuple(slice(0, n) for n in shape)]
    square = sum((axis - c) ** 2 for axis, c in zip(axes, centre, strict=True))
    return np.asarray(square <= radius**2)


def _spot(whole: Mask, box: tuple[slice, ...], around: Mask, size: str) -> Spot:
    """The spot with a shell from 2 to 3 voxels off it, cut out of the volume."""
    corner = tuple(max(0, span.start - 5) for span in box)
    place = tuple(slice(c, span.stop + 5) for c, span in zip(corner, box, strict=True))
    inside = whole[place]
    ball = iterate_structure(generate_binary_structure(3, 1), 1)
    near = binary_dilation(inside, ball, iterations=1)
    shell = binary_dilation(near, ball, iterations=2) & ~near & around[place]
    return Spot(size, inside, shell, (corner[0], corner[1], corner[2]))


def picture(made: Simulation, results: dict[str, Voxels], spots: list[Spot]) -> bytes:
    """The slice through the largest spot that holds the thick axis, by every method."""
    truth = made.truth
    largest = max(spots, key=lambda spot: int(spot.inside.sum()))
    middle = np.argwhere(largest.inside).mean(axis=0) + largest.corner
    at = truth.geometry.world(middle)
    plane = next(p for p in Plane if p.normal_axis(truth.geometry) != THICK)
    window = robust_window(truth.voxels)
    shown = {"truth": truth.voxels, **results}
    pictures = [
        MontageSlice(
            name,
            slice_at(truth.derived(voxels, truth.geometry, name), plane, at),
            window.low,
            window.high,
        )
        for name, voxels in shown.items()
    ]
    return montage([("", pictures)])


if __name__ == "__main__":
    main()
