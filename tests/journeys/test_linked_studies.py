"""A user links two studies that are shown beside each other, and aligns them."""

from dataclasses import replace
from itertools import count
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import phantoms
from srviewer.core.geometry.grid import Geometry
from srviewer.core.resampling.resample import resampled
from srviewer.core.slices.rotated_planes import pixels_of_planes
from srviewer.core.slices.thick_slab import ThickSlab
from srviewer.core.stacks.rigid import motion_of
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.linked_views import link_of
from srviewer.gui.window.main_window import MainWindow
from srviewer.job import run
from two_studies import BOTH_KEYS, Until, drag_in, large_panes, link_text, open_beside, titles


def test_planes_of_both_rest_after_a_link_was_cut_while_they_moved(
    pair: MainWindow, qtbot: QtBot
) -> None:
    study, second = pair.study, pair.studies.second
    left, _ = large_panes(pair)
    left_button, alt = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
    qtbot.mousePress(left, left_button, alt, QPoint(60, 50))
    qtbot.mouseMove(left, QPoint(60, 80))
    assert study.moving and second.moving
    pair.actions_offered["second-linked"].trigger()
    assert not link_of(study).linked
    qtbot.mouseRelease(left, left_button, alt, QPoint(60, 80))
    assert not study.moving and not second.moving


def test_align_finds_the_motion_and_both_follow_it(
    opened: MainWindow, until: Until, thick_head: Volume, head: Volume, tmp_path: Path, qtbot: QtBot
) -> None:
    motion = motion_of((0.05, -0.03, 0.06, 4.0, -3.0, 2.5), head.geometry.centre)
    there = replace(head, geometry=Geometry(head.geometry.shape, motion @ head.geometry.affine))
    later = run(resampled(there, head.geometry)).volume
    path = tmp_path / "later.nii.gz"
    nib.save(nib.Nifti1Image(np.asarray(later.voxels), later.geometry.affine), path)
    open_beside(opened, until, path)
    qtbot.keyClick(opened, "8")
    assert "Not linked: nothing says that their positions can be compared" in link_text(opened)
    qtbot.keyClick(opened, "L", BOTH_KEYS)
    assert not opened.actions_offered["second-align"].isEnabled()
    until(lambda: not opened.contents.seconds.aligning)
    assert link_text(opened).startswith("Aligned: shifted by ")
    link, here = opened.study.state.second_study.link, opened.study.view.cursor_mm
    for corner in ((10.0, 12.0, -8.0), (-10.0, -12.0, 8.0), here):
        wanted = (motion @ (*corner, 1.0))[:3]
        assert np.linalg.norm(np.subtract(link.to_second(corner), wanted)) < 0.5
    assert opened.studies.second.view.cursor_mm == pytest.approx(link.to_second(here))
    left, right = large_panes(opened)
    qtbot.keyClick(left, Qt.Key.Key_End)
    assert titles(right).startswith("later, scan, ") and "mm from the crosshair" in titles(right)
    qtbot.keyClick(left, Qt.Key.Key_R)
    assert "mm from the crosshair" not in titles(right)
    opened.study.rotate_planes((0.0, 10.0, 0.0))
    rotation = opened.studies.second.view.rotation
    assert rotation[1] == pytest.approx(10 - 1.7, abs=0.5) and rotation[0] != 0
    opened.controller.work.stop()


@pytest.fixture
def shifted(
    opened: MainWindow, until: Until, thick_head: Volume, tmp_path: Path, qtbot: QtBot
) -> MainWindow:
    """The thick phantom, and one that lies 12 mm further to the right and is oblique, linked."""
    affine = thick_head.geometry.affine.copy()
    affine[:3, :3] = phantoms.rotation((9, 14, 0)) @ affine[:3, :3]
    affine[0, 3] += 12.0
    nib.save(nib.Nifti1Image(np.asarray(thick_head.voxels), affine), tmp_path / "other.nii.gz")
    open_beside(opened, until, tmp_path / "other.nii.gz")
    qtbot.keyClick(opened, "8")
    opened.actions_offered["second-linked"].trigger()
    QApplication.processEvents()
    return opened


def test_a_study_shows_its_own_middle_once_no_link_moves_it(
    shifted: MainWindow, qtbot: QtBot
) -> None:
    study, second, linked = shifted.study, shifted.studies.second, "second-linked"
    left, right = large_panes(shifted)
    middle = study.scan.geometry.centre
    assert study.view.centre_mm is None and second.view.centre_mm == pytest.approx(middle)
    drag_in(right, QPoint(20, 10), Qt.MouseButton.RightButton)  # grey levels
    shifted.actions_offered[linked].trigger()
    assert study.view.centre_mm is None and second.view.centre_mm is None
    shifted.actions_offered[linked].trigger()
    qtbot.keyClick(right, Qt.Key.Key_R)
    assert second.view.centre_mm == pytest.approx(middle)
    shifted.studies.show(1)
    assert study.scan.name == "other" and study.view.centre_mm is None
    shifted.studies.show(0)
    assert second.view.centre_mm == pytest.approx(middle)
    drag_in(right, QPoint(20, 10), Qt.MouseButton.MiddleButton)  # both, by the user
    moved = second.view.centre_mm
    assert study.view.centre_mm == pytest.approx(moved)
    shifted.actions_offered[linked].trigger()
    assert second.view.centre_mm == moved and study.view.centre_mm == pytest.approx(moved)
    assert left.isVisible() and right.isVisible()


def test_what_follows_a_link_is_not_carried_back(shifted: MainWindow, qtbot: QtBot) -> None:
    study, second = shifted.study, shifted.studies.second
    _, right = large_panes(shifted)
    study.move_cursor(study.scan.geometry.world((0, 0, 0)))
    here = study.view.cursor_mm
    assert "mm from the crosshair" in titles(right)  # outside of the study on the right
    drag_in(right, QPoint(20, 10), Qt.MouseButton.RightButton)  # grey levels
    assert study.view.cursor_mm == here
    shifted.actions_offered["reset"].trigger()
    right.setFocus()
    qtbot.keyClick(right, "Y")
    assert second.view.rotation != study.view.rotation == (0, 0, 0)
    assert titles(right).endswith("Axial, patient's axes")


def test_the_planes_of_both_studies_are_told_with_their_names(
    shifted: MainWindow, qtbot: QtBot
) -> None:
    left, right = large_panes(shifted)

    def notes() -> list[str]:
        return [note.text for note in shifted.compare.notes.notes]

    assert "other: oblique 16.6\u00b0, along the voxel axes" in notes()
    qtbot.keyClick(left, Qt.Key.Key_Period)
    assert [note.split(":")[0] for note in notes() if "rotated" in note] == ["thick", "other"]
    assert not any("along the voxel axes" in note for note in notes())
    shifted.actions_offered["second-linked"].trigger()
    right.setFocus()
    qtbot.keyClick(right, Qt.Key.Key_Q)
    assert [note.split(":")[0] for note in notes() if "rotated" in note] == ["thick"]
    assert any(note.startswith("other: oblique") for note in notes())


@pytest.mark.parametrize("leading", [0, 1])
def test_slabs_of_a_study_that_follows_keep_pace_with_a_slow_machine(
    pair: MainWindow, qtbot: QtBot, until: Until, leading: int
) -> None:
    studies = pair.study, pair.studies.second
    for study in studies:
        study.set_thick_slab(ThickSlab("maximum", 5.0, shown=True))
        study.paces.slab.clock = count(0, 1.0).__next__  # seconds for the slab of a pane
    leads, follows = studies[leading], studies[1 - leading]
    assert follows.scan is not None
    leads.set_moving(True)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down) * 3:
        qtbot.keyClick(large_panes(pair)[leading], key)
    assert leads.moving and follows.moving
    assert follows.paces.slab.pixels < pixels_of_planes(follows.scan.geometry)
    until(lambda: not leads.moving and not follows.moving)
