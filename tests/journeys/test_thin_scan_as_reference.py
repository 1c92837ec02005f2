"""A user makes the thin scan of one tab the reference of the thick scan of another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from srviewer.gui.study.thin_scan import thick_studies, use_as_reference
from srviewer.gui.window.main_window import MainWindow
from srviewer.study.state.held_file import file_of

Until = Callable[[Callable[[], bool]], None]


@pytest.mark.parametrize("changed", [False, True])
def test_only_a_file_that_is_as_it_was_opened_holds_the_reference(
    opened: MainWindow, truth_file: Path, thick_file: Path, until: Until, changed: bool
) -> None:
    opened.studies.choice = "add"
    opened.open([truth_file])
    until(lambda: len(opened.studies.states) == 2 and opened.study.scan.name == "truth")
    if changed:
        truth_file.write_bytes(thick_file.read_bytes())
    (target,) = thick_studies(opened.controller)
    use_as_reference(opened.controller, target)
    until(lambda: opened.study.reference is not None)
    held = file_of(opened.study.reference.volume)
    assert held == (None if changed else truth_file)
