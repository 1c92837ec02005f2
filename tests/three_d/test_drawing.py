"""What VTK draws: nothing mirrored, slices as thick as they are, cuts, and a process that ends."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import Pipe

import numpy as np
import pytest

from phantoms import ORIENTATIONS, affine_of, rotation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.three_d.availability import INSTALL, is_installed
from srviewer.three_d.camera import SIDES, Camera, camera_for
from srviewer.three_d.scene import Clip, Drawn, Picture
from three_d.drawing import SCENE, SIZE, Drawing, pixel, volume_mode

pytestmark = pytest.mark.skipif(not is_installed(), reason=f"needs VTK: {INSTALL}")

MARKER = np.array((9.0, 6.0, 5.0))  # on the patient's right, anterior, superior
OTHER = np.array((-9.0, 6.0, 5.0))


@pytest.fixture(scope="module")
def drawing() -> Iterator[Drawing]:
    made = Drawing()
    yield made
    made.process.close()


def _marked(directions: np.ndarray, *markers: np.ndarray) -> Volume:
    """Balls of 3 mm in a volume of 0.8 x 0.8 x 1.6 mm about the origin."""
    shape, spacing = (44, 46, 20), (0.8, 0.8, 1.6)
    affine = affine_of(directions, spacing)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    geometry = Geometry(shape, affine)
    index = np.argwhere(np.ones(shape, bool))
    points = geometry.world(index)
    near = [np.linalg.norm(points - marker, axis=1) <= 3 for marker in markers]
    voxels = np.where(np.any(near, axis=0), 100, 0).reshape(shape).astype(np.float32)
    return Volume(voxels, geometry, "marked")


def _camera(volume: Volume) -> Camera:
    last = np.array(volume.geometry.shape) - 1
    corners = volume.geometry.world(np.array(np.meshgrid(*((0, n) for n in last))).reshape(3, -1).T)
    return camera_for(corners)


# RAS and LPS as they are stored, one whose axes are in another order, and an oblique one.
STORED = {
    "RAS": np.eye(3),
    "LPS": np.diag((-1.0, -1.0, 1.0)),
    "mirrored": np.diag((-1.0, 1.0, 1.0)),
    "permuted": ORIENTATIONS[29],
    "oblique": rotation((9.0, -14.0, 21.0)) @ np.diag((-1.0, -1.0, 1.0)),
}


@pytest.mark.parametrize("stored", STORED)
def test_a_marker_on_the_right_is_drawn_on_the_right(drawing: Drawing, stored: str) -> None:
    volume = _marked(STORED[stored], MARKER)
    drawing.take(volume)
    for scene in (SCENE, volume_mode(SCENE)):
        for side in SIDES:
            camera = _camera(volume).seen_from(side)
            for seen in (camera, camera.rotated(25, -15)) if side in "AL" else (camera,):
                lit = np.argwhere(drawing.draw(seen, scene)[0] > 30)
                assert len(lit) > 20
                middle = (lit.min(axis=0) + lit.max(axis=0)) / 2
                assert np.abs(middle - pixel(seen, MARKER)).max() < 4, (side, scene.mode)


def test_both_panes_are_seen_by_one_camera(drawing: Drawing) -> None:
    first, second = _marked(STORED["RAS"], MARKER), _marked(STORED["LPS"], OTHER)
    drawing.take(first, second)
    camera = _camera(first)
    panes = drawing.draw(camera, SCENE, 1, 2)
    for pane, marker in zip(panes, (MARKER, OTHER), strict=True):
        assert np.argwhere(pane > 30).mean(axis=0) == pytest.approx(pixel(camera, marker), abs=4)
    assert np.array_equal(drawing.draw(camera, SCENE, 2)[0] > 30, panes[1] > 30)
    moving = drawing.draw(camera, volume_mode(SCENE), 1, 2, moving=True)
    for pane, marker in zip(moving, (MARKER, OTHER), strict=True):
        assert np.argwhere(pane > 30).mean(axis=0) == pytest.approx(pixel(camera, marker), abs=5)


def test_the_staircase_of_a_slope_is_that_of_the_slices(drawing: Drawing) -> None:
    """A slope through 5 mm slices: steps of 5 mm as measured, none where it is interpolated."""
    shape, spacing = (40, 40, 8), (1.0, 1.0, 5.0)
    affine = affine_of(np.eye(3), spacing)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    geometry = Geometry(shape, affine)
    x, _, z = np.moveaxis(geometry.world(np.argwhere(np.ones(shape, bool))), 1, 0)
    voxels = (50 + 10 * (0.6 * z - x)).clip(0, 100).reshape(shape).astype(np.float32)
    volume = Volume(voxels, geometry, "slope")
    camera = _camera(volume)
    pixels_mm = 1 / camera.pixel_mm(*SIZE)
    treads = []
    for as_measured in (True, False):
        drawing.take(volume, as_measured=as_measured)
        widths = (drawing.draw(camera, SCENE)[0] > 20).sum(axis=1)  # pixels of each row
        values, counts = np.unique(widths[widths > 0], return_counts=True)
        treads.append(values[counts > 0.6 * 5 * pixels_mm])  # as high as most of a slice
    assert len(treads[0]) == 8 and len(treads[1]) == 0
    assert np.diff(treads[0]) == pytest.approx(0.6 * 5 * pixels_mm, abs=1.5)


@pytest.mark.parametrize("mode", ["surface", "volume"])
def test_a_plane_cuts_off_its_side(drawing: Drawing, mode: str) -> None:
    volume = _marked(STORED["LPS"], MARKER, OTHER)
    drawing.take(volume)
    camera, scene = _camera(volume), replace(SCENE, mode=mode)
    assert _sides(drawing.draw(camera, scene)[0]) == (True, True)
    right_off = replace(scene, clip=Clip((1, 0, 0), (0, 0, 0)))
    assert _sides(drawing.draw(camera, right_off)[0]) == (False, True)  # R is on the left, from A
    left_off = replace(scene, clip=Clip((-1, 0, 0), (0, 0, 0)))
    assert _sides(drawing.draw(camera, left_off)[0]) == (True, False)


def _sides(pane: np.ndarray) -> tuple[bool, bool]:
    half = pane.shape[1] // 2
    return bool((pane[:, :half] > 30).any()), bool((pane[:, half:] > 30).any())


def test_the_cut_shows_the_grey_levels_of_the_voxels(drawing: Drawing) -> None:
    volume = _marked(STORED["LPS"], MARKER)
    drawing.take(volume)
    camera = _camera(volume)
    for high, grey in ((100.0, 255), (200.0, 127)):
        scene = replace(SCENE, clip=Clip((0, 1, 0), tuple(MARKER)), grey=(0.0, high))
        row, column = np.rint(pixel(camera, MARKER)).astype(int)
        cut = drawing.draw(camera, scene)[0][row - 3 : row + 3, column - 3 : column + 3]
        assert np.abs(cut.astype(int) - grey).max() <= 3


def test_only_the_last_of_many_pictures_is_drawn_and_a_smooth_surface_has_no_facets(
    drawing: Drawing,
) -> None:
    volume = _marked(STORED["LPS"], MARKER)
    drawing.take(volume)
    camera = _camera(volume)
    for number in range(30):
        turned = camera.rotated(number, 0)
        drawing.process.ask(Picture(number, (1,), SIZE, turned, SCENE, number % 2 == 0))
    numbers = [drawing.answer().picture.number]
    while drawing.process.asked:
        numbers += [drawn.picture.number for drawn in drawing.process.answers() or ()]
    assert numbers[-1] == 29 and len(numbers) < 30
    flat = drawing.draw(camera, SCENE)[0].astype(int)
    smooth = drawing.draw(camera, replace(SCENE, smooth=True))[0].astype(int)
    lit = (flat > 30) & (smooth > 30)
    assert lit.any() and len(np.unique(flat[lit])) < len(np.unique(smooth[lit])) / 2


def test_one_thin_slice_is_seen_while_it_is_moved_and_smoothed(drawing: Drawing) -> None:
    voxels = np.zeros((900, 900, 1), np.float32)
    voxels[300:600, 300:600] = 100
    geometry = Geometry(voxels.shape, affine_of(np.eye(3), (0.1, 0.1, 0.1)))
    drawing.take(Volume(voxels, geometry, "slice"))
    camera = camera_for(geometry.world(((0, 0, 0), (899, 899, 0))), "S")
    whole = (drawing.draw(camera, SCENE)[0] > 30).sum()
    moving = (drawing.draw(camera, SCENE, moving=True)[0] > 30).sum()
    smooth = (drawing.draw(camera, replace(SCENE, smooth=True))[0] > 30).sum()
    assert whole > 1000 and (moving, smooth) == pytest.approx((whole, whole), rel=0.05)


def test_a_damaged_answer_is_the_end_of_the_drawing(
    drawing: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = _camera(_marked(STORED["RAS"], MARKER))
    short = Drawn(Picture(1, (1,), SIZE, camera, SCENE, False), (b"too few",), 0.1)
    for damaged in (b"\x80\x04damaged", pickle.dumps(short), pickle.dumps("another")):
        here, there = Pipe()
        monkeypatch.setattr(drawing.process, "_pictures", here)
        monkeypatch.setattr(drawing.process, "asked", 1)
        there.send_bytes(damaged)
        assert drawing.process.answers() is None
