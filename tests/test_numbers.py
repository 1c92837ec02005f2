"""The page on our numbers: its program gives our scores, and its tables are computed as it says."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from benchmarks.library_numbers import conventions, resampling, scores, simulators
from benchmarks.library_numbers.images import phantom
from benchmarks.library_numbers.library import installed
from children import ran
from phantoms import head
from srviewer.core.comparison.comparison import Comparison
from srviewer.io.export.image import write_image
from srviewer.job import run

PAGE = Path(__file__).parents[1] / "docs" / "numbers.md"


@pytest.mark.parametrize("floor", [0.0, -1024.0])
def test_the_program_of_the_page_gives_our_scores_to_four_digits(
    tmp_path: Path, floor: float
) -> None:
    (program,) = re.findall(r"^```python\n(.+?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    thin = head()
    truth = thin.derived(thin.voxels + np.float32(floor), thin.geometry, "with an offset")
    blurred = gaussian_filter(truth.voxels, (0.3, 0.5, 1.2))
    result = thin.derived(np.asarray(blurred, np.float32), thin.geometry, "blurred")
    for volume, name in ((truth, "truth"), (result, "result")):
        run(write_image(volume, tmp_path / f"{name}.nii.gz", {}))
    done = ran([sys.executable, "-c", program], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ours = run(Comparison(truth, result, "the truth").scores()).whole
    assert done.stdout == f"PSNR {ours['psnr']:.4f} dB, SSIM {ours['ssim']:.4f}\n"


def test_the_tables_state_where_each_library_puts_its_slices() -> None:
    subject = phantom((16, 16, 48))
    rows = {
        tuple(cells[:2]): cells[2:]
        for table in (module.table(subject) for module in (scores, resampling, simulators))
        for cells in ([c.strip() for c in line.split("|")[1:-1]] for line in table.splitlines())
    }
    for (library, _), cells in rows.items():
        if library not in ("library", "---"):
            assert (cells[0] == "not installed") == (not installed(library))
    ours = rows["srviewer", "`compare`"]
    assert f"| srviewer's | {ours[0]} | {ours[1]} |" in conventions.table(subject)
    usual = rows["scikit-image", "`data_range` max - min over both volumes"]
    assert float(usual[0]) > float(ours[0])
    kept = rows["srviewer", "`--method cubic`"]
    zoomed = rows["SciPy", "`ndimage.zoom(a, (1, 1, 4))`"]
    assert kept[:4] == ["48", "0", "0", "0"] and kept[4] == kept[5]
    assert zoomed[3] == "-1.50 / +1.50" and float(zoomed[4]) < float(kept[4])
    nibabel = rows["nibabel", "`resample_to_output(..., (1, 1, 1))`"]
    assert nibabel[:4] == ["45", "0", "+1.50", "0"] and float(nibabel[4]) < float(nibabel[5])
    assert rows["nibabel", "`resample_from_to`"][1] == "4"
    assert rows["SimpleITK", "`BinShrink(..., (1, 1, 4))`"] == ["12", "0", "0", "0", "4.0"]
