"""A user works in the panes: tools of the mouse, menu, rotation, header text, texts and arrows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QMenu, QToolBar
from pytestqt.qtbot import QtBot

from srviewer.core.slices.planes import Plane
from srviewer.core.slices.turn import Turn, turns_of_words
from srviewer.gui.dialogs.print_preview import PrintPreview
from srviewer.gui.dialogs.series_picker import SeriesPicker
from srviewer.gui.figures.command_line import screenshot_line
from srviewer.gui.state.tool import Tool
from srviewer.gui.views.drawing.shapes import label_box
from srviewer.gui.views.editing.text_editor import TextEditor
from srviewer.gui.views.slice_view import SliceView
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.sessions.session_file import SUFFIX

Until = Callable[[Callable[[], bool]], None]
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _drag(
    qtbot: QtBot, pane: SliceView, start: QPoint, by: QPoint, button: Qt.MouseButton = LEFT
) -> Iterator[None]:
    """Held at the end for whoever looks, then let go."""
    qtbot.mousePress(pane, button, pos=start)
    for step in range(1, 5):
        qtbot.mouseMove(pane, start + by * step / 4)
    yield
    qtbot.mouseRelease(pane, button, pos=start + by)
    yield


def _dragged(qtbot: QtBot, pane: SliceView, start: QPoint, by: QPoint) -> None:
    list(_drag(qtbot, pane, start, by))


def _entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def _choose(opened: MainWindow, text: str) -> None:
    menu = opened.pane_menu.menu
    assert menu is not None and shiboken6.isValid(menu)
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def test_each_mouse_mode_of_the_tool_bar_and_the_numbers_that_it_sets(
    opened: MainWindow, pane: SliceView, qtbot: QtBot
) -> None:
    study, middle = opened.study, pane.rect().center()
    bar = opened.findChild(QToolBar, "mouse")
    view = study.view
    for tool, reading in ((Tool.WINDOW, "W "), (Tool.ZOOM, "zoom "), (Tool.PAN, "")):
        action = opened.actions_offered[f"tool-{tool.value}"]
        qtbot.mouseClick(bar.widgetForAction(action), LEFT)
        assert study.tool is tool and action.isChecked()
        drag = _drag(qtbot, pane, middle, QPoint(40, -30))
        next(drag)
        assert pane.annotations.reading.startswith(reading)
        assert bool(pane.annotations.reading) is bool(reading)
        next(drag)
        assert pane.annotations.reading == ""
    after = study.view
    assert after.window != view.window and after.zoom > 1.2 and after.centre_mm is not None
    assert after.cursor_mm == view.cursor_mm
    assert pane.annotations.bottom_left[-1].text == f"slice 5 / 9   zoom {after.zoom:.1f}\u00d7"
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert study.tool is Tool.CROSSHAIR
    drag = _drag(qtbot, pane, middle, QPoint(40, 0), RIGHT)  # as before, whatever the tool
    next(drag)
    scale = study.auto_window
    width = study.view.window.width
    assert pane.annotations.reading.split()[1] == f"{width:.{0 if scale.width > 1000 else 1}f}"
    next(drag)
    assert opened.pane_menu.menu is None  # it was no click
    qtbot.keyClick(pane, Qt.Key.Key_2, CTRL)
    assert study.view.window.low == study.scan.voxels.min()
    qtbot.keyClick(pane, Qt.Key.Key_1, CTRL)
    assert study.view.window == study.auto_window
    levels = opened.actions_offered.menu("levels")
    levels.aboutToShow.emit()
    assert [a.text() for a in levels.actions() if a.isChecked()] == ["Automatic"]
    assert not opened.actions_offered["smooth"].isIconVisibleInMenu()  # else it has no tick
    shown = [a.text() for a in levels.actions() if a.isVisible()]
    assert shown == ["Automatic", "Full range", "High contrast", "Dark tissue"]  # no CT


def test_rotate_and_flip_with_letters_crosshair_and_mouse(
    opened: MainWindow, pane: SliceView, qtbot: QtBot
) -> None:
    study = opened.study
    study.move_cursor((6.0, 3.0, study.view.cursor_mm[2]))
    assert pane.annotations.letters == ("R", "L", "P", "A")
    before = pane.picture(1.0)
    qtbot.keyClick(pane, Qt.Key.Key_R, CTRL)
    assert pane.annotations.letters == ("P", "A", "L", "R")
    assert "rotated 90\u00b0" in [line.text for line in pane.annotations.top_left]
    qtbot.keyClick(pane, Qt.Key.Key_H, SHIFT)
    assert pane.annotations.letters == ("A", "P", "L", "R")
    qtbot.keyClick(pane, Qt.Key.Key_V, SHIFT)
    assert pane.annotations.letters == ("A", "P", "R", "L")
    coronal = opened.compare.scan.panes[Plane.CORONAL]
    assert coronal.annotations.letters == ("R", "L", "I", "S")  # only the active plane
    assert pane.picture(1.0) != before
    # The point under the mouse is the one that is drawn there, and a step to the right on the
    # screen moves the crosshair to the right.
    corner = pane.rect().center() + QPoint(30, 20)
    qtbot.mouseClick(pane, LEFT, pos=corner)
    drawn = pane.position_of(study.view.cursor_mm)
    assert (drawn - corner.toPointF()).manhattanLength() < 1e-6
    qtbot.keyClick(pane, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    moved = pane.position_of(study.view.cursor_mm) - drawn
    assert moved.x() > 1 and abs(moved.x()) > abs(moved.y())
    line = screenshot_line(opened.controller)
    words = line.split("--turn ")[1].split()[0]
    assert turns_of_words(words) == study.view.turns == (Turn(3, False), Turn(), Turn())
    for layout in ("curtain", "checkerboard", "difference"):
        opened.arrange(layout)  # drawn through the same turn
        assert pane.annotations.letters == ("A", "P", "R", "L")
    qtbot.keyClick(pane, Qt.Key.Key_R)
    assert pane.annotations.letters == ("R", "L", "P", "A")


def test_write_move_edit_delete_texts_and_arrows_and_take_it_back(
    opened: MainWindow, pane: SliceView, qtbot: QtBot, until: Until, tmp_path: Path
) -> None:
    study, middle = opened.study, pane.rect().center()
    qtbot.keyClick(pane, Qt.Key.Key_T)
    qtbot.mouseClick(pane, LEFT, pos=middle)
    editor = pane.findChild(TextEditor)
    qtbot.keyClicks(editor, "cd <b>1</b>")  # letters that are keys of tools
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert study.tool is Tool.TEXT
    (text,) = study.annotations
    assert text.text == "cd <b>1</b>" and text.tip_mm is None
    qtbot.keyClick(pane, Qt.Key.Key_A, SHIFT)
    start = middle + QPoint(-60, 40)
    _dragged(qtbot, pane, start, QPoint(50, 40))
    editor = pane.findChildren(TextEditor)[-1]
    qtbot.keyClicks(editor, "node")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    arrow = study.annotations[1]
    assert arrow.text == "node" and arrow.tip_mm is not None
    assert [drawn.text for drawn in pane.annotations.texts] == ["cd <b>1</b>", "node"]
    assert len(pane.annotations.printed.texts) == 2  # figures have them
    qtbot.keyClick(pane, Qt.Key.Key_C)
    cursor = study.view.cursor_mm
    _dragged(qtbot, pane, start, QPoint(-20, 0))  # the tip alone
    assert study.annotations[1].at_mm == arrow.at_mm != study.annotations[1].tip_mm
    assert study.annotations[1].tip_mm != arrow.tip_mm and study.view.cursor_mm == cursor
    end = pane.position_of(arrow.at_mm).toPoint()
    qtbot.mouseClick(pane, RIGHT, pos=end)
    assert _entries(opened.pane_menu.menu)[:2] == ["Edit the text\u2026", "Delete the annotation"]
    _choose(opened, "Edit the text\u2026")
    editor = pane.findChildren(TextEditor)[-1]
    assert editor.text() == "node"
    qtbot.keyClicks(editor, "lymph node")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert study.annotations[1].text == "node"
    qtbot.mouseClick(pane, LEFT, pos=end)
    qtbot.keyClick(pane, Qt.Key.Key_Delete)
    assert study.annotations == (text,)
    qtbot.keyClick(pane, Qt.Key.Key_Z, CTRL)
    assert len(study.annotations) == 2
    kept = study.annotations
    path = tmp_path / f"kept{SUFFIX}"
    opened.housekeeping.files.save(path)
    until(lambda: path.exists() and not opened.controller.work.tasks)
    opened.studies.close(0)
    assert study.annotations == ()
    opened.open([path])
    until(lambda: study.scan is not None)
    assert study.annotations == kept


def test_the_label_of_a_measurement_stands_beside_its_line_and_is_moved(
    opened: MainWindow, pane: SliceView, qtbot: QtBot
) -> None:
    study, middle = opened.study, pane.rect().center()
    qtbot.keyClick(pane, Qt.Key.Key_D)
    _dragged(qtbot, pane, middle - QPoint(60, 60), QPoint(100, 100))
    (shape,), area = pane.annotations.shapes, pane.rect().toRectF()
    box = label_box(area, shape)
    (x0, y0), (x1, y1) = shape.points
    for corner in (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight()):
        side = (x1 - x0) * (corner.y() - y0) - (y1 - y0) * (corner.x() - x0)
        assert side < 0  # the whole plate lies on one side of the line
    _dragged(qtbot, pane, box.center().toPoint(), QPoint(-120, 30))
    moved = label_box(area, pane.annotations.shapes[0])
    assert (moved.center() - box.center() - QPoint(-120, 30)).manhattanLength() < 2
    assert len(study.rois) == 1  # it was moved, not drawn over
    qtbot.keyClick(pane, Qt.Key.Key_Plus)
    assert label_box(area, pane.annotations.shapes[0]) != moved  # it follows the image
    qtbot.keyClick(pane, Qt.Key.Key_Minus)
    qtbot.mouseClick(pane, RIGHT, pos=moved.center().toPoint())
    _choose(opened, "Label beside the line")
    assert label_box(area, pane.annotations.shapes[0]) == box
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(pane, QContextMenuEvent(reason, QPoint(), QPoint()))  # the Menu key
    assert _entries(opened.pane_menu.menu)[-1] == "Print\u2026"
    _choose(opened, "This plane alone")
    assert study.view.only is Plane.AXIAL
    study.maximise(None)
    qtbot.mouseClick(pane, RIGHT, pos=box.center().toPoint())
    _choose(opened, "Delete Distance 1")
    assert study.rois == ()


def test_copy_print_full_screen_and_panels(
    opened: MainWindow, pane: SliceView, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.keyClick(pane, Qt.Key.Key_C, CTRL)
    image = QGuiApplication.clipboard().image()
    assert image.width() == opened.compare.width() and image.height() > opened.compare.height()
    qtbot.keyClick(pane, Qt.Key.Key_F9)
    assert opened.panels.isHidden() and not opened.actions_offered["panels"].isChecked()
    qtbot.keyClick(pane, Qt.Key.Key_F9)
    assert opened.panels.isVisible()
    qtbot.keyClick(pane, Qt.Key.Key_F11)
    assert opened.isFullScreen() and opened.actions_offered["full-screen"].isChecked()
    qtbot.keyClick(pane, Qt.Key.Key_F11)
    assert not opened.isFullScreen() and not opened.actions_offered["full-screen"].isChecked()
    opened.panels.show_panel("train")  # its page hides the panes
    view = opened.study.view
    qtbot.keyClick(opened, Qt.Key.Key_2, CTRL)
    assert opened.study.view is view
    qtbot.keyClick(opened, Qt.Key.Key_F11)
    assert opened.isFullScreen()
    qtbot.keyClick(opened, Qt.Key.Key_F11)
    opened.panels.show_panel("look")
    qtbot.keyClick(pane, Qt.Key.Key_P, CTRL | SHIFT)
    preview = opened.findChild(PrintPreview)
    assert preview.isVisible()
    printer = preview.printer()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "page.pdf"))
    preview.paint(printer)
    preview.reject()
    written = (tmp_path / "page.pdf").read_bytes()
    assert written.startswith(b"%PDF") and b"Research use only" in written.replace(b"\0", b"")


def test_the_header_in_the_corner_and_never_in_a_figure_unless_asked(
    window: MainWindow, two_series: Path, qtbot: QtBot, until: Until
) -> None:
    window.open([two_series])
    until(lambda: window.findChild(SeriesPicker) is not None)
    picker = window.findChild(SeriesPicker)
    picker.accept()
    until(lambda: window.study.scan is not None)
    window.activateWindow()
    pane = window.compare.scan.panes[Plane.AXIAL]
    pane.setFocus()
    until(pane.hasFocus)
    qtbot.keyClick(pane, Qt.Key.Key_H)
    assert window.actions_offered["header-text"].isChecked()
    texts = [line.text for line in pane.annotations.header]
    assert texts[0] == "Phantom (phantom)" and texts[1] == "T1 thin (2)"
    assert texts[2].startswith("thickness ") and texts[3].startswith("spacing ")
    assert "--header-text" not in screenshot_line(window.controller)
    window.actions_offered["save-figure"].trigger()
    (figure,) = [w for w in QApplication.topLevelWidgets() if w.windowTitle() == "Save a figure"]
    assert not figure.header_box.isChecked() and not figure.picture().header_text
    figure.header_box.click()
    assert figure.picture().header_text
    figure.reject()
    qtbot.keyClick(pane, Qt.Key.Key_H)
    assert pane.annotations.header == ()
