"""Volumes written to NIfTI come back as they were, with their story beside them."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer import __version__
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import ScanWarning, Volume
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.job import run

OBLIQUE = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (1.8, 1.4, 5.0))
SHEARED = OBLIQUE @ np.array([[1, 0, 0, 0], [0, 1, 0.4, 0], [0, 0, 1, 0], [0, 0, 0, 1]])


def numbered(affine: np.ndarray = OBLIQUE) -> Volume:
    return phantoms.numbered((3, 4, 5), affine)


@pytest.mark.parametrize("directions", phantoms.ORIENTATIONS)
def test_every_orientation_comes_back(tmp_path: Path, directions: np.ndarray) -> None:
    volume = numbered(phantoms.affine_of(directions, (1.7, 1.4, 4.0)))
    run(write_image(volume, path := tmp_path / "a.nii", {}))
    again = run(read(path))
    np.testing.assert_array_equal(again.voxels, volume.voxels)
    assert again.geometry.matches(volume.geometry, 1e-4)
    assert again.warnings == ()


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "A.NII.GZ"])
@pytest.mark.parametrize("affine", [OBLIQUE, SHEARED])
def test_header(tmp_path: Path, name: str, affine: np.ndarray) -> None:
    run(write_image(numbered(affine), path := tmp_path / name, {}))
    image = nib.load(path)
    header = image.header
    np.testing.assert_array_equal(header.get_sform(), affine.astype(np.float32))
    assert (header["sform_code"], header.get_xyzt_units()[0]) == (1, "mm")
    assert header["descrip"].item() == b"srviewer research use only"
    if affine is SHEARED:
        assert header["qform_code"] == 0
    else:
        assert header["qform_code"] == 1
        np.testing.assert_allclose(header.get_qform(), affine, atol=1e-4)
    np.testing.assert_allclose(header.get_zooms(), Geometry((3, 4, 5), affine).spacing, rtol=1e-3)
    np.testing.assert_array_equal(np.asarray(image.dataobj), numbered().voxels)


@pytest.mark.parametrize("tilt", [1e-4, 1e-3, 1e-2, 0.1, 1.0])
def test_rotations_near_half_a_turn_are_no_conflict(tmp_path: Path, tilt: float) -> None:
    # A quaternion in float32 is imprecise there, by a third of a millimetre at such a corner.
    directions = phantoms.rotation((tilt, 0.7 * tilt, 180 - 0.4 * tilt))
    affine = phantoms.affine_of(directions, (40.0, 45.0, 60.0), (100, 120, -90))
    volume = numbered(affine)
    run(write_image(volume, path := tmp_path / "a.nii", {}))
    again = run(read(path))
    assert "qform_sform_conflict" not in {warning.code for warning in again.warnings}
    assert again.geometry.matches(volume.geometry, 1e-3)


def test_half_a_voxel_survives(tmp_path: Path) -> None:
    scan = numbered()
    fine = scan.geometry.refined(2, 4)
    result = scan.derived(np.repeat(scan.voxels, 4, axis=2), fine, "refined")
    run(write_image(result, path := tmp_path / "a.nii.gz", {}))
    again = run(read(path)).geometry
    edge = (-0.5, -0.5, -0.5)
    np.testing.assert_allclose(again.world(edge), scan.geometry.world(edge), atol=1e-4)
    corners = list(product((-0.5, 2.5), (-0.5, 3.5), (-0.5, 4.5)))
    fine_corners = [(i, j, (k + 0.5) * 4 - 0.5) for i, j, k in corners]
    np.testing.assert_allclose(again.world(fine_corners), scan.geometry.world(corners), atol=1e-4)


@pytest.mark.parametrize(
    ("stored_as", "expected"),
    [
        ("uint8", [0, 0, 2, 255]),
        ("int16", [-300, 0, 2, 32767]),
        ("uint16", [0, 0, 2, 65535]),
        ("int32", [-300, 0, 2, 2**31 - 1]),
        ("float32", [-300, 0.4, 1.6, 1e12]),
        ("float64", [-300, 0.4, 1.6, 1e12]),
    ],
)
def test_original_data_type_is_rounded_and_clipped(
    tmp_path: Path, stored_as: str, expected: list[float]
) -> None:
    voxels = np.broadcast_to(np.array([-300, 0.4, 1.6, 1e12], np.float32)[:, None, None], (4, 2, 2))
    volume = Volume(voxels, Geometry((4, 2, 2), OBLIQUE), "a", stored_as=stored_as)
    run(write_image(volume, path := tmp_path / "a.nii.gz", {}, "original"))
    image = nib.load(path)
    assert image.get_data_dtype().name == stored_as
    np.testing.assert_allclose(np.asarray(image.dataobj)[:, 1, 1], expected, rtol=1e-7)


@pytest.mark.parametrize("stored_as", ["int64", "uint64"])
def test_the_largest_whole_numbers_do_not_wrap_around(tmp_path: Path, stored_as: str) -> None:
    voxels = np.full((2, 2, 2), 1e30, np.float32)
    volume = Volume(voxels, Geometry((2, 2, 2), OBLIQUE), "a", stored_as=stored_as)
    run(write_image(volume, path := tmp_path / "a.nii", {}, "original"))
    assert (np.asarray(nib.load(path).dataobj) > 2**62).all()


def test_the_story_beside_the_image(tmp_path: Path) -> None:
    scan = replace(numbered(), warnings=(ScanWarning("oblique", "turned", (1.5,)),))
    result = scan.derived(scan.voxels, scan.geometry, "sharpened")
    provenance = {
        "sources": ["in.nii"],
        "factor": np.int64(4),
        "rms": float("nan"),
        "at": Path("x"),
    }
    run(write_image(result, tmp_path / "out.nii.gz", provenance))
    story = json.loads((tmp_path / "out.json").read_text())
    assert story["notice"].startswith("Research use only")
    assert story["software"] == {"name": "srviewer", "version": __version__}
    assert story["history"] == ["sharpened"]
    assert story["warnings"] == [{"code": "oblique", "message": "turned", "where_mm": [1.5]}]
    assert story["geometry"]["shape"] == [3, 4, 5]
    np.testing.assert_array_equal(story["geometry"]["affine"], OBLIQUE)
    assert story["file"]["data_type"] == "float32"
    assert story["provenance"] == {"sources": ["in.nii"], "factor": 4, "rms": None, "at": "x"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "out.nii.gz"]


def test_the_same_volume_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.nii.gz", "b.nii.gz"):
        run(write_image(numbered(), tmp_path / name, {}))
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()


def test_a_source_is_never_overwritten(tmp_path: Path) -> None:
    run(write_image(numbered(), source := tmp_path / "scan.nii", {}))
    before = source.read_bytes()
    result = run(read(source))
    link = tmp_path / "link.nii"
    link.symlink_to(source)
    for target in (source, link):
        with pytest.raises(UserError, match="is not overwritten"):
            run(write_image(result, target, {}, overwrite=True))
    run(write_image(result, tmp_path / "new.nii", {}))
    assert source.read_bytes() == before


def test_a_foreign_json_is_never_overwritten(tmp_path: Path) -> None:
    settings = tmp_path / "out.json"
    settings.write_text('{"EchoTime": 0.09}')
    with pytest.raises(UserError, match="was not written by srviewer"):
        run(write_image(numbered(), tmp_path / "out.nii", {}))
    assert settings.read_text() == '{"EchoTime": 0.09}'
    assert not (tmp_path / "out.nii").exists()


@pytest.mark.parametrize("name", ["out.mgh", "out.gz", "out", "out.nii.zip"])
def test_unknown_endings_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"End the name with \.nii"):
        run(write_image(numbered(), tmp_path / name, {}))
    assert list(tmp_path.iterdir()) == []


def test_voxels_that_are_no_numbers_are_not_written(tmp_path: Path) -> None:
    voxels = numbered().voxels.copy()
    voxels[1, 1, 3] = np.nan
    with pytest.raises(UserError, match="k = 3"):
        run(write_image(replace(numbered(), voxels=voxels), tmp_path / "out.nii", {}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.nii", "out.nii.gz"])
def test_cancelling_at_any_step_leaves_no_file(tmp_path: Path, name: str) -> None:
    steps = sum(1 for _ in write_image(numbered(), tmp_path / name, {}))
    assert steps > 5
    for path in tmp_path.iterdir():
        path.unlink()
    for count in range(steps + 1):
        job = write_image(numbered(), tmp_path / name, {})
        for _ in range(count):
            next(job)
        job.close()
        assert list(tmp_path.iterdir()) == []


def test_what_does_not_read_back_is_not_kept(tmp_path: Path) -> None:
    volume = phantoms.numbered((64, 64, 8), OBLIQUE)
    job = write_image(volume, tmp_path / "out.nii", {})
    for _ in range(4):
        next(job)
    (temporary,) = tmp_path.glob(".srviewer-*-out.nii")
    with temporary.open("rb+") as file:
        file.seek(1000)
        file.write(b"bad disk")
    with pytest.raises(UserError, match="was not written correctly"):
        run(job)
    assert list(tmp_path.iterdir()) == []
