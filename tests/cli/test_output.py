"""Standard output that is full, closed, or lacks letters: told plainly, or done all the same."""

import os
import sys
from pathlib import Path

import pytest

from bad_files import nifti
from children import Child

TO = "import os, sys; from srviewer.__main__ import main; "


def test_full(tmp_path: Path) -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("there is no device that is always full")
    full = "os.dup2(os.open('/dev/full', os.O_WRONLY), 1); sys.exit(main(['presets']))"
    with Child([sys.executable, "-c", TO + full]) as child:
        done = child.ended()
    assert done.returncode == 1
    assert done.stderr.startswith("srviewer: Standard output cannot be written: No space left")
    assert len(done.stderr.splitlines()) == 1


def test_closed() -> None:
    with Child([sys.executable, "-c", TO + "sys.stdout = None; sys.exit(main(['presets']))"]) as c:
        done = c.ended()
    assert (done.returncode, done.stderr) == (0, "")


def test_without_the_letters_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "M\u00fcller.nii"
    path.write_bytes(nifti())
    command = [sys.executable, "-m", "srviewer", "info", path]
    with Child(command, env={**os.environ, "PYTHONIOENCODING": "ascii"}) as child:
        assert "M\\xfcller" in child.line()
        done = child.ended()
    assert (done.returncode, done.stderr) == (0, "")
