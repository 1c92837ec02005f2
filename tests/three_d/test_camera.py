"""The camera of the 3D panes: nothing is mirrored, and what is near follows the mouse."""

import numpy as np
import pytest

from srviewer.three_d.camera import AXES, SIDES, camera_for

CORNERS = np.array(((-50.0, -80, -40), (70, 100, 60)))


@pytest.mark.parametrize(
    ("side", "letters"),
    [("A", "RLIS"), ("P", "LRIS"), ("L", "APIS"), ("R", "PAIS"), ("S", "LRPA"), ("I", "RLPA")],
)
def test_the_letters_at_the_edges_of_each_side(side: str, letters: str) -> None:
    camera = camera_for(CORNERS).seen_from(side)  # type: ignore[arg-type]
    assert "".join(camera.letters()) == letters
    # The viewer stands on the side that is named.
    axis = next(number for number, ends in enumerate(AXES) if side in ends)
    assert camera.back[axis] == (1 if AXES[axis][0] == side else -1)


def test_between_two_sides_two_letters() -> None:
    camera = camera_for(CORNERS)
    assert camera.letters()[1] == "L"
    assert camera.rotated(40, 0).letters()[1] == "LA"
    assert camera.rotated(60, 0).letters()[1] == "AL"


def test_what_is_near_follows_the_mouse() -> None:
    for side in SIDES:
        camera = camera_for(CORNERS).seen_from(side)
        near = np.array(camera.centre_mm) + 30 * np.array(camera.back)
        right, _, _ = camera.rotated(20, 0).projected(near)
        _, down, _ = camera.rotated(0, 20).projected(near)
        assert right == pytest.approx(30 * np.sin(np.radians(20)))
        assert down == pytest.approx(-30 * np.sin(np.radians(20)))
        above = np.array(camera.centre_mm) + 30 * np.array(camera.up)
        across, _, _ = camera.rolled(90).projected(above)
        assert across == pytest.approx(30)  # clockwise
        moved = camera.panned(7, -3).projected(camera.centre_mm)
        assert np.allclose(moved, (7, -3, 0))


def test_rotating_for_long_keeps_right_angles_and_never_mirrors() -> None:
    camera = camera_for(CORNERS)
    for step in range(300):
        camera = camera.rotated(7.3, -4.1).rolled(1.7 if step % 3 else -2.9)
    axes = np.array((camera.right, camera.up, camera.back))
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-14)
    assert np.linalg.det(axes) == pytest.approx(1)


def test_a_line_of_sight_goes_through_its_point_of_the_screen() -> None:
    camera = camera_for(CORNERS).rotated(33, 21).rolled(12)
    start, away = camera.ray(11, -5)
    for depth in (-40, 0, 90):
        across, up, near = camera.projected(start + depth * away)
        assert (across, up, near) == pytest.approx((11, -5, -depth))


def test_a_whole_volume_is_seen_from_each_side_in_narrow_panes_too() -> None:
    corners = np.array(np.meshgrid(*CORNERS.T)).reshape(3, -1).T
    for size in ((300, 600), (400, 400), (900, 450)):
        for side in SIDES:
            camera = camera_for(corners, side)
            seen = np.abs(camera.projected(corners)).max(axis=0) / camera.pixel_mm(*size)
            assert seen[0] <= size[0] / 2 and seen[1] <= size[1] / 2
