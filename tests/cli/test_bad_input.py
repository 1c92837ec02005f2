"""Every bad file on the command line: a plain message, status 1, nothing written, no waiting."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bad_files import BAD_FILES, BadFile, nifti
from srviewer.__main__ import main
from srviewer.core.volumes.volume import BLOCKING_CODES

PATIENCE = 5.0  # s of processor time; 2 s where nothing else runs are promised


def _names(folder: Path) -> Iterator[str]:
    return (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")))


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.id)
def test_bad_input(bad: BadFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bad.make(tmp_path)
    (tmp_path.parent / f"{tmp_path.name}-out").mkdir()
    out = tmp_path.parent / f"{tmp_path.name}-out" / "thin.nii.gz"
    before = list(_names(tmp_path))
    started = time.process_time()
    status = main(["reconstruct", str(path), "-o", str(out), "--method", "linear", "--factor", "2"])
    seconds = time.process_time() - started
    told = capsys.readouterr().err
    refused = not bad.opens or bad.says in BLOCKING_CODES
    assert status == int(refused), told
    assert seconds < PATIENCE
    assert list(_names(tmp_path)) == before
    assert "Traceback" not in told and "Secret" not in told
    if refused:
        assert list(out.parent.iterdir()) == []
        lines = [line for line in told.splitlines() if line.startswith("srviewer: ")]
        assert len(lines) == 1 and lines[0].endswith(".")
        if not bad.opens:
            assert bad.says in lines[0]
    else:
        assert out.exists()


@pytest.mark.parametrize(
    "bad", [bad for bad in BAD_FILES if bad.opens and bad.says], ids=lambda bad: bad.id
)
def test_a_doubtful_scan_is_rebuilt_once_that_is_acknowledged(
    bad: BadFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    path = bad.make(tmp_path / "in")
    out = tmp_path / "thin.nii.gz"
    options = ["--method", "linear", "--factor", "2", "--acknowledge", "--json", "-"]
    status = main(["reconstruct", str(path), "-o", str(out), *options])
    captured = capsys.readouterr()
    assert status == 0, captured.err
    assert "Secret" not in captured.out
    beside = json.loads((tmp_path / "thin.json").read_text())
    assert bad.says in {warning["code"] for warning in beside["warnings"]}
    acknowledged = beside["provenance"]["acknowledged"]
    # A slice that is cut short is missing as well.
    assert bad.says in acknowledged or bad.says not in BLOCKING_CODES
    assert "Secret" not in json.dumps(beside)


def test_no_right_to_read_is_no_damage(
    tmp_path: Path, closed: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scan.nii"
    path.write_bytes(nifti())
    status = main(["reconstruct", str(closed(path)), "-o", str(tmp_path / "thin.nii.gz")])
    told = capsys.readouterr().err
    assert status == 1 and "'scan.nii' cannot be read: Permission denied." in told
    assert not (tmp_path / "thin.nii.gz").exists()


def test_what_is_skipped_is_said_by_every_verb_that_opens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/scan.nii").write_bytes(nifti())
    (tmp_path / "in/cut.nii").write_bytes(nifti()[:-50])
    (tmp_path / "in/letter.txt").write_text("Dear reader")
    out = str(tmp_path / "thin.nii.gz")
    said = []
    assert main(["info", str(tmp_path / "in")]) == 0
    said.append(capsys.readouterr().out)
    assert main(["reconstruct", str(tmp_path / "in"), "-o", out, "--method", "linear"]) == 0
    said.append(capsys.readouterr().err)
    for text in said:
        assert "2 files were skipped" in text
        assert "files that are no DICOM (1)" in text and "volumes that cannot be opened (1)" in text
        assert "'cut.nii' is cut short" in text
