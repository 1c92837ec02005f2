"""A user loads a truth, a mask, a comparison and labels that another program stored otherwise."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from srviewer.core.resampling.reorient import Reorientation
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.overlay_loader import Overlays
from srviewer.gui.study.report_box import ReportBox
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.held_file import file_of

Until = Callable[[Callable[[], bool]], None]
Rebuild = Callable[..., None]
TURNED = Reorientation((2, 0, 1), (True, False, True))  # (-k, i, -j)


def save(volume: Volume, path: Path, voxels: np.ndarray | None = None) -> Path:
    """As another program would store it: along other axes, with nothing of ours beside it."""
    stored = TURNED.view(np.asarray(volume.voxels if voxels is None else voxels))
    nib.save(nib.Nifti1Image(stored, TURNED.grid(volume.geometry).affine), path)
    return path


@pytest.fixture
def turned_truth(head: Volume, tmp_path: Path) -> Path:
    return save(head, tmp_path / "turned-truth.nii.gz")


def loaded_truth(window: MainWindow, path: Path, until: Until) -> Volume:
    window.controller.load_reference(path)
    study = window.study
    until(lambda: study.reference is not None and file_of(study.reference.volume) == path)
    assert study.reference is not None
    return study.reference.volume


def psnr_of(study: ShownStudy) -> tuple[list[float | None], ...]:
    assert study.scores is not None
    both = (study.scores.candidate, study.scores.cubic)
    return tuple([row["psnr"] for axis in one.per_slice for row in axis] for one in both)


@pytest.mark.parametrize("first", ["truth", "result"])
def test_a_truth_is_scored_as_if_it_were_stored_as_the_result_is(
    first: str,
    opened: MainWindow,
    rebuild: Rebuild,
    until: Until,
    truth_file: Path,
    turned_truth: Path,
    head: Volume,
) -> None:
    study = opened.study
    if first == "result":
        rebuild()
    truth = loaded_truth(opened, turned_truth, until)
    if first == "truth":
        rebuild()
    until(lambda: study.scores is not None)
    result = study.result
    assert result is not None and np.array_equal(truth.voxels, head.voxels)
    assert truth.geometry.matches(result.volume.geometry)
    found = psnr_of(study)
    loaded_truth(opened, truth_file, until)
    until(lambda: study.scores is not None)
    assert psnr_of(study) == found
    badge = [line.text for line in opened.compare.result.panes[Plane.CORONAL].annotations.top_right]
    assert "dB" in badge[0]


def test_a_truth_that_lies_there_already_is_the_volume_that_was_read(
    opened: MainWindow, rebuild: Rebuild, until: Until, truth_file: Path
) -> None:
    rebuild()
    truth = loaded_truth(opened, truth_file, until)
    assert truth.history == ("read from truth.nii.gz",)  # and nothing was done to it


def test_a_truth_elsewhere_is_refused_with_what_differs(
    opened: MainWindow, rebuild: Rebuild, until: Until, head: Volume, tmp_path: Path
) -> None:
    affine = head.geometry.affine.copy()
    affine[2, 3] += 2
    other = head.derived(head.voxels, replace(head.geometry, affine=affine), "moved")
    path = save(other, tmp_path / "elsewhere.nii")
    for _ in range(2):  # before there is a result, and after
        opened.error_bar.hide()
        opened.controller.load_reference(path)
        until(opened.error_bar.isVisible)
        said = opened.error_bar.message.text()
        assert "its voxels lie 2.00 mm further along k (the patient's superior)" in said
        assert opened.study.reference is None
        if opened.study.result is None:
            rebuild()


def test_a_truth_along_other_axes_comes_back_with_its_session(
    opened: MainWindow, rebuild: Rebuild, until: Until, turned_truth: Path, tmp_path: Path
) -> None:
    study = opened.study
    rebuild()
    loaded_truth(opened, turned_truth, until)
    until(lambda: study.scores is not None)
    found, before = psnr_of(study), study.scan
    path = tmp_path / "study.srviewer"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    opened.open([path])
    until(lambda: study.scan is not before and study.scores is not None)
    assert not opened.error_bar.isVisible(), opened.error_bar.message.text()
    assert study.reference is not None and study.result is not None
    assert study.reference.volume.geometry.matches(study.result.volume.geometry)
    assert study.result.consistency.max < 1
    assert psnr_of(study) == found


def test_a_loaded_comparison_gets_the_axes_of_the_scan(
    opened: MainWindow, until: Until, head: Volume, thick_head: Volume, tmp_path: Path
) -> None:
    for number, volume in enumerate((thick_head, head)):
        path = save(volume, tmp_path / f"other-{number}.nii")
        opened.controller.load_beside(path)
        until(lambda n=number: len(opened.study.compared_volumes.loaded) == n + 1)
        loaded = opened.study.compared_volumes.loaded[-1].volume
        assert loaded.geometry.matches(volume.geometry)
        assert np.array_equal(loaded.voxels, volume.voxels)
        assert file_of(opened.study.compared_volumes.loaded[-1].volume) == path


def test_a_mask_lies_over_the_same_pixels_and_labels_come_out_on_the_results_grid(
    opened: MainWindow, rebuild: Rebuild, until: Until, thick_head: Volume, tmp_path: Path
) -> None:
    study = opened.study
    overlays = opened.findChild(Overlays)
    assert overlays is not None
    drawn = np.digitize(thick_head.voxels, (200, 700)).astype(np.uint8)
    turned = save(thick_head, tmp_path / "turned.nii", drawn)
    plain = tmp_path / "plain.nii"
    nib.save(nib.Nifti1Image(drawn, thick_head.geometry.affine), plain)
    pane = opened.compare.scan.panes[Plane.CORONAL]
    seen = [pane.grab().toImage()]
    for path in (plain, turned):
        overlays.load(path)
        until(lambda: len(study.overlays) == 1)
        seen.append(pane.grab().toImage())
        study.set_overlays([])
    assert seen[0] != seen[1] == seen[2]
    rebuild()
    box = opened.panels.findChild(ReportBox)
    assert box is not None
    grown = []
    for path in (plain, turned):
        out = tmp_path / f"grown-{path.name}"
        box.bring_labels(path, out)
        until(lambda out=out: out.exists() and not opened.controller.work.tasks)
        grown.append(nib.load(out))
    assert np.array_equal(grown[0].dataobj, grown[1].dataobj)
    assert np.allclose(grown[0].affine, grown[1].affine)
