"""The agreement of joined stacks with another program's volume of the same stacks.

    python -m benchmarks.peer_volume PEER STACK STACK [...] [--half MM]
        [--motion slices] [--joined-only]

PEER is 0 outside of what that program reconstructed. The joined volume, and each stack alone
through the network, is moved rigidly until its correlation with PEER is largest: what is printed is
that correlation, and the decibels of a fit of PEER by it. The other program is no truth, but it has
no part in the join, and every stack had a part in it.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.ndimage import binary_erosion, map_coordinates
from scipy.optimize import minimize

from benchmarks.join_stacks import around
from srviewer.core.geometry.grid import Matrix
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.stacks.coarse import Coarse, coarse_image
from srviewer.core.stacks.rigid import inverse, motion_of
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.registration import coarse_motion
from srviewer.sr.stacks.request import JoinRequest, single_request

ERODED = 3  # voxels of PEER: its edge is that of a mask
EVERY = 5  # of the voxels inside, while the place is sought
STEPS = np.array([0.02, 0.02, 0.02, 1.0, 1.0, 1.0])  # radians and mm, of the first search


def main() -> None:
    """Print one row for each volume."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", type=Path)
    parser.add_argument("stacks", type=Path, nargs="+")
    parser.add_argument("--half", type=float, help="only this far from the middle of PEER, mm")
    parser.add_argument("--motion", choices=("none", "slices"), default="none", help="of slices")
    parser.add_argument("--joined-only", action="store_true", help="no row for each stack alone")
    args = parser.parse_args()
    peer = run(read(args.peer))
    stacks = [run(read(path)) for path in args.stacks]
    if args.half is not None:
        middle = peer.geometry.world(np.argwhere(peer.voxels > 0)).mean(axis=0)
        stacks = [around(stack, middle, args.half) for stack in stacks]
    print("| volume | correlation | dB |\n|---|---|---|", flush=True)
    request = JoinRequest(motion=args.motion)
    for stack in () if args.joined_only else stacks:
        print_row(stack.name, run(reconstruct(stack, single_request(stack, request))).volume, peer)
    joined = run(join(stacks, request))
    print_row("joined", joined.volume, peer)
    print(*joined.warnings, sep="\n")


def print_row(name: str, volume: Volume, peer: Volume) -> None:
    """Place a volume in that of the peer and print how well it agrees."""
    alike = largest_correlation(volume, peer)
    print(f"| {name} | {alike:.3f} | {-10 * np.log10(1 - alike**2):.2f} |", flush=True)


def largest_correlation(volume: Volume, peer: Volume) -> float:
    """The correlation of a volume with the peer's inside of it, at the best rigid place."""
    index = np.argwhere(binary_erosion(peer.voxels > 0, iterations=ERODED))
    points, values = peer.geometry.world(index), peer.voxels[tuple(index.T)]
    centre = np.asarray(points.mean(axis=0))
    start = coarse_motion(coarse(peer), coarse(volume), np.eye(4), centre)
    begin = run(start)

    def alike(numbers: Matrix, every: int, order: int) -> float:
        back = inverse(motion_of(numbers * STEPS, centre) @ begin)
        positions = volume.geometry.index(points[::every] @ back[:3, :3].T + back[:3, 3]).T
        seen = map_coordinates(volume.voxels, positions, np.float32, order, mode="nearest")
        return float(np.corrcoef(seen, values[::every])[0, 1])

    found = minimize(lambda numbers: -alike(numbers, EVERY, 1), np.zeros(6), method="Powell").x
    return alike(found, 1, 3)


def coarse(volume: Volume) -> Coarse:
    """A volume as stacks are coarsely placed."""
    return run(coarse_image(volume.voxels, volume.geometry, volume_intensity(volume)))


if __name__ == "__main__":
    main()
