"""Ctrl-C on the real program: status 130 and no partial file."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    voxels = np.random.default_rng(0).random((224, 224, 60), dtype=np.float32)
    scan = tmp_path / "scan.nii"
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1])), scan)
    out = tmp_path / "thin.nii.gz"
    # A terminal's progress bar would tell when it is at work; here a log of torch's loading does.
    process = subprocess.Popen(
        [sys.executable, "-v", "-m", "srviewer", "reconstruct", str(scan), "-o", str(out)],
        stderr=subprocess.PIPE,
        env=os.environ,
        text=True,
        # Where the tests run in the background, a shell has SIGINT ignored for all of them.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("import 'srviewer.nn.residual'"):
            break
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=30)[1]
    assert process.returncode == 130 and "cancelled" in rest
    assert list(tmp_path.iterdir()) == [scan]
