"""The second sample opens as stacks that can be joined."""

from collections.abc import Callable
from pathlib import Path

from srviewer.gui.study.export_location import scan_folder
from srviewer.gui.texts.joined_card import once
from srviewer.gui.texts.wording import percent
from srviewer.gui.window.bars.join_offer import JoinOffer
from srviewer.gui.window.main_window import MainWindow

Until = Callable[[Callable[[], bool]], None]


def test_the_stacks_open_in_tabs_and_are_offered(window: MainWindow, until: Until) -> None:
    window.controller.open_sample_stacks()
    until(lambda: len(window.studies.states) == 3)
    bar = window.findChild(JoinOffer)
    until(bar.isVisible)
    assert "3 stacks of one contrast" in bar.text.text()
    assert {state.scan.name for state in window.studies.states if state.scan} == {
        f"sub-knee_acq-{plane}_PDw" for plane in ("ax", "cor", "sag")
    }
    # Nothing is proposed among the files of the program.
    assert scan_folder(window.study) == Path.home()


def test_a_warning_of_several_stacks_is_written_once() -> None:
    lines = ("'ax': Oblique.", "'cor': Oblique.", "'ax': Noisy.", "'cor': Dark.", "No frame.")
    assert once(lines, ("ax", "cor", "sag")) == (
        "'ax', 'cor': Oblique.",
        "'ax': Noisy.",
        "'cor': Dark.",
        "No frame.",
    )
    assert once(lines, ("ax", "cor"))[0] == "All stacks: Oblique."


def test_all_of_something_is_100_percent() -> None:
    assert [percent(share) for share in (1.0, 0.997, 0.146, 2e-4)] == [
        "100 %",
        "100 %",
        "15 %",
        "0.02 %",
    ]
