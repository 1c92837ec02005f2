"""Grids and where they lie in the patient, over every orientation, oblique and sheared ones too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantoms import ORIENTATIONS, affine_of, rotation
from srviewer.core.geometry.grid import Geometry

SPACINGS = ((1.0, 1.0, 1.0), (0.9, 0.8, 4.0), (5.0, 0.45, 0.7))
SHAPE = (6, 9, 4)

angles = st.tuples(*[st.floats(-20, 20)] * 3)
spacings = st.tuples(*[st.floats(0.3, 8.0)] * 3)
axes = st.integers(0, 2)


@st.composite
def geometries(draw: st.DrawFn) -> Geometry:
    """Any of the 48 orientations, then turned and sheared, with any spacing, place and shape."""
    directions = rotation(draw(angles)) @ draw(st.sampled_from(ORIENTATIONS))
    directions[:, 2] += draw(st.floats(-0.3, 0.3)) * directions[:, 0]
    directions /= np.linalg.norm(directions, axis=0)
    origin = draw(st.tuples(*[st.floats(-200, 200)] * 3))
    shape = draw(st.tuples(*[st.integers(1, 40)] * 3))
    return Geometry(shape, affine_of(directions, draw(spacings), origin))


def outer_corners(geometry: Geometry) -> np.ndarray:
    """(8, 3) RAS+ mm: the corners of the covered box, at the outer voxel edges."""
    edges = [(-0.5, n - 0.5) for n in geometry.shape]
    return geometry.world(np.array(np.meshgrid(*edges, indexing="ij")).reshape(3, -1).T)


@given(geometries(), st.tuples(*[st.floats(-50, 50)] * 3))
def test_index_is_the_inverse_of_world(geometry: Geometry, index: tuple[float, ...]) -> None:
    np.testing.assert_allclose(geometry.index(geometry.world(index)), index, atol=1e-8)


@given(geometries())
def test_world_of_an_index_is_the_affine_times_it(geometry: Geometry) -> None:
    index = np.array([2, 3, 5])
    np.testing.assert_allclose(geometry.world(index), (geometry.affine @ [2, 3, 5, 1])[:3])
    steps = geometry.world(index + np.eye(3)) - geometry.world(index)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), geometry.spacing, rtol=1e-9)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_world_axes_of_all_48_orientations(spacing: tuple[float, float, float]) -> None:
    assert len({o.tobytes() for o in ORIENTATIONS}) == 48
    for directions in ORIENTATIONS:
        geometry = Geometry(SHAPE, affine_of(directions, spacing))
        for world in range(3):
            column = geometry.directions[:, geometry.world_axes[world]]
            assert abs(column[world]) == 1
        assert geometry.spacing == pytest.approx(spacing)
        assert geometry.obliquity == pytest.approx(0, abs=1e-5)


@given(geometries(), axes, st.integers(1, 8))
def test_refining_keeps_the_covered_box(geometry: Geometry, axis: int, factor: int) -> None:
    fine = geometry.refined(axis, factor)
    assert fine.shape[axis] == geometry.shape[axis] * factor
    assert fine.spacing[axis] == pytest.approx(geometry.spacing[axis] / factor)
    np.testing.assert_allclose(outer_corners(fine), outer_corners(geometry), atol=1e-8)
    np.testing.assert_allclose(fine.centre, geometry.centre, atol=1e-8)


@given(geometries(), axes, st.integers(2, 8))
def test_the_half_voxel_rule(geometry: Geometry, axis: int, factor: int) -> None:
    first = np.zeros(3)
    first[axis] = (1 / factor - 1) / 2
    fine = geometry.refined(axis, factor)
    np.testing.assert_allclose(fine.world((0, 0, 0)), geometry.world(first), atol=1e-8)


@given(geometries(), axes, st.integers(2, 8))
def test_coarsening_undoes_refining(geometry: Geometry, axis: int, factor: int) -> None:
    assert geometry.refined(axis, factor).coarsened(axis, factor).matches(geometry, 1e-8)


@given(geometries(), axes, st.integers(2, 5))
def test_a_coarse_voxel_lies_in_the_middle_of_its_fine_ones(
    geometry: Geometry, axis: int, factor: int
) -> None:
    coarse = geometry.coarsened(axis, factor)
    assert coarse.shape[axis] == geometry.shape[axis] // factor
    block = np.zeros((factor, 3))
    block[:, axis] = np.arange(factor)
    expected = geometry.world(block).mean(axis=0)
    np.testing.assert_allclose(coarse.world((0, 0, 0)), expected, atol=1e-8)


@given(geometries(), axes, st.floats(0.2, 6.0))
def test_regridding_is_exact_in_spacing_and_keeps_the_middle(
    geometry: Geometry, axis: int, spacing: float
) -> None:
    other = geometry.regridded(axis, spacing)
    length = geometry.shape[axis] * geometry.spacing[axis]
    assert other.spacing[axis] == pytest.approx(spacing, rel=1e-9)
    np.testing.assert_allclose(other.centre, geometry.centre, atol=1e-8)
    if length >= spacing:  # else one voxel stands for all there is
        count = other.shape[axis]
        assert count * spacing <= length * (1 + 1e-5) and (count + 1) * spacing > length


@given(geometries(), axes)
def test_cropping_keeps_each_voxel_in_its_place(geometry: Geometry, axis: int) -> None:
    stop = geometry.shape[axis]
    start = stop // 2
    part = geometry.cropped(axis, start, stop)
    index = np.zeros(3)
    index[axis] = start
    assert part.shape[axis] == stop - start
    np.testing.assert_allclose(part.world((0, 0, 0)), geometry.world(index), atol=1e-9)


@given(geometries(), axes, st.tuples(*[st.floats(-90, 90)] * 3))
def test_along_is_one_scale_for_a_scan_and_its_result(
    geometry: Geometry, axis: int, point: tuple[float, ...]
) -> None:
    fine = geometry.refined(axis, 4)
    np.testing.assert_allclose(fine.along(point), geometry.along(point), atol=1e-7)


def test_along_measures_millimetres_along_the_axes() -> None:
    geometry = Geometry(SHAPE, affine_of(rotation((10, -15, 5)), (0.9, 0.8, 4.0)))
    first, other = geometry.along(geometry.world([(0, 0, 0), (1, 2, 3)]))
    np.testing.assert_allclose(other - first, (0.9, 1.6, 12.0), atol=1e-9)


@pytest.mark.parametrize(
    ("spacing", "thick"),
    [((1, 1, 4), 2), ((1, 3, 1), 1), ((6, 1, 1), 0), ((1, 1, 1.19), None), ((1, 1, 1), None)],
)
def test_the_thick_axis_is_found(spacing: tuple[float, float, float], thick: int | None) -> None:
    assert Geometry(SHAPE, affine_of(np.eye(3), spacing)).thick_axis == thick


def test_the_thick_ratio_is_over_the_coarser_of_the_others() -> None:
    geometry = Geometry(SHAPE, affine_of(np.eye(3), (0.5, 1.0, 4.0)))
    assert geometry.thick_ratio(2) == pytest.approx(4.0)


def test_obliquity_is_the_angle_of_the_turn() -> None:
    geometry = Geometry(SHAPE, affine_of(rotation((0, 0, 12)), (1, 1, 3)))
    assert geometry.obliquity == pytest.approx(12.0)


def test_grids_match_within_a_tolerance_only() -> None:
    geometry = Geometry(SHAPE, affine_of(np.eye(3)))
    near, far = geometry.affine.copy(), geometry.affine.copy()
    near[0, 3] += 5e-4
    far[0, 3] += 2e-3
    assert geometry.matches(Geometry(SHAPE, near))
    assert not geometry.matches(Geometry(SHAPE, far))
    assert not geometry.matches(geometry.cropped(0, 0, 5))


@pytest.mark.parametrize("fault", ["nan", "singular", "small"])
def test_an_affine_that_is_none_is_refused(fault: str) -> None:
    affine = np.eye(4)
    if fault == "nan":
        affine[0, 3] = np.nan
    elif fault == "singular":
        affine[:3, 2] = affine[:3, 1]
    else:
        affine = np.eye(3)
    with pytest.raises(ValueError, match="affine"):
        Geometry(SHAPE, affine)


def test_a_geometry_cannot_be_changed() -> None:
    given_affine = np.eye(4)
    geometry = Geometry(SHAPE, given_affine)
    given_affine[0, 3] = 99
    assert geometry.affine[0, 3] == 0
    with pytest.raises(ValueError, match="read-only"):
        geometry.affine[0, 3] = 1
