"""Slots of the actions for a series in time: stepping, playing, curve, movie."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from srviewer.errors import UserError
from srviewer.gui.menus.actions import Actions
from srviewer.gui.study.export_location import ask_file, proposed
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.study.time_steps import TimeSteps
from srviewer.gui.texts.translation import mark, tr

if TYPE_CHECKING:
    from srviewer.gui.figures.movie import Movies

KINDS = {
    ".png": mark("Animated PNG (*.png)"),
    ".gif": mark("Animated GIF, 256 colours (*.gif)"),
    ".webp": mark("Animated WebP (*.webp)"),
    ".zip": mark("PNG images in a zip (*.zip)"),
}


class TimeActions(QObject):
    """Connects these actions of ``window``."""

    def __init__(
        self, window: QMainWindow, controller: StudyController, steps: TimeSteps, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._controller = window, controller
        self._steps, self._actions = steps, actions
        for name, slot in (
            ("play-time", steps.toggle),
            ("next-volume", lambda: steps.step(1)),
            ("previous-volume", lambda: steps.step(-1)),
            ("save-movie", self.choose_movie),
        ):
            actions.connect_action(name, slot)
        steps.changed.connect(self._show)

    @cached_property
    def movies(self) -> "Movies":
        """Writes the movies."""
        from srviewer.gui.figures.movie import Movies  # lazy, for a quick start

        movies = Movies(self._controller, self._steps, self)
        movies.saved.connect(self._controller.exporting.exported)
        return movies

    def choose_movie(self) -> None:
        """Ask for a name, then write the movie."""
        study, endings = self._controller.study, {tr(kind): end for end, kind in KINDS.items()}
        title = tr("Save a movie")
        proposal = proposed(study, "movie", ".png", self._steps.series_name)
        path = ask_file(study, self._window, title, proposal, endings)
        if path is None:
            return
        try:
            self.movies.save(path)
        except UserError as error:
            self._controller.failed.emit(title, error)

    def _show(self) -> None:
        self._actions["play-time"].setChecked(self._steps.playing)
