"""What the command line offers to judge a result by."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

from srviewer.core.degrade import Degradation
from srviewer.core.volume import Volume

Call = Callable[..., tuple[int, Any]]


def test_the_residual_is_the_result_degraded_again_minus_the_scan(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    out, off = tmp_path / "thin.nii.gz", tmp_path / "off.nii.gz"
    arguments = ("reconstruct", thick_file, "-o", out, "--method", "cubic", "--residual", off)
    status, said = call(*arguments)
    assert status == 0
    again = Degradation(2, 4).apply(nib.load(out).get_fdata(dtype=np.float32))
    image = nib.load(off)
    assert np.allclose(image.affine, thick_head.geometry.affine, atol=1e-4)
    assert np.allclose(image.get_fdata(), again - thick_head.voxels, atol=0.01)
    assert said["consistency"]["max"] > 0.01


def test_self_test_gives_a_verdict_and_every_row(thick_file: Path, call: Call) -> None:
    status, said = call("self-test", thick_file, "--factor", 2)
    assert status == 0
    assert {row["axis"] for row in said["rows"]} == {"i", "j"}
    assert all({"psnr", "psnr_cubic", "ssim", "ssim_cubic"} <= set(row) for row in said["rows"])
    assert f"{said['gain_psnr']:+.2f} dB" in said["verdict"]
