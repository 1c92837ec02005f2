"""The slices that a pane takes of its volume, where some neighbours are held."""

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.pace import Paces
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.volumes.volume import Volume
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.slice_source import SliceSource

SHAPE = (12, 6, 5)


def test_a_volume_in_the_place_of_another_is_shown_at_once() -> None:
    grid, source = Geometry(SHAPE, np.eye(4)), SliceSource(Plane.SAGITTAL, Paces())
    voxels = np.asfortranarray(np.random.default_rng(3).random(SHAPE, dtype=np.float32))
    for added in (0.0, 10.0):
        volume = Volume(np.asfortranarray(voxels + np.float32(added)), grid, "scan")
        source.take_volume(volume, Line("scan"))
        for number in (4, 5, 6, 7, 6, 5):
            at = (float(number), 0.0, 0.0)
            plain = source.image(at, None, None)
            assert np.array_equal(plain.pixels, volume.voxels[number].T)
        for number in (4, 5, 6, 7, 6, 5):
            at = (float(number), 0.0, 0.0)
            slab = source.image(at, SlabPlace("maximum", Plane.SAGITTAL, np.array(at), 3.0), None)
            highest = volume.voxels[number - 1 : number + 2].max(axis=0)
            assert np.array_equal(slab.pixels, highest.T)
