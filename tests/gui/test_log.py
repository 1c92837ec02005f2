"""The log says what went wrong and where in the program, and never in whose scan."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from srviewer.errors import UserError
from srviewer.gui.user_files import log as module
from srviewer.gui.user_files.log import (
    FILE,
    LARGEST,
    OLD_FILES,
    log,
    log_error,
    start_log,
    stop_log,
)
from srviewer.paths import user_log_dir

PATIENT = "Doe^Jane"


@pytest.fixture
def log_file(own_folders: Path) -> Iterator[Path]:
    path = start_log()
    assert path is not None and path.is_relative_to(own_folders)
    yield path
    stop_log()


def _raised(error: Exception) -> Exception:
    try:
        try:
            raise OSError(f"/data/{PATIENT}/scan.nii cannot be read")
        except OSError as cause:
            raise error from cause
    except Exception as caught:
        return caught


def test_an_error_is_logged_by_its_kind_and_its_way_without_its_words(
    log_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log_error("open", _raised(ValueError(f"{PATIENT} has no voxels")))
    log_error("open", _raised(UserError(f"'{PATIENT}.nii' is empty.")))
    text = log_file.read_text(encoding="utf-8")
    assert "ERROR open: ValueError" in text and "from OSError" in text
    assert "INFO open: shown to the user" in text and "test_log.py:" in text
    assert "Doe" not in text and "Jane" not in text
    assert str(Path.home()) not in text
    caplog.clear()  # the error was meant


def test_what_libraries_say_of_a_scan_is_not_written(log_file: Path) -> None:
    for name in ("pydicom", "nibabel.global", "matplotlib"):
        logging.getLogger(name).warning("odd value for (0010,0010): %s", PATIENT)
    assert PATIENT not in log_file.read_text(encoding="utf-8")


def test_the_log_rotates(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60 * (OLD_FILES + 2)):
        log.info("%s", f"{number} " + "x" * (LARGEST // 50))
    files = sorted(user_log_dir().glob(f"{FILE}*"))
    assert len(files) == OLD_FILES + 1
    assert all(file.stat().st_size <= LARGEST for file in files)


def test_without_a_place_for_it_the_program_works(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "user_log_dir", lambda: own_folders / "file" / "log")
    (own_folders / "file").write_text("in the way")
    assert start_log() is None
