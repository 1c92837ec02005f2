"""Missing and uneven slices: rebuilt run by run, the gaps told and never averaged away."""

from dataclasses import replace

import numpy as np
import pytest

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.sr.rebuild.gaps import rebuild
from srviewer.sr.rebuild.reconstruct import reconstruct
from srviewer.sr.requests.request import Request

CUBIC = Request(axis=2, factor=4, method="cubic")


def scan_of(*places: float | None) -> Volume:
    """Thick slices of a head, the places of which are ``places`` (None: measured nowhere)."""
    thin = phantoms.head((20, 24, 4 * len(places)))
    thick = Degradation(axis=2, factor=4).thick_volume(thin)
    voxels = thick.voxels.copy()
    for k, place in enumerate(places):
        if place is None:
            voxels[:, :, k] = voxels.min()
    return replace(thick, voxels=voxels, planes=Planes(2, places))


def test_a_gap_is_left_empty_and_told() -> None:
    scan = scan_of(0, 4, 8, None, 16, 20, 24, 28)
    result = run(rebuild(scan, CUBIC))
    assert result.volume.geometry.matches(scan.geometry.refined(2, 4))
    assert (result.volume.voxels[:, :, 12:16] == scan.voxels.min()).all()
    (line,) = (line for line in result.warnings if line.startswith("No data"))
    first = scan.geometry.affine[2, 3]
    assert f"from {first + 10:.1f} to {first + 14:.1f} mm" in line
    assert result.consistency.max < 0.2
    assert (result.residual.voxels[:, :, 3] == 0).all()


@pytest.mark.parametrize("part", [slice(0, 3), slice(4, 8)])
def test_each_run_is_rebuilt_from_its_own_slices_alone(part: slice) -> None:
    scan = scan_of(0, 4, 8, None, 16, 20, 24, 28)
    whole = run(rebuild(scan, CUBIC)).volume.voxels
    alone = replace(
        scan,
        voxels=scan.voxels[:, :, part],
        geometry=scan.geometry.cropped(2, part.start, part.stop),
        planes=None,
    )
    expected = run(reconstruct(alone, CUBIC)).volume.voxels
    np.testing.assert_array_equal(whole[:, :, 4 * part.start : 4 * part.stop], expected)


def test_shares_are_of_the_whole_scans_range_and_not_of_the_first_runs() -> None:
    scan = scan_of(0, 4, 8, None, 16, 20, 24, 28)
    voxels = scan.voxels.copy()
    voxels[:, :, :4] *= 0.01
    dark = replace(scan, voxels=voxels)
    result = run(rebuild(dark, CUBIC))
    assert result.data_range == measured_intensity(dark.voxels).range
    off = np.abs(result.residual.voxels).max() / result.data_range
    assert result.consistency.max == pytest.approx(off, rel=1e-5)


def test_only_the_longest_run() -> None:
    scan = scan_of(0, 4, 8, None, 16, 20, 24, 28)
    result = run(rebuild(scan, replace(CUBIC, gaps="run")))
    assert result.volume.geometry.matches(scan.geometry.cropped(2, 4, 8).refined(2, 4))
    assert "4 of 7 slices" in result.warnings[0]


def test_runs_of_different_distances_lie_on_one_grid() -> None:
    scan = scan_of(0, 4, 8, 12, 13, 20, 27, 34)
    result = run(rebuild(scan, CUBIC))
    geometry = result.volume.geometry
    assert geometry.spacing[2] == pytest.approx(1.0)
    # From the lower edge of the first slice to the upper edge of the last.
    assert geometry.shape[2] == round(34 + 3.5 + 2)
    ends = geometry.world([(0, 0, -0.5), (0, 0, geometry.shape[2] - 0.5)])[:, 2]
    assert ends == pytest.approx(scan.geometry.affine[2, 3] + np.array([-2, 37.5]), abs=0.51)
    assert np.isfinite(result.volume.voxels).all()


def test_isotropic_runs_share_the_spacing_of_the_plane() -> None:
    scan = scan_of(0, 4, 8, None, 16, 20)
    result = run(rebuild(scan, replace(CUBIC, factor=5, isotropic=True)))
    assert result.volume.geometry.spacing == pytest.approx((1, 1, 1))


def test_a_slice_alone_is_repeated_and_told() -> None:
    scan = scan_of(0, 4, 8, None, 16, None, 24, 28)
    result = run(rebuild(scan, CUBIC))
    for k in range(16, 20):
        np.testing.assert_array_equal(result.volume.voxels[:, :, k], scan.voxels[:, :, 4])
    assert any("stands alone" in line for line in result.warnings)


def test_nothing_regular_is_an_error_for_people() -> None:
    with pytest.raises(UserError, match="nothing to reconstruct between"):
        run(rebuild(scan_of(0, None, 8, None, 16), CUBIC))


def test_the_network_with_a_gap() -> None:
    scan = scan_of(0, 4, 8, None, 16, 20, 24, 28)
    result = run(rebuild(scan, Request(axis=2, factor=4, device="cpu")))
    assert result.consistency.max < 1e-4
    assert result.disagreement is not None
    assert (result.disagreement.voxels[:, :, 12:16] == 0).all()


def test_other_axes_are_rebuilt_as_ever() -> None:
    scan = scan_of(0, 4, None, 12)
    assert run(rebuild(scan, replace(CUBIC, axis=0))).volume.geometry.shape == (80, 24, 4)
