"""Scans are opened, sound ones and damaged ones; nothing of whose they are reaches the log."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from bad_files import BAD_FILES
from srviewer.gui.user_files.log import start_log, stop_log
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]
PERSONAL = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "AccessionNumber",
    "InstitutionName",
    "ReferringPhysicianName",
    "StudyDate",
    "SeriesInstanceUID",
)
SHORTEST = 4  # characters: a shorter text may stand in any line by chance
DAMAGED = ("unknown syntax", "a slice cut short", "no position", "truncated body", "zip out")


@pytest.fixture
def log_file() -> Iterator[Path]:
    path = start_log()
    assert path is not None
    yield path
    stop_log()


def personal(header: Dataset) -> set[str]:
    """What the header says of a person, and the parts of it."""
    texts = {str(header.get(keyword, "")) for keyword in PERSONAL}
    parts = {part for text in texts for part in text.replace("^", " ").split()}
    return {text for text in texts | parts if len(text) >= SHORTEST}


def told(window: MainWindow, path: Path, until: Until) -> None:
    """Open and wait until it is shown or refused."""
    before = window.study.scan
    window.error_bar.hide()
    window.controller.open([path])
    until(lambda: window.study.scan is not before or window.error_bar.isVisible())
    until(lambda: window.controller.work.tasks == ())


def test_real_dicom_leaves_no_name_in_the_log(
    window: MainWindow, until: Until, shared_data: Path, log_file: Path
) -> None:
    folder = shared_data / "dicom" / "ge_pd_oblique_5mm_gap2mm_wrong_tag"
    first = next(path for path in sorted(folder.rglob("*")) if path.is_file())
    secrets = personal(dcmread(first, stop_before_pixels=True)) | {first.name}
    assert len(secrets) > 3
    told(window, folder, until)
    assert window.study.scan is not None and not window.error_bar.isVisible()
    text = log_file.read_text(encoding="utf-8")
    assert "srviewer" in text
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("id", DAMAGED)
def test_damaged_files_leave_no_name_in_the_log(
    id: str, window: MainWindow, until: Until, tmp_path: Path, log_file: Path
) -> None:
    folder = tmp_path / "Secret^Name"
    folder.mkdir()
    told(window, next(bad for bad in BAD_FILES if bad.id == id).make(folder), until)
    text = log_file.read_text(encoding="utf-8")
    assert "srviewer" in text and "Secret" not in text and str(tmp_path) not in text
    assert ("shown to the user" in text) == window.error_bar.isVisible()
