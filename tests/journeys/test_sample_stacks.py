"""The second sample opens as stacks that can be joined."""

from collections.abc import Callable

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
