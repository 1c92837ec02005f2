"""The way in: tables, folders, archives, mixtures, and what is said when nothing is found."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import phantoms
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import FORMATS, open_filter, read, scan
from srviewer.job import Job, run

Writer = Callable[..., list[Path]]
NiftiWriter = Callable[..., Path]
AFFINE = phantoms.affine_of(np.eye(3), (1, 1, 4))
VOXELS = np.arange(60, dtype=np.int16).reshape(3, 4, 5)


@pytest.fixture
def zipped(write_dicom: Writer, write_image: NiftiWriter, thick: Volume, tmp_path: Path) -> Path:
    """An archive of a DICOM series, a NIfTI volume and a text."""
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in write_dicom(thick):
            archive.write(file, f"study/series/{file.name}")
        archive.write(write_image(VOXELS, AFFINE), "study/scan.nii")
        archive.writestr("study/notes.txt", "hello")
    return path


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own in which all temporary files are made."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def cancelled_after_every_step(make: Callable[[], Job[object]], temporary: Path) -> int:
    """Close the job after 0, 1, 2 ... steps; how many there were."""
    total = sum(1 for _ in make())
    for count in range(total + 1):
        job = make()
        for _ in range(count):
            next(job)
        job.close()
        assert list(temporary.iterdir()) == []
    return total


def test_every_format_is_in_the_file_dialog() -> None:
    kinds = open_filter().split(";;")
    assert kinds[-1] == "All files (*)"
    for row in FORMATS:
        assert all(f"*{suffix}" in kinds[0] for suffix in row.suffixes)
        assert any(kind.startswith(row.title) for kind in kinds)


def test_format_ids_and_suffixes_are_unique() -> None:
    assert len({row.id for row in FORMATS}) == len(FORMATS)
    suffixes = [suffix for row in FORMATS for suffix in row.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix == suffix.lower() and suffix[0] == "." for suffix in suffixes)


def test_a_folder_of_several_formats(
    write_dicom: Writer, write_image: NiftiWriter, thick: Volume, tmp_path: Path
) -> None:
    write_image(VOXELS, AFFINE)
    write_dicom(thick)
    found = run(scan([tmp_path]))
    assert [(one.index, one.name) for one in found.series] == [(0, "scan"), (1, "T2 test (7)")]
    assert run(read(tmp_path, series=1)).geometry.shape == (5, 4, 6)
    with pytest.raises(UserError, match=r"no series 2.*0: scan, 1: T2 test"):
        run(read(tmp_path, series=2))


def test_suffixes_in_capitals(write_image: NiftiWriter) -> None:
    assert run(read(write_image(VOXELS, AFFINE, "SCAN.NII.GZ"))).name == "SCAN"


def test_a_broken_file_does_not_hide_the_others(write_image: NiftiWriter, tmp_path: Path) -> None:
    write_image(VOXELS, AFFINE)
    (tmp_path / "broken.nii").write_bytes(b"broken")
    found = run(scan([tmp_path]))
    assert [one.name for one in found.series] == ["scan"]
    assert found.ignored == 1
    assert "'broken.nii'" in found.problems[0].text


def test_links_that_loop_are_followed_once(write_image: NiftiWriter, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    write_image(VOXELS, AFFINE).rename(folder / "scan.nii")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    (folder / "nowhere").symlink_to(folder / "missing")
    assert len(run(scan([folder])).series) == 1


def test_pipes_are_not_waited_for(write_image: NiftiWriter, tmp_path: Path) -> None:
    write_image(VOXELS, AFFINE)
    os.mkfifo(tmp_path / "pipe.dcm")
    assert len(run(scan([tmp_path])).series) == 1


def test_what_is_said_when_nothing_is_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        run(scan([tmp_path / "missing"]))
    with pytest.raises(UserError, match="holds no image"):
        run(scan([tmp_path]))
    (tmp_path / "letter.txt").write_text("Dear reader")
    with pytest.raises(UserError, match="holds no image"):
        run(scan([tmp_path / "letter.txt"]))


def test_an_archive_is_read_and_leaves_nothing_behind(
    zipped: Path,
    thick: Volume,
    same_in_patient: Callable[[Volume, Volume], None],
    temporary: Path,
) -> None:
    found = run(scan([zipped]))
    assert [one.name for one in found.series] == ["scan", "T2 test (7)"]
    assert found.ignored == 1
    assert all(one.sources == (zipped,) for one in found.series)
    assert list(temporary.iterdir()) == []
    for _ in range(2):
        same_in_patient(run(found.series[1].read(0)), thick)
    np.testing.assert_array_equal(run(found.series[0].read(0)).voxels, VOXELS)
    assert list(temporary.iterdir()) == []


def test_cancelling_an_archive_leaves_nothing_behind(zipped: Path, temporary: Path) -> None:
    assert cancelled_after_every_step(lambda: scan([zipped]), temporary) > 8
    (_, series) = run(scan([zipped])).series
    assert cancelled_after_every_step(lambda: series.read(0), temporary) > 8


def test_an_archive_in_a_folder_is_left_closed(zipped: Path) -> None:
    found = run(scan([zipped.parent]))
    assert len(found.series) == 2
    assert found.ignored == 1


@pytest.mark.parametrize("name", ["../evil.nii", "/evil.nii", "C:/evil.nii", "a/../../evil.nii"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "deep" / "evil.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.nii", b"x")
        archive.writestr(name, b"x")
    with pytest.raises(UserError, match="outside the archive's own folder"):
        run(scan([path]))
    assert list(tmp_path.rglob("evil.nii")) == []


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.nii", b"x")
    # The directory's word for the unpacked size, at byte 24 of the entry's record.
    content = bytearray(path.read_bytes())
    record = content.rindex(b"PK\x01\x02")
    assert content[record + 24 : record + 28] == b"\x01\0\0\0"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            archive.writestr(f"{number}.nii", b"x")
    content = bytearray(path.read_bytes())
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 24 : start + 28] = b"\xfe\xff\xff\xff"
        start += 4
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"80\.0 GiB"):
        run(scan([path]))


def test_damaged_archives_are_refused(zipped: Path, tmp_path: Path, temporary: Path) -> None:
    content = bytearray(zipped.read_bytes())
    content[300] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(content)
    (tmp_path / "cut.zip").write_bytes(content[: len(content) // 2])
    for name in ("damaged.zip", "cut.zip"):
        with pytest.raises(UserError, match=f"'{name}' cannot be unpacked"):
            run(scan([tmp_path / name]))
    assert list(temporary.iterdir()) == []
