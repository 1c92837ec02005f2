"""Skull stripping is stated only where the voxels prove it, and else as not certain."""

from pathlib import Path

import numpy as np
import pytest

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.skull_stripping import estimated_stripping
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run


def ball(radius_mm: float, air: float = 0.0) -> Volume:
    """An ellipsoid in a box of 240 x 240 x 160 mm with slices of 4 mm."""
    geometry = Geometry((120, 120, 40), np.diag([2.0, 2.0, 4.0, 1.0]))
    i, j, k = np.indices(geometry.shape)
    inside = (2 * i - 119) ** 2 + (2 * j - 121) ** 2 + (4 * k - 81) ** 2 < radius_mm**2
    return Volume(np.where(inside, 100, air).astype(np.float32), geometry, "ball")


@pytest.mark.parametrize(
    ("volume", "stripped", "certain"),
    [
        (ball(70), True, False),  # 1.4 litres with zeros around
        (ball(70, air=3), False, True),
        (ball(95), False, True),  # 3.1 litres, reaching the first and last slice
        (ball(40), False, False),  # 0.3 litres: a knee with masked air
    ],
)
def test_phantoms(volume: Volume, stripped: bool, certain: bool) -> None:
    estimate = estimated_stripping(volume)
    assert (estimate.stripped, estimate.certain) == (stripped, certain)
    assert estimate.basis.startswith("Estimated" if certain else "Not certain")


def test_padding_counts_as_zero() -> None:
    brain = ball(70, air=-1)
    assert estimated_stripping(brain).certain
    padded = Volume(brain.voxels, brain.geometry, "brain", padding=-1.0)
    assert estimated_stripping(padded).stripped


@pytest.mark.parametrize(
    ("name", "stripped"),
    [
        ("mri/train/t2_brain_100", True),
        ("mri/train/t1_head_100_b", False),  # defaced, its air at 0
        ("mri/thick/flair_072x072x40", False),
        ("stacks/knee_pdfs/sag_pdfs", False),
    ],
)
def test_real_scans(name: str, stripped: bool, shared_data: Path) -> None:
    estimate = estimated_stripping(run(read(shared_data / f"{name}.nii.gz")))
    assert estimate.stripped == stripped and estimate.certain != stripped
