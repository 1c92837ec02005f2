"""Segmentations of 3D Slicer (.seg.nrrd): names, layers, segments that overlap, cropped grids."""

from pathlib import Path

import numpy as np
import pytest

import phantoms
from srviewer.core.resampling.extended import extended
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.io.scans.series import Series
from srviewer.job import run

SHAPE = (6, 5, 4)
GEOMETRY = "space: LPS\nkinds: {}\nspace directions: {}(-2,0,0) (0,-2,0) (0,0,6)\n"
GEOMETRY += "space origin: (-4,-2,12)\nencoding: raw\nendian: little\ntype: unsigned char\n"
NAMED = "Segment{n}_Name:={name}\nSegment{n}_LabelValue:={value}\nSegment{n}_Layer:={layer}\n"
NAMED += "Segment{n}_Color:=1 0.5 0\n"


def segmentation(folder: Path, layers: list[np.ndarray], *named: tuple[str, int, int]) -> Series:
    """A file of these (i, j, k) layers; names, label values and layers of its segments."""
    many = len(layers) > 1
    sizes = " ".join(map(str, ((len(layers),) if many else ()) + SHAPE))
    kinds = ("list " if many else "") + "domain domain domain"
    header = f"NRRD0005\ndimension: {3 + many}\nsizes: {sizes}\n"
    header += GEOMETRY.format(kinds, "none " if many else "")
    for n, (name, value, layer) in enumerate(named):
        header += NAMED.format(n=n, name=name, value=value, layer=layer)
    voxels = np.stack(layers) if many else layers[0]
    path = folder / "a.seg.nrrd"
    path.write_bytes(header.encode() + b"\n" + voxels.astype(np.uint8).tobytes(order="F"))
    (series,) = run(scan([path])).series
    return series


def box(value: int, start: int, stop: int) -> np.ndarray:
    drawn = np.zeros(SHAPE)
    drawn[start:stop, 1:3, 1:4] = value
    return drawn


def test_one_layer_keeps_its_values_and_names(tmp_path: Path) -> None:
    voxels = box(3, 0, 2) + box(7, 3, 5)
    series = segmentation(tmp_path, [voxels], ("Brain", 3, 0), ("Node", 7, 0))
    assert series.warnings[0].code == "segmentation"
    assert series.segments is not None
    named = [(entry.value, entry.name, entry.colour) for entry in series.segments.names]
    assert named == [(3, "Brain", (255, 128, 0)), (7, "Node", (255, 128, 0))]
    np.testing.assert_array_equal(run(series.read(0)).voxels, voxels)
    (node,) = run(series.segments.read([7]))
    np.testing.assert_array_equal(node.voxels, box(7, 3, 5))


def test_layers_that_overlap_are_kept_apart(tmp_path: Path) -> None:
    layers = [box(1, 0, 3), box(1, 2, 5)]
    series = segmentation(tmp_path, layers, ("Brain", 1, 0), ("Node", 1, 1))
    assert series.frames == 1
    with pytest.raises(UserError, match=r"'a\.seg\.nrrd' overlap.*1 \(Brain\), 2 \(Node\)"):
        run(series.read(0))
    assert series.segments is not None
    brain, node = run(series.segments.read((1, 2)))
    np.testing.assert_array_equal(brain.voxels, layers[0])
    np.testing.assert_array_equal(node.voxels, 2 * layers[1])


def test_layers_that_do_not_overlap_are_one_label_map(tmp_path: Path) -> None:
    series = segmentation(tmp_path, [box(1, 0, 2), box(1, 2, 5)], ("A", 1, 0), ("B", 1, 1))
    np.testing.assert_array_equal(run(series.read(0)).voxels, box(1, 0, 2) + box(2, 2, 5))


def test_a_cropped_segmentation_is_extended_to_the_grid_of_the_scan(tmp_path: Path) -> None:
    """3D Slicer saves the part of the grid that holds segments."""
    segmentation(tmp_path, [box(1, 0, 3)], ("Brain", 1, 0))
    part = run(read(tmp_path / "a.seg.nrrd"))
    scan_grid = phantoms.numbered((10, 8, 9), np.diag([2.0, 2.0, 6.0, 1.0])).geometry
    whole = extended(part, scan_grid)
    assert whole is not None
    expected = np.zeros(scan_grid.shape)
    expected[2:8, 1:6, 2:6] = box(1, 0, 3)
    np.testing.assert_array_equal(whole.voxels, expected)
    beside = part.geometry.cropped(0, -1, SHAPE[0] - 1)
    moved = Volume(part.voxels, beside, "moved", outside=0.0)
    assert extended(moved, part.geometry) is None
    half = phantoms.numbered((10, 8, 9), np.diag([2.0, 2.0, 5.0, 1.0])).geometry
    assert extended(part, half) is None
