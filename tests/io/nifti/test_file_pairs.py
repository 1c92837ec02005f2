"""Images in two files, .hdr and .img: NIfTI pairs and Analyze 7.5."""

import gzip
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from nibabel.spm2analyze import Spm2AnalyzeImage

import phantoms
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.formats import open_filter, read, scan
from srviewer.io.header_view import header_rows
from srviewer.job import run

AFFINE = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (2.0, 3.0, 5.0))
VOXELS = np.random.default_rng(6).integers(0, 900, (6, 5, 4)).astype(np.int16)
KINDS = {"nifti1": nib.Nifti1Pair, "nifti2": nib.Nifti2Pair, "analyze": nib.AnalyzeImage}
Maker = Callable[..., tuple[Path, Path]]


@pytest.fixture
def pair(tmp_path: Path) -> Maker:
    """Write VOXELS as ``stem.hdr`` and ``stem.img``; ``packed``: which of the two are gzip."""

    def make(kind: str = "nifti1", stem: str = "a", packed: str = "") -> tuple[Path, Path]:
        image = KINDS[kind](VOXELS, AFFINE)
        if kind == "analyze":
            image.header.set_zooms((2.0, 3.0, 5.0))
        else:
            image.set_qform(AFFINE, 1)
        nib.save(image, tmp_path / f"{stem}.img")
        paths = []
        for suffix in (".hdr", ".img"):
            path = tmp_path / f"{stem}{suffix}"
            if suffix in packed:
                content = gzip.compress(path.read_bytes())
                path.unlink()
                path = path.with_name(f"{path.name}.gz")
                path.write_bytes(content)
            paths.append(path)
        for other in tmp_path.glob("*.mat"):
            other.unlink()
        return paths[0], paths[1]

    return make


@pytest.mark.parametrize("packed", ["", ".hdr.img", ".img", ".hdr"])
@pytest.mark.parametrize("kind", ["nifti1", "nifti2"])
def test_either_file_of_a_nifti_pair_opens_it(pair: Maker, kind: str, packed: str) -> None:
    header, voxels = pair(kind, packed=packed)
    for given in ([header], [voxels], [voxels, header], [header.parent]):
        found = run(scan(given))
        (series,) = found.series
        assert (found.ignored, found.problems) == (0, ())
        assert (series.name, series.uid) == ("a", header.name)
        assert series.sources == (header, voxels)
        volume = run(series.read(0))
        np.testing.assert_array_equal(volume.voxels, VOXELS)
        np.testing.assert_allclose(volume.geometry.affine, AFFINE, atol=1e-4)
        assert [warning.code for warning in volume.warnings] == ["oblique"]
        assert volume.source is not None
        assert volume.source.paths == (header, voxels)


def test_analyze_says_that_its_orientation_is_a_guess(pair: Maker) -> None:
    header, _ = pair("analyze")
    volume = run(read(header))
    np.testing.assert_array_equal(volume.voxels, VOXELS)
    np.testing.assert_allclose(volume.geometry.affine, nib.load(header).affine)
    (warning,) = volume.warnings
    assert warning.code == "orientation_unknown"
    assert "Analyze" in warning.message
    assert "programs disagree" in warning.message


def test_the_scale_of_spm_is_applied_and_told(tmp_path: Path) -> None:
    image = Spm2AnalyzeImage(VOXELS, np.diag([-2, 3, 5, 1]))
    nib.save(image, tmp_path / "a.img")
    (tmp_path / "a.mat").unlink()
    header = tmp_path / "a.hdr"
    content = bytearray(header.read_bytes())
    struct.pack_into("<f", content, 112, 0.25)
    header.write_bytes(content)
    volume = run(read(header))
    np.testing.assert_array_equal(volume.voxels, VOXELS * np.float32(0.25))
    assert [w.code for w in volume.warnings] == ["header_assumed", "orientation_unknown"]


def test_big_endian_analyze(tmp_path: Path) -> None:
    header = nib.AnalyzeHeader(endianness=">")
    header.set_data_dtype(">i2")
    header.set_data_shape(VOXELS.shape)
    header.set_zooms((2, 3, 5))
    (tmp_path / "A.HDR").write_bytes(header.binaryblock)
    (tmp_path / "A.IMG").write_bytes(VOXELS.astype(">i2").tobytes(order="F"))
    for name in ("A.HDR", "A.IMG"):
        np.testing.assert_array_equal(run(read(tmp_path / name)).voxels, VOXELS)


def test_a_file_without_its_other_is_named_with_it(pair: Maker) -> None:
    header, voxels = pair()
    content = voxels.read_bytes()
    voxels.unlink()
    with pytest.raises(UserError, match=r"'a\.hdr' is the header of a pair.*'a\.img'"):
        run(scan([header]))
    header.unlink()
    voxels.write_bytes(content)
    with pytest.raises(UserError, match=r"'a\.img' holds the voxels of a pair.*'a\.hdr'"):
        run(scan([voxels]))


def test_voxels_that_are_cut_short_or_replaced(pair: Maker) -> None:
    _, voxels = pair()
    (series,) = run(scan([voxels])).series
    content = voxels.read_bytes()
    voxels.write_bytes(content[::-1])
    with pytest.raises(UserError, match="has changed since"):
        run(series.read(0))
    voxels.write_bytes(content[:-1])
    with pytest.raises(UserError, match=r"'a\.img' is cut short"):
        run(scan([voxels]))


def test_a_compressed_copy_of_the_voxels_is_no_second_image(pair: Maker) -> None:
    header, voxels = pair()
    voxels.with_name("a.img.gz").write_bytes(gzip.compress(voxels.read_bytes()))
    found = run(scan([header.parent]))
    assert [series.sources for series in found.series] == [(header, voxels)]
    assert found.skipped == (("second copies of the voxels of a pair", 1),)


def test_pairs_of_other_programs_and_dicom_named_img(
    pair: Maker, write_dicom: Callable[..., list[Path]], thick: object
) -> None:
    header, voxels = pair()
    header.write_text("ENVI\nsamples = 6\n")
    files = write_dicom(thick, "series")
    for file in files:
        file.rename(file.with_suffix(".img"))
    found = run(scan([header.parent]))
    assert [series.modality for series in found.series] == ["MR"]
    assert found.ignored == 2
    with pytest.raises(UserError, match="no image that srviewer can open"):
        run(scan([voxels]))


def test_a_header_under_the_name_of_another_kind(pair: Maker) -> None:
    header, voxels = pair()
    single = header.with_name("b.nii")
    single.write_bytes(header.read_bytes())
    with pytest.raises(UserError, match=r"in a file of their own.*\.hdr"):
        run(scan([single]))
    nib.save(nib.Nifti1Image(VOXELS, AFFINE), single)
    header.write_bytes(single.read_bytes())
    with pytest.raises(UserError, match=r"follow in the same file.*\.nii"):
        run(scan([voxels]))


def test_pairs_in_an_archive(pair: Maker, tmp_path: Path) -> None:
    files = pair()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in files:
            archive.write(file, f"x/{file.name}")
    (series,) = run(scan([tmp_path / "a.zip"])).series
    np.testing.assert_array_equal(run(series.read(0)).voxels, VOXELS)


def test_neither_file_is_overwritten(pair: Maker) -> None:
    header, voxels = pair()
    volume = run(read(voxels))
    link = voxels.with_name("link.nii")
    link.hardlink_to(header)
    with pytest.raises(UserError, match="not overwritten"):
        run(write_image(volume, link, {}, overwrite=True))


@pytest.fixture
def rows(pair: Maker) -> Iterator[dict[str, str]]:
    _, voxels = pair("analyze")
    yield {row.key: row.value for row in run(header_rows(voxels))}


def test_header_and_file_filter(rows: dict[str, str]) -> None:
    assert rows["dim"].startswith("3 6 5 4")
    for suffix in ("*.hdr", "*.img", "*.hdr.gz", "*.img.gz"):
        assert suffix in open_filter()
