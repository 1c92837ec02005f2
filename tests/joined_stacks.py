"""Stacks of a phantom in files, and their join with each stack left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.stacks.slice_motion import SliceMotion
from srviewer.core.volumes.volume import Volume
from srviewer.io import formats
from srviewer.io.export.image import write_image
from srviewer.job import run
from srviewer.sr.stacks.join import join
from srviewer.sr.stacks.joined import Joined, JoinedStack
from srviewer.sr.stacks.left_out import Coherence, LeftOut, SliceScores
from srviewer.sr.stacks.request import JoinRequest


def stacks_in(folder: Path, thin: Volume) -> list[Volume]:
    """An axial and a sagittal stack, as they are read from their files.

    Args:
        folder: Of the files.
        thin: The phantom.

    Returns:
        The stacks.
    """
    paths = [folder / "ax.nii.gz", folder / "sag.nii.gz"]
    for path, axis in zip(paths, (2, 0), strict=True):
        run(write_image(Degradation(axis, 4).thick_volume(thin), path, {}))
    return [run(formats.read(path)) for path in paths]


def joined_with_left_out(stacks: list[Volume]) -> Joined:
    """The stacks joined onto the first; what is said of each as left out is written by hand.

    Args:
        stacks: The stacks.

    Returns:
        The join.
    """
    joined = run(join(stacks, JoinRequest(method="cubic", left_out=False)))
    rows = [_left_out(*pair) for pair in zip(joined.stacks, stacks, strict=True)]
    return replace(joined, stacks=tuple(rows))


def _slices() -> SliceMotion:
    """Four slices, of which the last has moved."""
    motions = np.tile(np.eye(4), (4, 1, 1))
    motions[3] = motion_of((0.0, 0.05, 0.0, 1.5, 0.0, -0.5), (1.0, 2.0, 3.0))
    mm, degrees = np.zeros(4), np.zeros(4)
    mm[3], degrees[3] = 3.25, 2.86
    return SliceMotion(motions, degrees, mm, 12.5)


def _left_out(stack: JoinedStack, scan: Volume) -> JoinedStack:
    residual = scan.derived(scan.voxels / 8, scan.geometry, "predicted minus measured")
    slices = [SliceScores(None, None, None)]
    slices += [SliceScores(26.0 + n, 22.0 + n, 24.0 + n) for n in range(min(scan.voxels.shape) - 1)]
    left_out = LeftOut(
        psnr=27.5,
        psnr_cubic=None,
        psnr_single=25.25,
        single=1 - stack.index,
        repeats=(),
        share=0.75,
        data_range=900.0,
        slices=tuple(slices),
        coherence=(Coherence(0.1, 0.9, 0.7, 0.8), Coherence(0.2, 0.5, 0.1, 0.3)),
        residual=residual,
    )
    moved = motion_of((0.02, 0.0, 0.01, 1.0, -2.0, 0.5), scan.geometry.centre)
    return replace(
        stack,
        left_out=left_out,
        moved=moved if stack.index else np.eye(4),
        translation_mm=(1.0, -2.0, 0.5) if stack.index else (0.0, 0.0, 0.0),
        down_weighted=(2, 5) if stack.index else (),
        slices=_slices() if stack.index else None,
    )
