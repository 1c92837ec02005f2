"""Claims of files are compared with their bytes; long work on them can be cancelled."""

import gzip
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

import claims
from bad_files import dicom_slice, nifti
from srviewer.atomic import staged, write_text
from srviewer.errors import UserError
from srviewer.io.dicom.header_rows import MOST_ROWS
from srviewer.io.formats import read, scan
from srviewer.io.header_view import header_rows
from srviewer.io.sidecars.bids_sidecar import sidecar_thickness
from srviewer.io.sidecars.exported_image import own_document
from srviewer.job import Job, run
from srviewer.study.sessions.session_file import read_session
from srviewer.temporary_names import temporaries_of

PATIENCE = 2.0  # s of processor time; half a second where nothing else runs is promised


def longest_step(job: Job[object]) -> float:
    """The seconds of processor time of the longest step of a job, which may end in a UserError."""
    longest, started = 0.0, time.process_time()
    try:
        while True:
            next(job)
            longest, started = max(longest, time.process_time() - started), time.process_time()
    except (StopIteration, UserError):
        return max(longest, time.process_time() - started)


def written(folder: Path, *contents: bytes) -> Path:
    target = folder / "in"
    target.mkdir()
    for number, content in enumerate(contents):
        (target / f"{number}.dcm").write_bytes(content)
    return target


def private_items(dataset: Dataset) -> bytes:
    """A million bytes of empty items of a sequence without a length, which nobody asks for."""
    content = claims.stored(dataset)
    place = content.index(claims.PIXELS)
    head = b"\x09\0\x10\x10SQ\0\0\xff\xff\xff\xff"
    return content[:place] + head + (claims.ITEM + bytes(4)) * 140_000 + content[place:]


def test_the_scan_beside_a_damaged_file_is_found_and_the_file_is_told(tmp_path: Path) -> None:
    slices = [claims.stored(dicom_slice(k)) for k in range(6)]
    folder = written(tmp_path, *slices, claims.many_frames(dicom_slice(1)))
    found = run(scan([folder]))
    assert [one.geometry.shape for one in found.series] == [(8, 9, 6)]
    assert "promises 2,000,000 frames, and it holds at most 1" in found.problems[0].text


@pytest.mark.parametrize("make", [private_items, lambda d: claims.many_items(d, 400_000)])
def test_a_header_of_many_items_can_be_cancelled(
    tmp_path: Path, make: Callable[[Dataset], bytes]
) -> None:
    path = written(tmp_path, make(dicom_slice(1)))
    assert longest_step(scan([path])) < PATIENCE


def test_a_long_header_is_shown_in_part(tmp_path: Path) -> None:
    path = written(tmp_path, claims.many_items(dicom_slice(1), 1)) / "0.dcm"
    content = path.read_bytes()
    place = content.index(claims.PIXELS)
    extra = b"".join(
        b"\x11\x60" + n.to_bytes(2, "little") + b"LO\x02\0ab" for n in range(0x1000, 0xFFFF)
    )
    path.write_bytes(content[:place] + extra + content[place:])
    rows = run(header_rows(path))
    assert len(rows) == MOST_ROWS + 1 and "and more" in rows[-1].name


def test_deflated_files_hold_the_same_voxels(tmp_path: Path) -> None:
    folder = written(tmp_path, *(claims.deflated(dicom_slice(k), 3 << 20) for k in range(6)))
    volume = run(read(folder))
    expected = np.arange(8 * 9 * 6).reshape(8, 9, 6)
    assert np.array_equal(np.sort(volume.voxels, axis=None), np.arange(8 * 9 * 6))
    assert np.array_equal(volume.voxels, expected)


@pytest.mark.parametrize(("places", "planes"), [((0, 4, 8, 12, 16, 100_000), 5), ((0, 4, 8), 3)])
def test_a_slice_far_from_the_others_is_kept_apart(
    tmp_path: Path, places: tuple[float, ...], planes: int
) -> None:
    contents = []
    for number, place in enumerate(places):
        dataset = dicom_slice(number)
        dataset.ImagePositionPatient = [1, 2, place]
        contents.append(claims.stored(dataset))
    found = run(scan([written(tmp_path, *contents)]))
    assert [one.geometry.shape[2] for one in found.series] == [planes]
    assert len(found.problems) == (1 if planes < len(places) else 0)


def test_zips_in_zips_have_one_budget(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(claims.zips_in_zips(nifti(), 4))
    assert run(read(path)).voxels.shape == (8, 9, 6)
    path.write_bytes(claims.zips_in_zips(nifti(), 5))
    with pytest.raises(UserError, match="zip inside more than 3 others"):
        run(scan([path]))


def test_zips_in_zips_take_what_bytes_of_theirs_can_hold(tmp_path: Path) -> None:
    """Forty members of 20 MB of zeros, twice over: 0.8 GB of a few kB each."""
    inner, path = tmp_path / "inner.zip", tmp_path / "a.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(40):
            archive.writestr(f"{number}.nii", bytes(20 * 2**20))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "1.zip")
    with pytest.raises(UserError, match=r"'1\.zip' unpacks to 40 files of 0\.8 GiB together"):
        run(scan([path]))


def test_a_gzip_file_without_an_end_of_its_own_header(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    path.write_bytes(b"\x1f\x8b\x08\x08" + bytes(6) + b"a" * (20 << 20))
    with pytest.raises(UserError, match=r"'a\.nii\.gz' cannot be opened"):
        run(scan([path]))


def test_text_that_is_huge_nested_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    image = tmp_path / "a.nii"
    image.write_bytes(nifti())
    beside = tmp_path / "a.json"
    for content in (b"[" * 500_000, b" " * (17 << 20), b"\xff\xfe", b'{"SliceThickness": [1]}'):
        beside.write_bytes(content)
        assert sidecar_thickness(image) is None
        for reader in (own_document, lambda path: read_session(path.with_suffix(".json"))):
            with pytest.raises(UserError):
                reader(image)
    beside.unlink()
    claims.pipe("a.json")(tmp_path)
    assert sidecar_thickness(image) is None
    for reader in (own_document, lambda path: read_session(path.with_suffix(".json"))):
        with pytest.raises(UserError):
            reader(image)


def test_voxels_behind_more_than_the_file_holds(tmp_path: Path) -> None:
    def far(header: object) -> None:
        header["vox_offset"] = 2e9  # type: ignore[index]

    path = tmp_path / "a.nii.gz"
    path.write_bytes(gzip.compress(nifti(far)))
    with pytest.raises(UserError, match="promises 2,000,0"):
        run(scan([path]))


def test_long_names_and_names_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 250}.json"
    with staged(path) as draft:
        draft.write_text("{}")
        assert temporaries_of(path) == [draft]
    assert path.read_text() == "{}" and temporaries_of(path) == []
    with pytest.raises(UserError, match="too long"):
        write_text(tmp_path / ("n" * 260), "")
    write_text(path, json.dumps({"name": "\udcff"}, ensure_ascii=False))
    assert json.loads(path.read_bytes()) == {"name": "\udcff"}
