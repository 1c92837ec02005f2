"""A figure of volumes from files, drawn without a display."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from srviewer.core.slices.figure_contents import FigureContents
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance.application import application
from srviewer.gui.figures.figure import FigurePage, write_figure
from srviewer.gui.figures.figure_contents import look
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.study.state.compared_volumes import ORIGINAL

Shown = tuple[str, Volume, ScoredPair | None]  # name, volume, its scores beside cubic's


def render(
    scan: Volume, seconds: Sequence[Shown], with_scan: bool, picture: FigureContents, path: Path
) -> None:
    """Write a figure as PNG, SVG or PDF, drawn by the window's own views; UserError when it cannot.

    Args:
        scan: The scan.
        seconds: The volumes that are compared, in their order.
        with_scan: Whether the scan is compared, too, as the first.
        picture: Contents of the figure.
        path: Its ending chooses the format.
    """
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        # That platform warns of each window's size hints, which nobody can act on.
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
    application()
    study = ShownStudy()
    study.open(scan, (), None)
    _show(study, seconds, with_scan)
    look(study, picture)
    page = FigurePage(study, picture)
    write_figure(page, path)
    page.close()


def _show(study: ShownStudy, seconds: Sequence[Shown], with_scan: bool) -> None:
    compared_volumes = study.compared_volumes
    for name, volume, _ in seconds:
        compared_volumes = compared_volumes.with_loaded(volume, name)
    scored = zip(compared_volumes.loaded, seconds, strict=True)
    loaded = tuple(replace(kept, scores=scores) for kept, (_, _, scores) in scored)
    keys = tuple(kept.key for kept in loaded)
    compared_volumes = replace(compared_volumes, loaded=loaded)
    study.keep(compared_volumes.showing(((ORIGINAL,) if with_scan else ()) + keys))
