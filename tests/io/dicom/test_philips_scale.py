"""The private scale slope of Philips, by which files of other converters differ."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from srviewer.core.comparison.philips_scale import philips_note
from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.views.shared_notes import shared_notes
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.sr.scores.score_volumes import compare_volumes


def converted(scan: Volume, factor: float) -> Volume:
    """As a converter writes it to NIfTI."""
    return replace(scan, voxels=scan.voxels * np.float32(factor), origin=None, name="converted")


def test_of_classic_images(thick: Volume, write_dicom: Callable[..., list[Path]]) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        block = dataset.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
        block.add_new(0x0E, "FL", 0.0125)
        dataset.RescaleSlope, dataset.RescaleIntercept = "2", "0"

    scan = run(read(write_dicom(thick, edit=edit)[0].parent))
    assert scan.origin is not None and scan.origin.converted_factor == pytest.approx(40)
    assert "about 40 times" in philips_note(converted(scan, 40), scan)
    assert "about 40 times" in philips_note(scan, converted(scan, 44))  # a result of it
    assert philips_note(scan, converted(scan, 1)) == ""
    assert philips_note(scan, converted(scan, 20)) == ""  # of another reason
    assert philips_note(scan, replace(scan, voxels=scan.voxels * 40)) == ""  # both are DICOM
    compared = [Comparable("a", "a", scan), Comparable("b", "b", converted(scan, 40))]
    assert "about 40 times" in shared_notes(compared, referenced=True, on_its_way=False)[0].text
    others = run(read(write_dicom(thick, folder="others")[0].parent))
    assert philips_note(others, converted(others, 40)) == ""


@pytest.mark.parametrize(("folder", "factor"), [("001", 849.0), ("001_implicit", 326.94)])
def test_of_real_enhanced_images(folder: str, factor: float, shared_data: Path) -> None:
    """The factors are those between dcm2niix 1.0.20260724 with -p y and with -p n."""
    path = shared_data / "dicom/edge_cases_many_vendors/philips_enhanced/anatomical" / folder
    scan = run(read(path))
    assert scan.origin is not None
    assert scan.origin.converted_factor == pytest.approx(factor, rel=1e-3)
    compared = run(compare_volumes(scan, converted(scan, factor), "", "foreground", False))
    assert ["dcm2niix divides values of Philips" in note for note in compared.notes] == [True]
