"""DICOMDIR: only what it names is opened, and nothing outside its folder; large trees."""

import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pydicom.data
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.job import run

Writer = Callable[..., list[Path]]


def write_directory(folder: Path, names: list[list[str]]) -> Path:
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    header.file_meta.MediaStorageSOPInstanceUID = "1.9"
    records = []
    for name in names:
        record = Dataset()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record.ReferencedFileID = name
        records.append(record)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that no standard allows
        header.DirectoryRecordSequence = Items([Dataset(), *records])
        header.save_as(folder / "DICOMDIR", enforce_file_format=True)
    return folder / "DICOMDIR"


@pytest.fixture
def disc(write_dicom: Writer, thick: Volume, tmp_path: Path) -> Path:
    """A folder with IMAGES/IM0 ... IM5."""
    files = write_dicom(thick)
    (tmp_path / "disc/IMAGES").mkdir(parents=True)
    for number, file in enumerate(files):
        file.rename(tmp_path / "disc/IMAGES" / f"IM{number}")
    return tmp_path / "disc"


def test_only_what_is_named_is_opened(disc: Path) -> None:
    path = write_directory(disc, [["IMAGES", f"IM{n}"] for n in range(4)])
    (series,) = run(scan([path])).series
    assert series.geometry.shape == (5, 4, 4)


def test_a_damaged_one_is_said_to_be_damaged(disc: Path) -> None:
    path = write_directory(disc, [["IMAGES", f"IM{n}"] for n in range(4)])
    whole = path.read_bytes()
    for content in (whole[:140], b"not a DICOMDIR at all", b"", whole[:300]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="'DICOMDIR' is damaged") as told:
            run(scan([path]))
        assert "right" not in str(told.value) and "may read" not in str(told.value)


def test_one_that_is_cut_short_opens_what_is_left(tmp_path: Path) -> None:
    source = Path(pydicom.data.__file__).parent / "test_files/dicomdirtests/DICOMDIR"
    path = tmp_path / "DICOMDIR"
    path.write_bytes(source.read_bytes()[:6000])
    with pytest.raises(UserError, match="is damaged"):
        run(scan([path]))


def test_other_capitals_and_version_numbers(disc: Path) -> None:
    path = write_directory(disc, [["images", f"im{n};1"] for n in range(6)])
    assert run(scan([path])).series[0].geometry.shape == (5, 4, 6)


def test_missing_files_are_told(disc: Path) -> None:
    (disc / "IMAGES/IM5").unlink()
    path = write_directory(disc, [["IMAGES", f"IM{n}"] for n in range(6)])
    assert "1 of the 6 files" in run(scan([path])).problems[0].text


@pytest.mark.parametrize(
    "name", [["..", "secret"], ["IMAGES", "..", "..", "secret"], ["/etc/passwd"], ["C:\\x"], ["."]]
)
def test_names_that_lead_out_are_refused(disc: Path, name: list[str]) -> None:
    (disc.parent / "secret").write_text("secret")
    path = write_directory(disc, [["IMAGES", "IM0"], name])
    with pytest.raises(UserError, match="outside its own folder"):
        run(scan([path]))


def test_links_that_lead_out_are_refused(disc: Path) -> None:
    (disc.parent / "elsewhere").mkdir()
    (disc / "IMAGES/IM0").rename(disc.parent / "elsewhere/IM0")
    (disc / "OUT").symlink_to(disc.parent / "elsewhere", target_is_directory=True)
    path = write_directory(disc, [["OUT", "IM0"]])
    with pytest.raises(UserError, match="outside its own folder"):
        run(scan([path]))


def test_real_directories_of_pydicom() -> None:
    folder = Path(pydicom.data.__file__).parent / "test_files/dicomdirtests"
    assert len(run(scan([folder / "DICOMDIR"])).series) == 2
    for name in ("DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-reordered"):
        try:
            assert run(scan([folder / name])).series
        except UserError as error:
            assert "DICOMDIR" in str(error) or "holds no image" in str(error)


def test_thousands_of_files_and_a_loop_can_be_left_at_once(
    write_dicom: Writer, thick: Volume, tmp_path: Path
) -> None:
    files = write_dicom(thick)
    content = files[0].read_bytes()
    for number in range(5000):
        folder = tmp_path / f"tree/{number // 500}"
        if number % 500 == 0:
            folder.mkdir(parents=True)
            (folder / "back").symlink_to(tmp_path, target_is_directory=True)
        (folder / f"{number}.dcm").write_bytes(content)
    steps = scan([tmp_path])
    longest = 0.0
    started = time.process_time()
    for number, step in enumerate(steps):
        longest = max(longest, time.process_time() - started)
        assert 0 <= step.fraction <= 1
        if number == 3000:
            steps.close()
        started = time.process_time()
    assert number == 3000
    assert longest < 2.0  # s of processor time; a few ms where nothing else runs
