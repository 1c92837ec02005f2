"""Every bad file on the command line: a plain message, status 1, nothing written, no waiting."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bad_files import BAD_FILES, BadFile
from srviewer.__main__ import main
from srviewer.core.volume import BLOCKING_CODES

# The promise is 2 s; machines that run tests are busy with something else.
PATIENCE = 10.0


def _names(folder: Path) -> Iterator[str]:
    return (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")))


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.id)
def test_bad_input(bad: BadFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bad.make(tmp_path)
    (tmp_path.parent / f"{tmp_path.name}-out").mkdir()
    out = tmp_path.parent / f"{tmp_path.name}-out" / "thin.nii.gz"
    before = list(_names(tmp_path))
    started = time.monotonic()
    status = main(["reconstruct", str(path), "-o", str(out), "--method", "linear", "--factor", "2"])
    seconds = time.monotonic() - started
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
