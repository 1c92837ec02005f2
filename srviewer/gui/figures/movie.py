"""A movie of the panes over the volumes of a series in time, drawn as figures are."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srviewer.gui.figures.figure import FigurePage, png
from srviewer.gui.figures.figure_contents import copied, picture_of
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.study.time_steps import TimeSteps
from srviewer.gui.texts.translation import tr
from srviewer.io.export.movie import check_movie_name, write_movie
from srviewer.job import Job, Partial, Progress, within
from srviewer.study.opening import another_frame
from srviewer.study.volumes_in_time import AtTime, VolumesInTime

MOVIE = "movie"
WIDTH, HEIGHT, DPI = 960, 720, 96
LOOK_EVERY = 0.05  # seconds between two checks whether the movie was cancelled
SHARE = 0.9  # of the progress, for drawing


@dataclass(frozen=True, eq=False)
class Wanted:
    """An image that the window's thread is to draw: a volume, and where its PNG file goes."""

    at: AtTime
    content: Future[bytes]


class Movies(QObject):
    """Draws the scan alone, in the view and the grey levels that are shown, volume by volume."""

    saved = Signal(object)  # the path of the movie

    def __init__(self, controller: StudyController, steps: TimeSteps, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._steps = controller, steps

    def save(self, path: Path) -> None:
        """Write the movie in the background, at the rate of playing.

        Args:
            path: Its ending chooses the format.

        Raises:
            UserError: No movie can be written under this name.
        """
        check_movie_name(path)
        volumes, work = self._steps.volumes, self._controller.work
        if volumes is None:
            return
        self._steps.stop()
        draw, close = _drawing(self._controller)
        job = _movie(volumes, path, self._steps.rate, self._steps.loop)
        title = tr("Saving {name}", name=path.name)
        task = work.start(MOVIE, title, job, lambda _: self.saved.emit(path), lambda: True)
        task.brought.connect(draw)
        task.ended.connect(close)


def _drawing(controller: StudyController) -> tuple[Callable[[Wanted], None], Callable[[], None]]:
    """Draws an image of the shown study with another volume; ends that."""
    study = copied(controller.study)
    state, device = study.state, controller.study.preferred_device
    picture = replace(picture_of(study), width=WIDTH, height=HEIGHT, dpi=DPI)
    assert state.origin is not None and state.scan is not None
    study.set(another_frame(state, state.scan, state.origin.frame, device))
    page = FigurePage(study, picture)

    def draw(wanted: Wanted) -> None:
        try:
            page.show(another_frame(state, wanted.at.volume, wanted.at.frame, device))
            wanted.content.set_result(png(page))
        except Exception as error:  # it belongs to the job
            wanted.content.set_exception(error)

    return draw, page.close


def _movie(volumes: VolumesInTime, path: Path, rate: float, loop: bool) -> Job[None]:
    images: list[bytes] = []
    frames = volumes.series.frames
    yield from within(volumes.read_ahead(), 0.0, 0.0)
    for frame in range(frames):
        start, stop = SHARE * frame / frames, SHARE * (frame + 1) / frames
        volume = yield from within(volumes.read(frame), start, stop)
        wanted = Wanted(AtTime(frame, volume), Future())
        yield Partial(stop, volume.name, wanted)
        while not wait([wanted.content], LOOK_EVERY).done:
            yield Progress(stop, volume.name)
        images.append(wanted.content.result())
    yield from within(write_movie(path, images, rate, loop), SHARE, 1.0)
