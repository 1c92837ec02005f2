"""What is drawn of a volume lies where it was measured, slices as thick as they were."""

import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of, head, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.three_d import drawn_volume
from srviewer.three_d.drawn_volume import FULL, SLAB, DrawnVolume, drawn, sampling_of


def _values_at(made: DrawnVolume, points_mm: np.ndarray) -> np.ndarray:
    """The values in the unit of the scan that are drawn at RAS+ points."""
    inverse = np.linalg.inv(made.affine)
    x, y, z = np.rint(points_mm @ inverse[:3, :3].T + inverse[:3, 3]).astype(int).T
    return made.low + made.step * made.values[z, y, x]


@pytest.mark.parametrize("number", range(0, 48, 5))
def test_every_voxel_is_drawn_where_it_is_however_it_is_stored(number: int) -> None:
    spacing = [0.9, 0.9, 0.9]
    spacing[number % 3] = 2.7
    turned = rotation((6.0, -9.0, 14.0)) @ ORIENTATIONS[number]
    volume = head((14, 17, 11), spacing, turned)
    made = run(drawn(volume))
    index = np.argwhere(np.ones(volume.geometry.shape, bool))
    values = volume.voxels[tuple(index.T)]
    assert np.allclose(_values_at(made, volume.geometry.world(index)), values, atol=made.step)
    # A thick slice has its value from one of its faces to the other.
    thick = number % 3
    for share in (-0.4, 0.4):
        there = index + share * np.eye(3)[thick]
        assert np.allclose(_values_at(made, volume.geometry.world(there)), values, atol=made.step)
    assert made.sampling.repeated[thick] == 3 and max(made.sampling.joined) == 1
    assert np.linalg.det(made.affine[:3, :3]) > 0  # nothing is mirrored
    border = made.values.copy()
    border[1:-1, 1:-1, 1:-1] = 0
    assert not border.any() and made.values.max() == FULL


def test_between_slices_it_is_interpolated_where_that_is_asked_for() -> None:
    volume = head((14, 17, 11), (1.0, 1.0, 4.0))
    assert run(drawn(volume, as_measured=False)).values.shape == (13, 19, 16)
    assert run(drawn(volume)).values.shape == (46, 19, 16)


def test_of_a_large_volume_means_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_volume, "MOST_VOXELS", 3000)
    volume = head((40, 46, 31), (0.5, 0.5, 1.5))
    made = run(drawn(volume))
    assert made.values.size < 3 * 3000
    i, j, k = made.sampling.joined
    assert i == j > 1
    z, y, x = 4, 5, 6
    block = volume.voxels[i * (x - 1) : i * x, j * (y - 1) : j * y, k * (z - 1) : k * z]
    assert made.low + made.step * made.values[z, y, x] == pytest.approx(block.mean(), abs=made.step)


def test_no_volume_is_drawn_of_more_voxels_than_fit() -> None:
    for shape, spacing in (
        ((512, 512, 320), (0.5, 0.5, 0.5)),
        ((448, 448, 25), (0.43, 0.43, 6.0)),
        ((1024, 1024, 200), (0.25, 0.25, 0.9)),
        ((3, 512, 512), (9.0, 0.5, 0.5)),
        ((900, 1, 1), (1.0, 1.0, 1.0)),
    ):
        made = sampling_of(Geometry(shape, affine_of(np.eye(3), spacing)), True)
        counts = np.array(shape) // made.joined * made.repeated
        assert np.all(counts >= 1) and counts.prod() <= 1.2 * drawn_volume.MOST_VOXELS, shape
        sizes = np.array(spacing) * made.joined / made.repeated
        assert sizes.max() / sizes.min() < 2.6, shape


def test_padding_is_drawn_as_the_least_value_and_counts_nowhere() -> None:
    voxels = np.full((8, 9, 10), 50, np.float32)
    voxels[2:6, 2:6, 2:6] = 90
    voxels[0] = -2000
    geometry = Geometry((8, 9, 10), affine_of(np.eye(3)))
    made = run(drawn(Volume(voxels, geometry, "padded", padding=-2000)))
    assert made.low == made.levels.least == 50
    assert 50 < made.levels.threshold < 90
    assert _values_at(made, geometry.world(((0, 4, 4), (3, 3, 3)))) == pytest.approx((50, 90))
    # A part of the slices in which there is nothing but padding, brighter than all else.
    voxels = np.full((6, 6, 2 * SLAB), 3000, np.float32)
    voxels[:, :, SLAB:] = -50
    voxels[3:, :, SLAB:] = -90
    geometry = Geometry(voxels.shape, affine_of(np.eye(3)))
    made = run(drawn(Volume(voxels, geometry, "padded", padding=3000)))
    seen = _values_at(made, geometry.world(((0, 4, 2), (4, 4, SLAB), (0, 4, SLAB))))
    assert seen == pytest.approx((-90, -90, -50))


@pytest.mark.parametrize("value", [-3e30, 0.0, 7.0])
def test_a_constant_scan_is_drawn_whole(value: float) -> None:
    geometry = Geometry((8, 9, 10), affine_of(np.eye(3)))
    made = run(drawn(Volume(np.full((8, 9, 10), value, np.float32), geometry, "constant")))
    assert made.levels.threshold == made.levels.brightest == np.float32(value)
    assert (made.values[1:-1, 1:-1, 1:-1] == FULL).all()


def test_less_than_a_thousandth_of_the_voxels_is_what_is_seen() -> None:
    """A label map of something small, whose percentiles are all background."""
    voxels = np.zeros((30, 30, 30), np.float32)
    voxels[14:16, 14:16, 14:16] = 3
    made = run(drawn(Volume(voxels, Geometry(voxels.shape, affine_of(np.eye(3))), "label")))
    assert 0 < made.levels.threshold < 3
