"""Results as NRRD, MetaImage and FreeSurfer images: as other programs read them."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK

import phantoms
from srviewer.__main__ import main
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.checksum import crc32_of
from srviewer.io.export.image import write_image
from srviewer.io.export.replacing import is_as_written
from srviewer.io.formats import read
from srviewer.job import run

OBLIQUE = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (1.8, 1.4, 5.0))
SHEARED = OBLIQUE @ np.array([[1, 0, 0, 0], [0, 1, 0.4, 0], [0, 0, 1, 0], [0, 0, 0, 1]])


def numbered(affine: np.ndarray = OBLIQUE, stored_as: str = "int16") -> Volume:
    volume = phantoms.numbered((3, 4, 5), affine)
    return Volume(volume.voxels + 0.25, volume.geometry, "numbered", stored_as=stored_as)


@pytest.mark.parametrize("name", ["a.nrrd", "A.NRRD", "a.mha", "a.mgz", "a.nii.gz"])
@pytest.mark.parametrize("affine", [OBLIQUE, SHEARED])
def test_they_come_back(tmp_path: Path, name: str, affine: np.ndarray) -> None:
    volume = numbered(affine)
    run(write_image(volume, path := tmp_path / name, {}))
    again = run(read(path))
    np.testing.assert_array_equal(again.voxels, volume.voxels)
    assert again.geometry.matches(volume.geometry, 1e-4)
    assert {warning.code for warning in again.warnings} <= {"oblique"}
    document = json.loads(path.with_suffix("").with_suffix(".json").read_text("utf-8"))
    stated = document["file"]
    assert stated["name"] == name
    assert f"{run(crc32_of(again.voxels, stated['data_type'])):08x}" == stated["voxels_crc32"]
    assert run(is_as_written(path, document))


@pytest.mark.parametrize("stored_as", ["float32", "original"])
def test_itk_reads_them(tmp_path: Path, stored_as: str) -> None:
    volume = numbered()
    expected = volume.voxels if stored_as == "float32" else np.rint(volume.voxels)
    lps = np.diag([-1, -1, 1, 1]) @ OBLIQUE
    for name in ("a.nrrd", "b.mha"):
        run(write_image(volume, tmp_path / name, {}, stored_as))  # type: ignore[arg-type]
        theirs = SimpleITK.ReadImage(tmp_path / name)
        np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(theirs).T, expected)
        np.testing.assert_allclose(theirs.GetOrigin(), lps[:3, 3], atol=1e-12)
        directions = np.reshape(theirs.GetDirection(), (3, 3)) * theirs.GetSpacing()
        np.testing.assert_allclose(directions, lps[:3, :3], atol=1e-12)
        kind = "16-bit signed integer" if stored_as == "original" else "32-bit float"
        assert theirs.GetPixelIDTypeAsString() == kind


@pytest.mark.parametrize("affine", [OBLIQUE, SHEARED])
def test_nibabel_reads_freesurfer_images(tmp_path: Path, affine: np.ndarray) -> None:
    volume = numbered(affine)
    for stored_as, dtype in (("float32", ">f4"), ("original", ">i2")):
        run(write_image(volume, path := tmp_path / "a.mgz", {}, stored_as))  # type: ignore[arg-type]
        theirs = nib.load(path)
        assert theirs.get_data_dtype() == np.dtype(dtype)
        np.testing.assert_allclose(theirs.affine, affine, atol=1e-5)
        expected = volume.voxels if stored_as == "float32" else np.rint(volume.voxels)
        np.testing.assert_array_equal(np.asarray(theirs.dataobj), expected)
        path.unlink()
        path.with_suffix(".json").unlink()


def test_what_a_format_cannot_hold_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"FreeSurfer's format cannot hold .* Store float32"):
        run(write_image(numbered(stored_as="uint32"), tmp_path / "a.mgz", {}, "original"))
    with pytest.raises(UserError, match=r"ending that srviewer writes.*\.nrrd, \.mha or \.mgz"):
        run(write_image(numbered(), tmp_path / "a.nii.bz2", {}))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_not_as_written(tmp_path: Path) -> None:
    for name in ("a.nrrd", "b.mha", "c.mgz"):
        run(write_image(numbered(), path := tmp_path / name, {}))
        document = json.loads(path.with_suffix(".json").read_text("utf-8"))
        content = bytearray(path.read_bytes())
        content[-20] ^= 0xFF
        path.write_bytes(content)
        assert not run(is_as_written(path, document))
        path.write_bytes(content[:-30])
        assert not run(is_as_written(path, document))


def test_verbs_write_them_and_keep_what_is_not_theirs(
    thick: Volume, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(write_image(thick, scan := tmp_path / "scan.nrrd", {}))
    for name in ("thin.nrrd", "thin.mha", "thin.mgz", "thin.nii"):
        out = tmp_path / name.split(".")[1] / name
        out.parent.mkdir()
        command = ["reconstruct", str(scan), "-o", str(out), "--method", "linear"]
        assert main(command) == 0
        assert main(command) == 0  # a result of the same scan is replaced
        assert run(read(out)).geometry.shape == (5, 4, 18)
        (out.parent / "other.nii").write_bytes(b"other")
        assert main(["reconstruct", str(scan), "-o", str(scan), "--method", "linear"]) == 1
        assert "is an input and is not overwritten" in capsys.readouterr().err
    foreign = tmp_path / "foreign.mha"
    foreign.write_bytes(b"other")
    assert main(["reconstruct", str(scan), "-o", str(foreign), "--method", "linear"]) == 1
    assert "was not written by srviewer" in capsys.readouterr().err
    assert foreign.read_bytes() == b"other"
