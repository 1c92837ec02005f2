"""Settings, presets and words of the window."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from phantoms import affine_of, rotation
from srviewer import __version__
from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.window import robust_window
from srviewer.core.slices.figure_contents import COLOUR_NAMES
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.appearance.colour_maps import COLOUR_MAPS
from srviewer.gui.appearance.window_presets import WINDOW_PRESETS
from srviewer.gui.dialogs.thumbnail import sharp_plane, thumbnail
from srviewer.gui.texts.wording import agreement, axis_title, orientation, percent
from srviewer.gui.user_files.recent_files import MOST, Recent, title
from srviewer.gui.views.pane_texts import rotation_text
from srviewer.gui.widgets.notice import BUG, ErrorBar

LPS = np.diag((-1.0, -1.0, 1.0))


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_the_command_line_knows_the_colour_maps_of_the_window() -> None:
    assert tuple(row.id for row in COLOUR_MAPS) == COLOUR_NAMES


def test_recent_files_are_few_newest_first_without_doubles_and_present(
    settings: QSettings, tmp_path: Path
) -> None:
    recent = Recent(settings)
    paths = [tmp_path / f"{n}.nii" for n in range(MOST + 3)]
    for path in paths:
        path.touch()
        recent.add([path])
    recent.add([paths[5]])
    settings.sync()
    again = Recent(QSettings(settings.fileName(), QSettings.Format.IniFormat))
    assert len(again.entries()) == MOST
    assert again.entries()[:2] == ((paths[5],), (paths[-1],))
    paths[5].unlink()
    assert again.entries()[0] == (paths[-1],)
    recent.add(paths[6:9])
    assert title(recent.entries()[0]) == "6.nii and 2 more"


def test_a_damaged_list_of_recent_files_is_an_empty_one(settings: QSettings) -> None:
    for damaged in ("{", "7", '["x"]', "[[]]", ""):
        settings.setValue("recent", damaged)
        assert Recent(settings).entries() == ()


@pytest.mark.parametrize("preset", WINDOW_PRESETS, ids=lambda preset: preset.title)
def test_each_preset_gives_a_window_that_shows_something(preset: object, head: Volume) -> None:
    assert preset in WINDOW_PRESETS
    flat = replace(head, voxels=np.zeros(head.geometry.shape, np.float32))
    for volume in (head, flat):
        window = preset.window(volume, robust_window(volume.voxels, None))  # type: ignore[attr-defined]
        assert window.width > 0


def test_axes_are_named_by_where_they_run() -> None:
    geometry = Geometry((4, 5, 6), affine_of(LPS, (0.72, 0.72, 4.0)))
    assert axis_title(geometry, 0) == "i (R–L)  0.72 mm"  # noqa: RUF001
    assert axis_title(geometry, 2) == "k (I–S)  4.00 mm"  # noqa: RUF001
    assert orientation(geometry) == "LPS"
    tilted = Geometry((4, 5, 6), affine_of(rotation((10, -12, 8)) @ LPS, (1, 1, 4)))
    assert orientation(tilted) == "LPS"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0002, "0.02 %"), (0.15, "15 %"), (2e-7, "under 0.001 %"), (0.0, "0 %")]
)
def test_shares_are_short(share: float, text: str) -> None:
    assert percent(share) == text


def test_only_what_agrees_is_said_to_agree() -> None:
    assert agreement(Consistency(0.0, 0.0004)) == "agrees with the scan: 0.04 % (max)"
    repaired = agreement(Consistency(0.0, 0.0004), ("motion",))
    assert repaired == "agrees with the repaired scan: 0.04 % (max)"
    assert agreement(Consistency(0.01, 0.12)) == "differs from the scan by up to 12 %"


def test_a_users_error_is_shown_word_for_word_and_a_bug_is_not(qtbot: QtBot) -> None:
    bar = ErrorBar()
    qtbot.addWidget(bar)
    bar.show_error("Opening x.nii", UserError("'x.nii' is cut short. Copy it again."))
    assert bar.message.text() == "'x.nii' is cut short. Copy it again."
    bar.show_error("Opening x.nii", ZeroDivisionError("secret"))
    assert bar.message.text() == BUG
    assert "ZeroDivisionError: secret" in bar.details.toPlainText()
    qtbot.mouseClick(bar.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"srviewer {__version__}") and BUG in copied
    assert "Opening x.nii" in copied and "ZeroDivisionError: secret" in copied


def test_a_thumbnail_is_the_sharp_plane_in_true_proportions_as_the_window_shows_it(
    qtbot: QtBot,
) -> None:
    shape, spacing = (30, 40, 5), (1.0, 1.0, 6.0)
    voxels = np.zeros(shape, np.float32)
    voxels[20:, 30:, :] = 100  # the patient's right, anterior
    volume = Volume(voxels, Geometry(shape, affine_of(np.eye(3), spacing)), "corner")
    assert sharp_plane(volume.geometry) is Plane.AXIAL
    picture = thumbnail(volume).toImage()
    assert (picture.width(), picture.height()) == (72, 96)
    assert picture.pixelColor(5, 5).value() > 240  # right on the left, anterior on top
    assert picture.pixelColor(65, 5).value() == 0
    assert picture.pixelColor(5, 90).value() == 0


def test_an_angle_that_is_rounded_to_zero_has_no_sign() -> None:
    assert rotation_text((-0.04, 0.0, -2.0)).startswith("0\N{DEGREE SIGN}, 0\N{DEGREE SIGN}, -2")
