"""Measurements against values worked out by hand."""

import json

import numpy as np
import pytest

from phantoms import affine_of, numbered, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.regions.roi import (
    Roi,
    boxed,
    from_json,
    moved_point,
    slice_of,
    to_json,
    values_inside,
    voxels_inside,
)
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume


def test_a_distance_is_in_millimetres() -> None:
    roi = Roi("distance", Plane.AXIAL, ((1, 2, 3), (4, 6, 3)))
    assert roi.length_mm == 5
    assert roi.degrees is None and roi.area_mm2 is None and not roi.has_values


@pytest.mark.parametrize(
    ("end", "degrees"),
    [((0, 7, 0), 90), ((3, 3, 0), 45), ((-2, 0, 0), 180), ((-1, 3**0.5, 0), 120)],
)
def test_an_angle_is_taken_at_its_vertex(end: tuple[float, ...], degrees: float) -> None:
    x, y, z = end
    roi = Roi("angle", Plane.AXIAL, ((6, 1, 0), (1, 1, 0), (x + 1, y + 1, z)))
    assert roi.degrees == pytest.approx(degrees)


def test_an_arm_without_length_has_no_angle() -> None:
    assert Roi("angle", Plane.AXIAL, ((1, 1, 0), (1, 1, 0), (2, 1, 0))).degrees is None


def test_a_rectangle_counts_the_voxel_centres_inside() -> None:
    # Values 0..59 of a 5 x 4 x 3 grid: value = 12 i + 3 j + k; voxels of 2 x 1 x 3 mm.
    volume = numbered((5, 4, 3), np.diag((2.0, 1.0, 3.0, 1.0)))
    corners = ((1.0, 0.5, 3.0), (6.5, 2.4, 3.0))  # i 0.5..3.25, j 0.5..2.4, k 1
    roi = boxed("rectangle", Plane.AXIAL, volume.geometry, corners, "box")
    assert roi.area_mm2 == pytest.approx(5.5 * 1.9)
    index = voxels_inside(roi, volume.geometry)
    assert sorted(map(tuple, index.tolist())) == [(i, j, 1) for i in (1, 2, 3) for j in (1, 2)]
    found = values_inside(roi, volume)
    assert found is not None
    values = [16, 19, 28, 31, 40, 43]
    assert found.count == 6
    assert found.mean == pytest.approx(29.5)
    assert found.sd == pytest.approx((sum((v - 29.5) ** 2 for v in values) / 6) ** 0.5)
    assert (found.minimum, found.maximum) == (16, 43)


def test_an_ellipse_leaves_the_corners_out() -> None:
    volume = numbered((9, 9, 3), np.eye(4))
    roi = boxed("ellipse", Plane.AXIAL, volume.geometry, ((2, 1, 1), (6, 7, 1)), "")
    assert roi.area_mm2 == pytest.approx(np.pi * 2 * 3)
    inside = {
        (i, j, 1)
        for i in range(9)
        for j in range(9)
        if ((i - 4) / 2) ** 2 + ((j - 4) / 3) ** 2 <= 1
    }
    assert set(map(tuple, voxels_inside(roi, volume.geometry).tolist())) == inside


def test_it_holds_in_a_thick_scan_and_its_thin_result() -> None:
    turned = rotation((9, -14, 21))
    thick = Geometry((20, 24, 6), affine_of(turned, (1, 1, 4)))
    thin = thick.refined(2, 4)
    centre = thin.world((10, 11, 13))
    opposite = thin.world((14, 15, 13))
    roi = boxed("rectangle", Plane.AXIAL, thick, (centre, opposite), "")
    assert slice_of(roi, thick) == 3 and slice_of(roi, thin) == 13
    assert len(voxels_inside(roi, thick)) == len(voxels_inside(roi, thin)) == 25


def test_outside_of_the_volume_there_are_no_values() -> None:
    volume = numbered((5, 4, 3), np.eye(4))
    roi = boxed("rectangle", Plane.AXIAL, volume.geometry, ((1, 1, 40), (3, 3, 40)), "")
    assert values_inside(roi, volume) is None
    between = boxed("ellipse", Plane.AXIAL, volume.geometry, ((1.3, 1.3, 1), (1.4, 1.4, 1)), "")
    assert values_inside(between, volume) is None
    beside = boxed("rectangle", Plane.AXIAL, volume.geometry, ((50, 1, 1), (60, 3, 1)), "")
    assert values_inside(beside, volume) is None


def test_dragging_its_points() -> None:
    line = Roi("distance", Plane.AXIAL, ((0, 0, 0), (3, 0, 0)))
    assert moved_point(line, 1, (3, 4, 0)).length_mm == 5
    volume = Volume(np.zeros((9, 9, 9), np.float32), Geometry((9, 9, 9), np.eye(4)), "")
    box = boxed("rectangle", Plane.AXIAL, volume.geometry, ((0, 0, 0), (4, 2, 0)), "")
    moved = moved_point(box, 0, (5, 5, 0))
    assert moved.points_mm == ((5, 5, 0), (7, 5, 0), (5, 6, 0))
    assert moved.area_mm2 == box.area_mm2
    wider = moved_point(box, 1, (7, 99, 0))
    assert wider.area_mm2 == pytest.approx(2 * 5 * 2)
    assert moved_point(box, 2, (0, 1, 0)).area_mm2 > 0


@pytest.mark.parametrize("kind", ["distance", "angle", "rectangle", "ellipse"])
def test_it_survives_json(kind: str) -> None:
    points = ((0.1, 2, -3.25), (1e-7, 1, 4), (5, 6, 7))[: 2 if kind == "distance" else 3]
    roi = Roi(kind, Plane.SAGITTAL, points, "left \N{GREEK SMALL LETTER ALPHA}")
    assert from_json(json.loads(json.dumps(to_json(roi)))) == roi


@pytest.mark.parametrize(
    "damage",
    [
        {"kind": "circle"},
        {"plane": "SIDEWAYS"},
        {"points_mm": [[0, 0, 0]]},
        {"points_mm": [[0, 0, 0], [1, 2]]},
        {"points_mm": [[0, 0, 0], [1, 2, float("nan")]]},
        {"points_mm": None},
    ],
)
def test_what_is_no_measurement_is_refused(damage: dict[str, object]) -> None:
    good = to_json(Roi("distance", Plane.AXIAL, ((0, 0, 0), (1, 1, 1))))
    with pytest.raises(ValueError):
        from_json({**good, **damage})
