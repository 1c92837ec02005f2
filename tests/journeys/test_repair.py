"""A scan whose slices are at fault: told in the window, repaired with one tick."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import pytest

import phantoms
from slices_at_fault import banded, spoilt
from srviewer.core.acquisition.degradation import Degradation
from srviewer.gui.panels.reconstruct.repair_box import RepairBox
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


def opened_with(ratio: float, window: MainWindow, until: Until, folder: Path) -> RepairBox:
    clean = Degradation(2, 4).thick_volume(phantoms.head((48, 56, 64)))
    scan = spoilt(clean, 2, banded(ratio))
    path = folder / "scan.nii"
    nib.save(nib.Nifti1Image(scan.voxels, scan.geometry.affine), path)
    window.open([path])
    until(lambda: window.study.scan is not None)
    box = window.panels.findChild(RepairBox)
    assert box is not None
    return box


def test_nothing_is_offered_for_a_clean_scan(
    window: MainWindow, until: Until, tmp_path: Path
) -> None:
    assert not opened_with(1.0, window, until, tmp_path).isVisibleTo(window)


@pytest.mark.parametrize("ratio", [0.8, 1.2])
def test_a_banded_scan_is_repaired_with_one_tick(
    ratio: float, window: MainWindow, until: Until, tmp_path: Path
) -> None:
    box, study = opened_with(ratio, window, until, tmp_path), window.study
    assert box.isVisibleTo(window) and "equally bright" in box.text()
    assert study.request is not None and study.request.repair == () and not box.isChecked()
    box.click()
    assert study.request.repair == ("brightness",)
    study.set_request(replace(study.request, method="cubic"))
    window.controller.reconstructing.start()
    until(lambda: study.result is not None)
    assert study.result is not None and study.result.repaired == ("brightness",)
    box.click()
    assert study.request.repair == () and box.isVisibleTo(window)
