"""A scan that was replaced: nothing that was made of the old one is shown on the new one."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.panels.look.look_panel import LookPanel
from srviewer.gui.widgets.form import ElidedLabel
from srviewer.gui.window.main_window import MainWindow
from srviewer.io.export.image import write_image
from srviewer.job import run

Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]
RULER = Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 10.0, 0.0)), "width")
FIXTURES = Path(__file__).parents[1] / "fixtures" / "version-0.1.0"


def replace_scan(path: Path) -> None:
    """Another person's scan under the same name, on the same grid."""
    image = nib.load(path)
    voxels = np.asarray(image.dataobj)[::-1]
    nib.save(nib.Nifti1Image(voxels, image.affine), path)


def saved(window: MainWindow, until: Until, path: Path) -> Path:
    window.housekeeping.files.save(path)
    until(lambda: path.exists() and not window.controller.work.tasks)
    assert not window.error_bar.isVisible(), window.error_bar.message.text()
    return path


def reopened(window: MainWindow, path: Path, until: Until) -> None:
    before = window.study.scan
    window.open([path])
    until(lambda: window.study.scan is not before and not window.controller.work.tasks)


@pytest.fixture
def measured(opened: MainWindow, rebuild: Rebuild) -> MainWindow:
    rebuild()
    opened.study.set_rois([RULER])
    return opened


def test_a_session_whose_scan_was_replaced_shows_nothing_of_it(
    measured: MainWindow, thick_file: Path, until: Until, tmp_path: Path
) -> None:
    path = saved(measured, until, tmp_path / "study.srviewer")
    before = measured.study.scan
    replace_scan(thick_file)
    measured.open([path])
    until(lambda: measured.error_bar.isVisible())
    told = measured.error_bar.message.text()
    assert "is not the scan that 'study.srviewer' was saved from" in told
    assert measured.study.scan is before and measured.study.result is not None


def test_of_several_studies_only_the_replaced_one_is_lost(
    measured: MainWindow, thick_file: Path, until: Until, tmp_path: Path
) -> None:
    other = tmp_path / "other.nii.gz"
    shutil.copy(thick_file, other)
    measured.studies.choice = "add"
    measured.open([other])
    until(lambda: len(measured.studies.states) == 2)
    path = saved(measured, until, tmp_path / "study.srviewer")
    replace_scan(thick_file)
    measured.studies.choice = "replace"
    measured.open([path])
    until(lambda: measured.error_bar.isVisible())
    assert str(thick_file) in measured.error_bar.message.text()
    assert measured.study.scan is not None
    assert measured.study.scan.name == "other"
    assert measured.study.result is None and measured.study.rois == ()


def test_a_scan_that_was_moved_with_its_session_is_known_again(
    measured: MainWindow, thick_file: Path, until: Until, tmp_path: Path
) -> None:
    folder = tmp_path / "moved"
    path = saved(measured, until, tmp_path / "study.srviewer")
    before = measured.study.scan
    folder.mkdir()
    for name in (thick_file.name, path.name, "study files"):
        shutil.move(tmp_path / name, folder / name)
    measured.open([folder / path.name])
    until(lambda: measured.study.scan is not before)
    assert measured.study.rois == (RULER,) and measured.study.result is not None
    assert not measured.error_bar.isVisible()


def test_a_mask_that_was_replaced_is_left_out(
    measured: MainWindow, thick_head: Volume, until: Until, tmp_path: Path
) -> None:
    mask = tmp_path / "mask.nii.gz"
    voxels = (thick_head.voxels > 100).astype(np.uint8)
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), mask)
    look = measured.panels.findChild(LookPanel)
    assert look is not None
    look.overlays.load(mask)
    until(lambda: len(measured.study.overlays) == 1)
    path = saved(measured, until, tmp_path / "study.srviewer")
    replace_scan(mask)
    before = measured.study.scan
    measured.open([path])
    until(lambda: measured.study.scan is not before and measured.error_bar.isVisible())
    assert "mask.nii.gz' is not the file that was open" in measured.error_bar.message.text()
    assert measured.study.overlays == () and measured.study.result is not None


@pytest.mark.parametrize("what", ["image", "json", "both"])
def test_a_stored_result_of_another_scan_is_left_out(
    measured: MainWindow, until: Until, tmp_path: Path, what: str
) -> None:
    """Another result, on the same grid, lies under the name of the stored one."""
    path = saved(measured, until, tmp_path / "study.srviewer")
    stored = next((tmp_path / "study files").glob("*.nii.gz"))
    result = measured.study.result
    assert result is not None
    other = tmp_path / "other.nii.gz"
    shutil.copy(tmp_path / "thick.nii.gz", tmp_path / "bert.nii.gz")
    replace_scan(tmp_path / "bert.nii.gz")
    foreign = result.volume.derived(result.volume.voxels[::-1], result.volume.geometry, "flipped")
    run(write_image(foreign, other, {**result.provenance(), "source_sha256": "0" * 64}))
    if what in ("image", "both"):
        shutil.copy(other, stored)
    if what in ("json", "both"):
        shutil.copy(tmp_path / "other.json", stored.with_name(stored.name[:-7] + ".json"))
    before = measured.study.scan
    measured.open([path])
    until(lambda: measured.study.scan is not before and measured.error_bar.isVisible())
    told = measured.error_bar.message.text()
    assert "is not the scan that" in told or "is not the file that was open" in told
    assert measured.study.result is None and measured.study.rois == (RULER,)


@pytest.mark.parametrize("what", ["layer", "loaded", "reference"])
def test_a_dicom_folder_beside_the_scan_that_was_replaced_is_left_out(
    measured: MainWindow, two_series: Path, until: Until, tmp_path: Path, what: str
) -> None:
    """A folder has no bytes of its own: the image that is read from it is compared."""
    study, folder = measured.study, tmp_path / "beside"
    folder.mkdir()
    for path in two_series.glob("s2_*.dcm" if what == "reference" else "s1_*.dcm"):
        shutil.copy(path, folder)
    if what == "layer":
        look = measured.panels.findChild(LookPanel)
        assert look is not None
        look.overlays.load(folder)
    elif what == "loaded":
        measured.controller.load_beside(folder)
    else:
        measured.controller.load_reference(folder)
    until(lambda: not measured.controller.work.tasks)
    assert study.overlays or study.compared_volumes.loaded or study.reference
    path = saved(measured, until, tmp_path / "study.srviewer")
    reopened(measured, path, until)
    assert not measured.error_bar.isVisible(), measured.error_bar.message.text()
    files = sorted(folder.iterdir())
    middle = len(files) // 2
    first, second = (files[n].read_bytes() for n in (middle, middle + 1))
    files[middle].write_bytes(first[: -len(first) // 2] + second[-len(second) // 2 :])
    before = study.scan
    measured.open([path])
    until(lambda: study.scan is not before and measured.error_bar.isVisible())
    assert "its content is another. It is left out" in measured.error_bar.message.text()
    assert not (study.overlays or study.compared_volumes.loaded or study.reference)


def test_parts_that_the_session_stored_are_known_by_content(
    window: MainWindow, truth_file: Path, until: Until, tmp_path: Path
) -> None:
    """The truth of a simulated scan, which no file of the user's holds."""
    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, method="linear"))
    window.controller.simulate(Degradation(2, 4))
    until(lambda: window.study.result is not None and not window.controller.work.tasks)
    path = saved(window, until, tmp_path / "study.srviewer")
    replace_scan(next((tmp_path / "study files").glob("truth-*.nii.gz")))
    before = window.study.scan
    window.open([path])
    until(lambda: window.study.scan is not before and window.error_bar.isVisible())
    assert "truth-1.nii.gz' is not the file that was open" in window.error_bar.message.text()
    assert window.study.reference is None and window.study.result is not None


def test_a_comparison_whose_file_was_touched_is_kept(
    opened: MainWindow, truth_file: Path, until: Until, tmp_path: Path
) -> None:
    opened.controller.load_beside(truth_file)
    until(lambda: bool(opened.study.compared_volumes.loaded))
    os.utime(truth_file)
    path = saved(opened, until, tmp_path / "study.srviewer")
    reopened(opened, path, until)
    assert len(opened.study.compared_volumes.loaded) == 1


def test_a_session_beside_another_scan_of_the_same_name_finds_its_own(
    measured: MainWindow, thick_file: Path, until: Until, tmp_path: Path
) -> None:
    path = saved(measured, until, tmp_path / "study.srviewer")
    bert = tmp_path / "bert"
    bert.mkdir()
    shutil.copy(path, bert)
    shutil.copy(thick_file, bert)
    replace_scan(bert / thick_file.name)
    before = measured.study.scan
    reopened(measured, bert / path.name, until)
    assert not measured.error_bar.isVisible(), measured.error_bar.message.text()
    assert before is not None and measured.study.scan is not None
    assert np.array_equal(measured.study.scan.voxels, before.voxels)
    assert measured.study.result is not None


def test_a_file_that_was_exported_over_does_not_stand_for_the_older_result(
    measured: MainWindow, rebuild: Rebuild, until: Until, tmp_path: Path
) -> None:
    """Two results exported to one name: the session keeps the voxels of both."""
    out = tmp_path / "out.nii.gz"

    def export() -> None:
        written = []
        measured.controller.exporting.exported.connect(written.append)
        measured.controller.exporting.export(out, "float32")
        until(lambda: bool(written) and not measured.controller.work.tasks)

    export()
    rebuild("cubic")
    export()
    names = [one.made.request.method for one in measured.study.compared_volumes.results if one.made]
    path = saved(measured, until, tmp_path / "study.srviewer")
    before = measured.study.scan
    measured.open([path])
    until(lambda: measured.study.scan is not before)
    again = [one.made.request.method for one in measured.study.compared_volumes.results if one.made]
    assert again == names == ["cubic", "linear"]


def test_the_header_of_a_replaced_file_is_not_shown(
    opened: MainWindow, thick_file: Path, until: Until
) -> None:
    replace_scan(thick_file)
    opened.header.show()
    header = opened.header.window
    assert header is not None

    def refused() -> bool:
        texts = [shown.full for shown in header.findChildren(ElidedLabel)]
        return any("was replaced or changed since it was opened" in text for text in texts)

    until(refused)
    assert header.model.total == 0


def test_a_picker_that_stays_open_reads_no_other_scan(
    window: MainWindow, two_series: Path, until: Until
) -> None:
    window.open([two_series])
    until(lambda: window.findChild(SeriesPicker) is not None)
    picker = window.findChild(SeriesPicker)
    assert isinstance(picker, SeriesPicker)
    first, second = sorted(two_series.glob("s1_*.dcm"))[:2]
    first.write_bytes(second.read_bytes())
    picker.tree.choose(0)
    picker.accept()
    until(lambda: window.error_bar.isVisible())
    assert "has changed since it was looked at" in window.error_bar.message.text()
    assert window.study.scan is None


def test_a_session_of_the_first_version_opens_with_its_result(
    window: MainWindow, until: Until, tmp_path: Path
) -> None:
    shutil.copytree(FIXTURES, tmp_path / "old", ignore=shutil.ignore_patterns("batch"))
    window.open([tmp_path / "old" / "study.srviewer"])
    until(lambda: window.study.result is not None)
    assert not window.error_bar.isVisible()
    assert [roi.name for roi in window.study.rois] == ["width"]


def test_a_result_of_the_first_version_is_not_shown_on_another_scan(
    window: MainWindow, until: Until, tmp_path: Path
) -> None:
    """It does not say what it was made from, but it does not agree with another scan either."""
    shutil.copytree(FIXTURES, tmp_path / "old", ignore=shutil.ignore_patterns("batch"))
    replace_scan(tmp_path / "old" / "scan.nii.gz")
    window.open([tmp_path / "old" / "study.srviewer"])
    until(lambda: window.error_bar.isVisible())
    told = window.error_bar.message.text()
    assert "scan.nii.gz' is not the scan that 'study.srviewer' was saved from" in told
    assert window.study.scan is None


def test_a_simulated_scan_and_its_result_come_back(
    window: MainWindow, truth_file: Path, until: Until, tmp_path: Path
) -> None:
    """The thick scan lies in no file of the user's; it is known by the thin one it was made of."""
    window.open([truth_file])
    until(lambda: window.study.scan is not None)
    request = window.study.request
    assert request is not None
    window.study.set_request(replace(request, method="linear"))
    window.controller.simulate(Degradation(2, 4))
    until(lambda: window.study.result is not None and not window.controller.work.tasks)
    path = saved(window, until, tmp_path / "study.srviewer")
    for number in (1, 2):  # and once more, from what was read back
        reopened(window, path, until)
        assert not window.error_bar.isVisible(), window.error_bar.message.text()
        assert window.study.result is not None and window.study.reference is not None
        path = saved(window, until, tmp_path / f"again{number}.srviewer")
    document = json.loads(path.read_text())
    assert len(document["studies"][0]["scan"]["sha256"]) == 64
