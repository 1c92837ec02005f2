"""Ctrl-C on the real program: status 130 and no partial file."""

import signal
import sys
import time
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from children import Child


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    voxels = np.random.default_rng(0).random((224, 224, 60), dtype=np.float32)
    scan = tmp_path / "scan.nii"
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1])), scan)
    out = tmp_path / "thin.nii.gz"
    # A terminal's progress bar would tell when it is at work; here a log of torch's loading does.
    command = [sys.executable, "-v", "-m", "srviewer", "reconstruct", scan, "-o", out]
    with Child(command, interruptible=True) as child:
        child.until(lambda: "\nimport 'srviewer.nn.residual'" in child.errors())
        time.sleep(1.0)
        child.process.send_signal(signal.SIGINT)
        done = child.ended()
    assert done.returncode == 130 and "cancelled" in done.stderr
    assert list(tmp_path.iterdir()) == [scan]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_while_a_verb_is_loading_is_no_traceback() -> None:
    command = [sys.executable, "-v", "-m", "srviewer", "reconstruct", "scan.nii", "-o", "thin.nii"]
    with Child(command, interruptible=True) as child:
        child.until(lambda: "\nimport 'srviewer.core.geometry'" in child.errors())
        child.process.send_signal(signal.SIGINT)
        done = child.ended()
    assert done.returncode == 130 and "srviewer: cancelled." in done.stderr
    assert "Traceback" not in done.stderr
