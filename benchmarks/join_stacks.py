"""The tables of docs/several-stacks.md: what joining stacks is worth.

Simulated: thin scans made thick along several axes, the person turned and moved before each stack
but the first. Registration error within the head, and gain over the better single stack through
the network, each brought to the grid of the truth by its true motion. Real: each stack of a set
predicted from the others and scored against what was measured in it.

    python -m benchmarks.join_stacks simulated THIN... [--seeds 2] [--noise 0,0.02] [--cases ...]
    python -m benchmarks.join_stacks real STACK... [--register none] [--half MM] [--repeats]
        [--motion slices]
    python -m benchmarks.join_stacks time THIN [--left-out] [--shape 256x256x64]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import AXIS_NAMES, Geometry, Matrix
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.resampling.spline import sampled, spline_coefficients
from srviewer.core.scores.metrics import psnr
from srviewer.core.stacks.rigid import inverse, motion_of, moved
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.stacks import leaving_out
from srviewer.sr.stacks.join import SINGLES, join
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import JoinRequest, single_request

FACTOR = 4
DEGREES, MM = 5.0, 5.0
GAPS = 0.8  # of the spacing: the thickness of slices with gaps
Change = Callable[[list[Volume]], list[Volume]]


@dataclass(frozen=True, eq=False)
class Simulated:
    """Stacks of a thin scan with the motions that were put between them."""

    thin: Volume
    stacks: list[Volume]
    motions: list[Matrix]


def main() -> None:
    """Print the rows that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("simulated", "real", "time"))
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--seeds", type=int, default=1, help="how many motions; default 1")
    parser.add_argument("--first-seed", type=int, default=0, help="of the motions; default 0")
    parser.add_argument("--noise", default="0,0.02")
    parser.add_argument("--axes", default="ki,kj,ij,kij", help="of the stacks, the first stays")
    parser.add_argument("--cases", default="plain", help=f"of {', '.join(CHANGES)}")
    parser.add_argument("--register", choices=("none", "rigid"), default="rigid")
    parser.add_argument("--motion", choices=("none", "slices"), default="none", help="of slices")
    parser.add_argument("--half", type=float, help="only this far from the middle, mm")
    parser.add_argument("--repeats", action="store_true", help="predict stacks from repeats, too")
    parser.add_argument("--left-out", action="store_true", help="time the test on each stack, too")
    parser.add_argument("--shape", default="256x256x64", help="of the stack that is timed")
    args = parser.parse_args()
    if args.what == "real":
        if args.repeats:
            leaving_out.REPEATS_LEFT_OUT = False
        print_real([run(read(path)) for path in args.paths], args)
        return
    if args.what == "time":
        for path in args.paths:
            i, j, slices = map(int, args.shape.split("x"))
            thin = enlarged(run(read(path)), (i, j, FACTOR * slices))
            print_time(thin, args.left_out)
        return
    print(
        "| scan | axes | case | noise | registration mm | better single dB | joined dB | gain | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for path in args.paths:
        thin = whole_blocks(run(read(path)))
        for axes, case, noise in combinations(args):
            for seed in range(args.first_seed, args.first_seed + args.seeds):
                print_simulated(simulated(thin, axes, seed, noise, case), case, noise)


def print_time(thin: Volume, left_out: bool) -> None:
    """Time a join of two stacks that are made of ``thin``, beyond their single results.

    Run it in a process of its own: the peak of memory is that of the process. On a busy machine
    the time of the job's own thread says what a cancel waits for: it waits for others briefly.
    """
    made = simulated(thin, [2, 0], 0, 0.0, "plain")
    job = join(made.stacks, JoinRequest(left_out=left_out))
    begun = time.monotonic(), time.process_time()
    last, singles = (begun[0], time.thread_time()), begun
    waits = [(0.0, "")], [(0.0, "")]
    while True:
        try:
            progress = next(job)
        except StopIteration as ended:
            joined: Joined = ended.value
            break
        now = time.monotonic(), time.thread_time()
        for rows, since, at in zip(waits, last, now, strict=True):
            rows.append((at - since, progress.message))
        last = now
        if progress.fraction <= SINGLES:
            singles = now[0], time.process_time()
    wall, worked = time.monotonic() - singles[0], time.process_time() - singles[1]
    print(f"singles {singles[0] - begun[0]:.1f} s, {singles[1] - begun[1]:.1f} s of processor time")
    print(f"beyond them {wall:.1f} s, {worked:.1f} s of processor time")
    for words, rows in zip(("", " of its own thread's time"), waits, strict=True):
        longest = ", ".join(f"{s:.2f} s ({text})" for s, text in sorted(rows)[:-4:-1])
        print(f"longest waits before a cancel{words}: {longest}")
    print(f"peak memory {joined.peak_memory_mb} MB")


def enlarged(thin: Volume, shape: tuple[int, int, int]) -> Volume:
    """``thin`` resampled to so many voxels in the same space."""
    grid = thin.geometry
    steps = np.divide(grid.shape, shape)
    scale = np.diag([*steps, 1.0])
    scale[:3, 3] = (steps - 1) / 2
    onto = Geometry(shape, grid.affine @ scale)
    voxels = run(sampled(run(spline_coefficients(thin.voxels)), grid, onto))
    return thin.derived(np.maximum(voxels, 0), onto, "enlarged")


def combinations(args: argparse.Namespace) -> Iterator[tuple[list[int], str, float]]:
    """Every axes, case and noise that was asked for."""
    for words in args.axes.split(","):
        for case in args.cases.split(","):
            for noise in map(float, args.noise.split(",")):
                yield [AXIS_NAMES.index(word) for word in words], case, noise


def whole_blocks(thin: Volume) -> Volume:
    """``thin`` cropped to a multiple of the factor along every axis."""
    for axis in range(3):
        thin = Degradation(axis, FACTOR).covered(thin)
    return thin


def simulated(thin: Volume, axes: list[int], seed: int, noise: float, case: str) -> Simulated:
    """Stacks of ``thin`` along ``axes``, the person moved before all but the first."""
    stacks, motions = [], []
    for number, axis in enumerate(axes):
        random = np.random.default_rng(1000 * seed + number)
        vectors = random.normal(size=(2, 3))
        turn, shift = (vector / np.linalg.norm(vector) for vector in vectors)
        sizes = random.uniform(0.4, 1, 2) * [np.radians(DEGREES), MM]
        motion = motion_of(np.r_[turn * sizes[0], shift * sizes[1]], thin.geometry.centre)
        motion = motion if number else np.eye(4)
        matrix = inverse(thin.geometry.affine) @ motion @ thin.geometry.affine
        voxels = thin.voxels
        if number:  # order 5: a cubic spline would soften the truth of this stack alone
            voxels = affine_transform(voxels, matrix[:3, :3], matrix[:3, 3], order=5)
            voxels = np.maximum(voxels, 0)
        seen = thin.derived(voxels, thin.geometry, "moved")
        thickness = GAPS if case == "gaps" else 1.0
        degradation = Degradation(
            axis, FACTOR, thickness=thickness, noise=noise, seed=1000 * seed + number
        )
        thick = degradation.thick_volume(seen)
        thickness_mm = thickness * thick.geometry.spacing[axis]
        stacks.append(replace(thick, name=AXIS_NAMES[axis], slice_thickness=thickness_mm))
        motions.append(motion)
    return Simulated(thin, CHANGES[case](stacks), motions)


def print_simulated(made: Simulated, case: str, noise: float) -> None:
    """Join, score and print one row."""
    request = JoinRequest(left_out=False)
    started = time.process_time()
    joined = run(join(made.stacks, request))
    seconds = time.process_time() - started
    alone = max(
        score(single_on_truth(made, number, request), made.thin)
        for number in range(len(made.stacks))
    )
    result = run(sampled(
        run(spline_coefficients(joined.volume.voxels)), joined.volume.geometry, made.thin.geometry
    ))  # fmt: skip
    together = score(result, made.thin)
    errors = [apart(made, joined, number) for number in range(1, len(made.stacks))]
    axes = "".join(stack.name for stack in made.stacks)
    print(
        f"| {made.thin.name} | {axes} | {case} | {noise:g} | {max(errors):.3f} | {alone:.2f} | "
        f"{together:.2f} | {together - alone:+.2f} | {seconds:.0f} |",
        flush=True,
    )


def single_on_truth(made: Simulated, number: int, request: JoinRequest) -> np.ndarray:
    """The single result of a stack on the grid of the truth, where it truly lies."""
    stack = made.stacks[number]
    alone = run(reconstruct(stack, single_request(stack, request))).volume
    placed = moved(alone.geometry, made.motions[number])
    if placed.matches(made.thin.geometry):
        return alone.voxels
    return run(sampled(run(spline_coefficients(alone.voxels)), placed, made.thin.geometry))


def score(voxels: np.ndarray, thin: Volume) -> float:
    """PSNR over the foreground of the truth."""
    intensity = volume_intensity(thin)
    value = psnr(thin.voxels, voxels, intensity.range, intensity.foreground(thin.voxels))
    return value if value is not None else float("nan")


def apart(made: Simulated, joined: Joined, number: int) -> float:
    """The largest distance in the head between where a stack was put and where it belongs, mm."""
    thin = made.thin
    points = np.argwhere(volume_intensity(thin).foreground(thin.voxels))[::97]
    world = thin.geometry.world(points)
    back = inverse(made.motions[number])
    headed = world @ back[:3, :3].T + back[:3, 3]
    found = joined.stacks[number].moved
    return float(np.linalg.norm(headed @ found[:3, :3].T + found[:3, 3] - world, axis=1).max())


def _ruined(stacks: list[Volume]) -> list[Volume]:
    second = stacks[1]
    axis = second.geometry.slice_axis
    rows = np.moveaxis(second.voxels.copy(), axis, 0)
    middle = len(rows) // 2
    rows[middle] = rows[middle, ::-1, ::-1]
    voxels = np.moveaxis(rows, 0, axis)
    return [stacks[0], second.derived(voxels, second.geometry, "a slice ruined"), *stacks[2:]]


def _half(stacks: list[Volume]) -> list[Volume]:
    second = stacks[1]
    axis = next(a for a in range(3) if a != second.geometry.slice_axis)
    count = second.geometry.shape[axis] // 2
    voxels = np.moveaxis(np.moveaxis(second.voxels, axis, 0)[:count], 0, axis)
    cut = second.derived(voxels, second.geometry.cropped(axis, 0, count), "half of the field")
    return [stacks[0], cut, *stacks[2:]]


def _shaded(stacks: list[Volume]) -> list[Volume]:
    second = stacks[1]
    along = np.linspace(-0.2, 0.2, second.geometry.shape[1], dtype=np.float32)[None, :, None]
    shaded = second.derived(second.voxels * (1 + along), second.geometry, "shaded")
    return [stacks[0], shaded, *stacks[2:]]


def _scaled(stacks: list[Volume]) -> list[Volume]:
    second = stacks[1]
    scaled = second.derived(3 * second.voxels, second.geometry, "another scale")
    return [stacks[0], scaled, *stacks[2:]]


CHANGES: dict[str, Change] = {
    "plain": list,
    "gaps": list,
    "ruined": _ruined,
    "half": _half,
    "shaded": _shaded,
    "scaled": _scaled,
}


def print_real(stacks: list[Volume], args: argparse.Namespace) -> None:
    """Join real stacks, and print a row for each that was left out."""
    if args.half is not None:
        centre = stacks[0].geometry.centre
        stacks = [around(stack, centre, args.half) for stack in stacks]
    started = time.process_time()
    request = JoinRequest(register=args.register, motion=args.motion)
    joined = run(join(stacks, request))
    print("| left out | degrees | mm | joined | cubic | best single | gain | share |")
    print("|---|---|---|---|---|---|---|---|")
    gains = []
    for stack in joined.stacks:
        turn, shift = (np.linalg.norm(v) for v in (stack.rotation_deg, stack.translation_mm))
        scores = stack.left_out
        if scores is None or scores.psnr is None or scores.psnr_single is None:
            print(f"| {stack.name} | {turn:.2f} | {shift:.2f} | | | | | |")
            continue
        gains.append(scores.psnr - scores.psnr_single)
        print(
            f"| {stack.name} | {turn:.2f} | {shift:.2f} | {scores.psnr:.2f} | "
            f"{scores.psnr_cubic:.2f} | {scores.psnr_single:.2f} | {gains[-1]:+.2f} | "
            f"{scores.share:.2f} |"
        )
    for stack in joined.stacks:
        if stack.slices is not None:
            print(
                f"{stack.name}: {len(stack.slices.moved)} of {len(stack.slices.mm)} slices moved, "
                f"up to {stack.slices.degrees.max():.1f} degrees and {stack.slices.mm.max():.1f} "
                f"mm; evidence {stack.slices.evidence:.1f}"
            )
    print(f"mean gain over the best single {np.mean(gains):+.2f} dB", end="; ")
    print(f"{time.process_time() - started:.0f} s of processor time, {joined.peak_memory_mb} MB")
    print(*joined.warnings, sep="\n")


def around(stack: Volume, centre: Matrix, half: float) -> Volume:
    """The part of a stack whose pixels are at most ``half`` mm from a point along its slices."""
    voxels, grid = stack.voxels, stack.geometry
    middle = grid.index(centre)
    for axis in set(range(3)) - {grid.slice_axis}:
        reach = half / grid.spacing[axis]
        low = max(0, int(middle[axis] - reach))
        high = min(grid.shape[axis], int(middle[axis] + reach) + 1)
        voxels = np.moveaxis(np.moveaxis(voxels, axis, 0)[low:high], 0, axis)
        grid = grid.cropped(axis, low, high)
    return stack.derived(voxels, Geometry(grid.shape, grid.affine), "cropped")


if __name__ == "__main__":
    main()
