"""By what two grids differ, in words with the right numbers."""

import numpy as np
import pytest

from phantoms import affine_of, rotation
from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.resampling.reorient import Reorientation

SHAPE = (48, 40, 12)
SPACING = (1.0, 1.0, 5.0)
WANTED = Geometry(SHAPE, affine_of(np.eye(3), SPACING))
STORED = Reorientation((2, 0, 1), (True, False, True))


def moved(geometry: Geometry, mm: Matrix) -> Geometry:
    affine = geometry.affine.copy()
    affine[:3, 3] += mm
    return Geometry(geometry.shape, affine)


def about_its_middle(directions: Matrix) -> Geometry:
    affine = affine_of(directions, SPACING)
    affine[:3, 3] = WANTED.centre - affine[:3, :3] @ ((np.array(SHAPE) - 1) / 2)
    return Geometry(SHAPE, affine)


@pytest.mark.parametrize(
    ("mm", "words"),
    [
        ((0, 0, 2), "2.00 mm further along k (the patient's superior)"),
        ((0, 0, -2.5), "2.50 mm back along k (the patient's inferior)"),
        ((0.5, 0, 0), "0.50 mm further along i (the patient's right)"),
        ((-12, 0, 0), "12.00 mm back along i (the patient's left)"),
        ((0, -0.06, 0), "0.06 mm back along j (the patient's posterior)"),
        (
            (0, 3, -5),
            "3.00 mm further along j (the patient's anterior) and 5.00 mm back along k (the "
            "patient's inferior)",
        ),
    ],
)
def test_an_offset_has_its_axis_and_its_side(mm: tuple[float, ...], words: str) -> None:
    given = moved(WANTED, np.array(mm))
    assert grid_difference(given, WANTED) == f"its voxels lie {words}"
    flipped = Reorientation((0, 1, 2), (True, True, False)).grid(given)
    assert grid_difference(flipped, WANTED) == f"its voxels lie {words}"


def test_an_axis_that_runs_downwards_is_named_for_where_it_goes() -> None:
    downwards = Reorientation((0, 1, 2), (False, False, True)).grid(WANTED)
    said = grid_difference(moved(downwards, np.array((0, 0, 2.0))), downwards)
    assert said == "its voxels lie 2.00 mm back along k (the patient's superior)"


def test_an_oblique_axis_has_no_simple_side() -> None:
    oblique = Geometry(SHAPE, affine_of(rotation((25, 0, 0)), SPACING))
    said = grid_difference(moved(oblique, 2 * oblique.directions[:, 2]), oblique)
    assert said == "its voxels lie 2.00 mm further along k"


@pytest.mark.parametrize(
    ("spacing", "words"),
    [
        ((1, 1, 4.8), "its spacing is 1 x 1 x 4.8 mm and not 1 x 1 x 5 mm"),
        ((1, 1.0016, 5), "its spacing is 1 x 1.002 x 5 mm and not 1 x 1 x 5 mm"),
    ],
)
def test_a_spacing_has_as_many_digits_as_it_takes(spacing: tuple[float, ...], words: str) -> None:
    affine = affine_of(np.eye(3), spacing)
    affine[:3, 3] = WANTED.centre - affine[:3, :3] @ ((np.array(SHAPE) - 1) / 2)
    assert grid_difference(Geometry(SHAPE, affine), WANTED) == words


@pytest.mark.parametrize("degrees", [(0, 0, 3.2), (3.2, 0, 0), (0, -3.2, 0)])
def test_a_turn_has_its_angle(degrees: tuple[float, ...]) -> None:
    given = about_its_middle(rotation(degrees))
    assert grid_difference(given, WANTED) == "it is turned by 3.2 degrees"
    assert grid_difference(STORED.grid(given), WANTED).startswith("it is turned by 3.2 degrees;")


def test_a_turn_about_any_axis_has_the_angle_of_the_rotation() -> None:
    axis = np.array((1.0, 2.0, -2.0)) / 3
    cross = np.cross(np.eye(3), -axis)
    angle = np.radians(20)
    turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    assert grid_difference(about_its_middle(turn), WANTED) == "it is turned by 20.0 degrees"


def test_a_tilted_stack_is_no_turn() -> None:
    tilted = np.eye(3)
    tilted[1, 2], tilted[2, 2] = np.sin(np.radians(8)), np.cos(np.radians(8))
    said = grid_difference(about_its_middle(tilted), WANTED)
    assert said == "its axes j and k are at 82 and not 90 degrees to each other"


def test_a_size_stands_with_where_the_middle_lies() -> None:
    assert grid_difference(WANTED.cropped(2, 2, 12), WANTED) == (
        "it has 48 x 40 x 10 voxels and not 48 x 40 x 12; its middle lies 5.00 mm further along k "
        "(the patient's superior)"
    )
    assert grid_difference(WANTED.refined(2, 5), WANTED) == (
        "it has 48 x 40 x 60 voxels and not 48 x 40 x 12; its spacing is 1 x 1 x 1 mm and not "
        "1 x 1 x 5 mm"
    )


def test_axes_in_another_order_are_matched_first() -> None:
    assert STORED.grid(WANTED).shape == (12, 48, 40)
    assert grid_difference(STORED.grid(WANTED), WANTED) == ""
    said = grid_difference(STORED.grid(moved(WANTED, np.array((2.0, 0, 0)))), WANTED)
    assert said == (
        "its voxels lie 2.00 mm further along i (the patient's right); its axes j, k, i are the "
        "i, j, k meant here"
    )


def test_rounding_is_not_mentioned_but_some_difference_always_is() -> None:
    given = about_its_middle(rotation((0, 0, 3.2)))
    rounded = Geometry(SHAPE, given.affine.astype(np.float32).astype(float))
    assert grid_difference(rounded, WANTED) == "it is turned by 3.2 degrees"
    barely = moved(WANTED, np.array((0.04, 0.04, 0.04)))
    assert grid_difference(barely, WANTED).startswith("its voxels lie 0.04 mm further along")
