"""Every bad file dropped on the window: told in the error bar or as warnings; the study stays."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bad_files import BAD_FILES, REFUSED, BadFile, nifti
from srviewer.gui.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.id)
def test_what_cannot_be_opened_leaves_the_study(
    bad: BadFile, opened: MainWindow, until: Until, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    session = opened.session
    original, view, request = session.original, session.view, session.request
    opened.study.open([bad.make(tmp_path / "in")])
    until(opened.error_bar.isVisible)
    message = opened.error_bar.message.text()
    assert bad.says in message and message.endswith(".")
    assert "Secret" not in message and "inside srviewer" not in message
    assert (session.original, session.view, session.request) == (original, view, request)


@pytest.mark.parametrize("bad", [bad for bad in BAD_FILES if bad.opens], ids=lambda bad: bad.id)
def test_what_can_be_opened_tells_what_is_wrong(
    bad: BadFile, window: MainWindow, until: Until, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    window.study.open([bad.make(tmp_path / "in")])
    until(lambda: window.session.original is not None or window.error_bar.isVisible())
    assert not window.error_bar.isVisible(), window.error_bar.message.text()
    original = window.session.original
    assert original is not None
    codes = {warning.code for warning in original.warnings}
    assert bad.says in codes if bad.says else not codes
    assert "Secret" not in original.name


def test_the_second_drop_while_loading_is_the_one_that_stays(
    window: MainWindow, until: Until, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.nii").write_bytes(nifti())
        window.study.open([tmp_path / f"{name}.nii"])
    until(lambda: window.session.original is not None and window.study.work.tasks == ())
    assert window.session.original is not None and window.session.original.name == "two"
