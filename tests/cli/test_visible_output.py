"""No verb hands control characters of a stranger's file to the terminal."""

import os
import select
import sys
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from bad_files import nifti
from srviewer.__main__ import main
from srviewer.cli.console.terminal import VisibleStream, terminal, visible_output
from srviewer.cli.console.verb_output import run_with_progress, table
from srviewer.job import Job, Progress

STEERING = "\x07\r\b\x9b2J\u202e"
SPELLED = "\\x07\\x0d\\x08\\x9b2J\\u202e"
DONE, FAILED, WRONG_USAGE = 0, 1, 2


def _dicom(folder: Path, slices: int = 3) -> Path:
    """A small series whose description, patient and protocol steer a terminal."""
    folder.mkdir()
    series = generate_uid()
    for k in range(slices):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = MRImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        data.SpecificCharacterSet = "ISO_IR 192"
        data.SOPClassUID, data.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
        data.StudyInstanceUID, data.SeriesInstanceUID = series, series
        data.FrameOfReferenceUID = series
        data.Modality, data.SeriesNumber, data.InstanceNumber = "MR", 1, k + 1
        data.SeriesDescription = data.PatientID = f"T2{STEERING}x"
        data.ImageComments = f"c{STEERING}x"
        data.PatientName = f"P{STEERING}x"
        data.Rows, data.Columns = 4, 4
        data.PixelSpacing, data.SliceThickness = [1.0, 1.0], 4.0
        data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        data.ImagePositionPatient = [0, 0, 4.0 * k]
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
        data.PixelRepresentation = 1
        data.PixelData = np.full((4, 4), k, "<i2").tobytes()
        pydicom.dcmwrite(folder / f"{k}.dcm", data, enforce_file_format=True)
    return folder


def _read_until(descriptor: int, mark: str, times: int) -> str:
    """What came, with the mark so often: a pseudo-terminal hands it over in pieces."""
    said = b""
    while said.count(mark.encode()) < times:
        ready, _, _ = select.select([descriptor], [], [], 10)
        assert ready, said
        said += os.read(descriptor, 4096)
    return said.decode()


def _steers(text: str) -> set[str]:
    return {one for one in text if one != "\n" and (not one.isprintable())}


@pytest.mark.filterwarnings("ignore:Invalid value for VR")
def test_headers_and_names_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _dicom(tmp_path / "dicom")
    broken = tmp_path / f"broken{STEERING}\x1b]0;t\x07.nii"
    broken.write_bytes(nifti()[:300])
    whole = tmp_path / f"whole{STEERING}\x1b[2J.nii"
    whole.write_bytes(nifti())
    for arguments, status, said in (
        (["info", folder, "--tags"], DONE, "T2"),
        (["info", folder], DONE, "T2"),
        (["info", broken], FAILED, "broken"),
        (["info", whole], DONE, "whole"),
        (["compare", whole, folder], FAILED, "whole"),
        (["simulate", whole, "-o", tmp_path / f"out{STEERING}.txt"], FAILED, "out"),
        (["batch", broken, "-o", tmp_path / "out"], FAILED, "broken"),
        (["models", "--card", f"none{STEERING}"], FAILED, "none"),
        (["info", "--debug", broken], FAILED, "broken"),
        ([f"{broken}x"], FAILED, "broken"),
    ):
        assert main(list(map(str, arguments))) == status, arguments
        out, err = capsys.readouterr()
        assert _steers(out + err) == set(), arguments
        assert f"{said}\\x07" in out + err and "\\x9b2J\\u202e" in out + err, arguments


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["info", "x", f"--{STEERING}"], [f"--{STEERING}"]):
        with pytest.raises(SystemExit):
            main(arguments)
        err = capsys.readouterr().err
        assert SPELLED in err and _steers(err) == set()


def test_a_cell_of_a_table_is_one_line() -> None:
    rows = [("a\nb", f"x{STEERING}"), ("c", "y")]
    lines = table(("name", "what"), rows).splitlines()
    assert len(lines) == 3 and lines[1].startswith("a\\x0ab") and SPELLED in lines[1]


def test_the_line_of_progress_steers_by_its_own_characters_alone() -> None:
    if sys.platform == "win32":
        pytest.skip("there are no pseudo-terminals")

    def job() -> Job[None]:
        yield Progress(0.5, f"Reading a\n{STEERING}\x1b[2J")

    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as screen:
        with redirect_stderr(screen), visible_output():
            assert not sys.stderr.isatty() and terminal(sys.stderr).isatty()
            run_with_progress(job())
        screen.flush()
        said = _read_until(ours, "\x1b[K", times=2)
    os.close(ours)
    assert said.count("\x1b") == said.count("\x1b[K") == 2
    assert f"Reading a\\x0a{SPELLED}\\x1b[2J" in said


def test_visible_once_however_often_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with visible_output(), visible_output():
        assert isinstance(sys.stdout, VisibleStream)
        print("a\x1bb")
    assert capsys.readouterr().out == "a\\x1bb\n"
