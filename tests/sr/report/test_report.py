"""The report shows the patient as the window does, in words that a reader knows."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from phantoms import affine_of, numbered
from srviewer.core.slices.planes import Plane, slice_at
from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.report.figures import MontageSlice, montage
from srviewer.sr.report.report import reconstruction_report
from srviewer.sr.requests.request import Request


def _drawn(volume: Volume, plane: Plane) -> np.ndarray:
    """The montage of the slice in the middle, as grey values (rows, columns)."""
    image = slice_at(volume, plane, volume.geometry.centre)
    png = montage([("slice", [MontageSlice("scan", image, 0.0, 1.0)])])
    with Image.open(BytesIO(png)) as opened:
        return np.asarray(opened.convert("L"), float)


@pytest.mark.parametrize("flip", [1, -1])
@pytest.mark.parametrize(("plane", "axis"), [(Plane.AXIAL, 0), (Plane.SAGITTAL, 1)])
def test_the_right_and_the_front_are_on_the_left(plane: Plane, axis: int, flip: int) -> None:
    shape = (20, 20, 20)
    affine = affine_of(np.eye(3), (1, 1, 1))
    affine[axis, axis] *= flip
    volume = numbered(shape, affine)
    towards = np.arange(20).reshape([-1 if a == axis else 1 for a in range(3)])
    bright = np.broadcast_to(towards > 9 if flip > 0 else towards < 10, shape)
    half = volume.derived(0.6 * bright.astype(np.float32), volume.geometry, "half")
    drawn = _drawn(half, plane)
    rows = drawn[len(drawn) // 2 + 15 : len(drawn) // 2 + 40]  # below the letters
    grey = np.flatnonzero((abs(rows - 0.6 * 255) < 5).all(axis=0))
    black = np.flatnonzero((rows < 10).all(axis=0))
    assert len(grey) > 100 and len(black) > 100
    assert grey.max() < black.min()


def test_a_flat_slab_has_flat_pictures(head: Volume) -> None:
    slab = head.derived(head.voxels[:, :, :6], head.geometry.cropped(2, 0, 6), "slab")
    low, tall = (_drawn(v, Plane.CORONAL).shape[0] for v in (slab, head))
    assert low < 0.7 * tall


def test_a_scan_in_hounsfield_units_has_its_slices_chosen(thick_head: Volume) -> None:
    span = float(thick_head.voxels.max())
    hounsfield = thick_head.derived(
        thick_head.voxels / span * 1000 - 1400, thick_head.geometry, "as CT"
    )
    for method in ("cross-plane", "cubic"):
        request = Request(axis=2, factor=2, method=method)
        page = run(reconstruction_report(hounsfield, run(reconstruct(hounsfield, request))))
        assert page.figures[0].png


def test_the_settings_are_words_and_say_nothing_twice(thick_head: Volume) -> None:
    request = Request(axis=2, factor=2, method="cubic", also=((0, 2),))
    page = run(reconstruction_report(thick_head, run(reconstruct(thick_head, request))))
    rows = dict(next(t for t in page.tables if t.title == "Settings").rows)
    assert rows["isotropic voxels"] == "no" and rows["other axes refined"] == "i 2"
    assert not any("_" in title for title in rows)
    assert not any(mark in text for text in rows.values() for mark in "{}")
