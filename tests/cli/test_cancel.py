"""Ctrl-C on the real program: status 130 and no partial file."""

import signal
import sys
import time
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from children import Child
from srviewer.nn.models.checkpoint import checkpoint_header, checkpoint_path

# The program with somebody before it who presses Ctrl-C when half of a verb is loaded.
IMPATIENT = """
import signal, sys
from srviewer.__main__ import main

class Impatient:
    def find_spec(self, name, *_):
        if name == "srviewer.io.export.image":
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Impatient())
sys.exit(main(["reconstruct", "scan.nii", "-o", "thin.nii"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    voxels = np.random.default_rng(0).random((224, 224, 60), dtype=np.float32)
    scan = tmp_path / "scan.nii"
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1])), scan)
    out = tmp_path / "thin.nii.gz"
    # A terminal's progress bar would tell when it is at work; here a log of torch's loading does.
    command = [sys.executable, "-v", "-m", "srviewer", "reconstruct", scan, "-o", out]
    with Child(command, interruptible=True) as child:
        child.until(lambda: "\nimport 'srviewer.nn.networks.residual'" in child.errors())
        time.sleep(1.0)
        child.process.send_signal(signal.SIGINT)
        done = child.ended()
    assert done.returncode == 130 and "cancelled" in done.stderr
    assert list(tmp_path.iterdir()) == [scan]


def test_ctrl_c_while_a_verb_is_loading_is_no_traceback() -> None:
    with Child([sys.executable, "-c", IMPATIENT]) as child:
        done = child.ended()
    assert done.returncode == 130 and done.stderr == "srviewer: cancelled.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize(
    ("number", "said"), [(signal.SIGINT, "cancelled"), (signal.SIGTERM, "ended by SIGTERM")]
)
def test_ctrl_c_while_training_keeps_what_was_learned(
    number: signal.Signals, said: str, thin_file: Path, tmp_path: Path
) -> None:
    plan, model = tmp_path / "plan.json", tmp_path / "mine.safetensors"
    plan.write_text(
        '{"preset": "fast", "width": 8, "blocks": 1, "rows": 6, "columns": 12,'
        ' "checkpoint_minutes": 0.001}'
    )
    command = [sys.executable, "-m", "srviewer", "train", thin_file, "--plan", plan, "-o", model]
    command += ["--factors", "2", "--minutes", "30"]
    with Child(command, interruptible=True) as child:
        child.until(checkpoint_path(model).exists)
        _, before = checkpoint_header(checkpoint_path(model))
        child.process.send_signal(number)
        time.sleep(0.05)
        child.process.send_signal(number)
        done = child.ended()
    assert (done.returncode, done.stderr) == (128 + number, f"srviewer: {said}.\n")
    _, steps = checkpoint_header(checkpoint_path(model))
    assert steps >= before > 0
    assert not list(tmp_path.glob(".srviewer-*"))
