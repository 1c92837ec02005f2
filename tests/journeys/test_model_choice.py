"""A user sees how long each model would take, takes one, or leaves the choice to the program."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from srviewer.gui.panels.reconstruct.request_options import RequestOptions
from srviewer.gui.widgets.kept_end_box import KeptEndBox
from srviewer.gui.window.main_window import MainWindow
from srviewer.nn.models.model_file import save_model
from srviewer.sr.models.available_models import find_card, find_model
from srviewer.sr.models.shipped_models import SHIPPED
from srviewer.sr.requests.automatic_model import NO_INT8, ON_GPU, QUICK, with_automatic_model
from srviewer.sr.requests.request import Request

NAMES = [row.name for row in SHIPPED]
Until = Callable[[Callable[[], bool]], None]


def _box(window: MainWindow) -> QComboBox:
    boxes = window.panels.findChildren(QComboBox)
    return next(box for box in boxes if box.accessibleName() == "Model")


def _texts(window: MainWindow) -> list[str]:
    box = _box(window)
    return [box.itemText(index) for index in range(box.count())]


def _request(window: MainWindow) -> Request:
    request = window.study.request
    assert request is not None
    return request


def test_each_model_says_how_long_it_takes_and_the_first_entry_what_it_took(
    opened: MainWindow, qtbot: QtBot
) -> None:
    box, texts = _box(opened), _texts(opened)
    taken = _request(opened).model
    assert texts[0].startswith(f"Automatic: {taken} \u00b7 about ")
    assert [text.split(" \u00b7 about ")[0] for text in texts[1:]] == NAMES
    assert box.currentIndex() == 0
    why = str(box.itemData(0, Qt.ItemDataRole.ToolTipRole))
    assert why == _request(opened).model_reason and why in (NO_INT8, ON_GPU, QUICK)
    for index, row in enumerate(SHIPPED, 1):
        tip = str(box.itemData(index, Qt.ItemDataRole.ToolTipRole))
        gains = find_card(row.name).mean_gains
        assert all(f"{gain:+.1f} dB over cubic at factor {f}" in tip for f, gain in gains.items())
        assert ("no expected gain" in tip) != row.gain_calibrated

    for _ in range(1 + NAMES.index("quality")):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert (_request(opened).model, _request(opened).model_reason) == ("quality", "")
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert (_request(opened).model, _request(opened).model_reason) == (taken, why)


def test_the_times_follow_the_settings(opened: MainWindow) -> None:
    opened.study.set_request(replace(_request(opened), device="cpu", precision="float32"))
    options = opened.panels.findChild(RequestOptions)
    assert options is not None
    before = _texts(opened)
    options.flips.click()
    after = _texts(opened)
    assert before != after and len(before) == len(after)
    opened.study.set_request(replace(_request(opened), method="cubic"))
    assert _texts(opened)[1:] == NAMES  # interpolation takes no model's time


def test_the_choice_is_made_anew_for_the_next_scan_and_a_named_model_is_kept(
    opened: MainWindow, until: Until, truth_file: Path
) -> None:
    opened.open([truth_file])
    until(lambda: opened.study.scan is not None and opened.study.scan.name == "truth")
    scan = opened.study.scan
    assert scan is not None
    assert _request(opened) == with_automatic_model(scan, _request(opened))
    named = replace(_request(opened), model="quality", model_reason="")
    opened.study.set_request(replace(named, flips=True))
    assert (_request(opened).model, _request(opened).model_reason) == ("quality", "")


@pytest.mark.parametrize("reason", ["", NO_INT8])
def test_a_session_keeps_whether_the_model_was_named(
    reason: str, opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    wanted = replace(_request(opened), model="fast", model_reason=reason, device="cpu")
    opened.study.set_request(wanted)
    wanted = _request(opened)
    path = tmp_path / "kept.srviewer"
    opened.housekeeping.files.save(path)
    until(path.exists)
    opened.study.set_request(replace(wanted, model="quality", model_reason=""))
    opened.open([path])
    until(lambda: _request(opened) == wanted)
    assert _box(opened).currentIndex() == (0 if reason else 1)


def test_a_model_of_the_user_has_an_estimate_too(opened: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save_model(find_model("fast"), path)
    opened.study.set_request(replace(_request(opened), model=str(path), model_reason=""))
    assert _box(opened).currentText().startswith("own \u00b7 about ")
    path.unlink()
    opened.study.set_request(replace(_request(opened), flips=True))
    assert _box(opened).currentText() == "own"


def test_a_long_name_leaves_room_for_its_time(opened: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / f"{'knee of several coils ' * 6}.safetensors"
    save_model(find_model("fast"), path)
    request = replace(_request(opened), model=str(path), model_reason="")
    opened.study.set_request(request)
    box = _box(opened)
    assert isinstance(box, KeptEndBox)
    whole, shown = box.currentText(), box.shown_text()
    assert whole.startswith("knee of several coils knee") and " \u00b7 about " in whole
    name, _, time = shown.partition("\u2026")
    assert whole.startswith(name) and len(name) > 8 and time == whole[whole.index(" \u00b7 ") :]
    assert box.fontMetrics().horizontalAdvance(shown) < box.width()
    assert whole in box.toolTip()
    assert not box.grab().isNull()
