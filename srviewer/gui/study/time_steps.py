"""The shown volume of a series in time: stepping, playing, and what is kept in memory."""

from dataclasses import replace
from threading import Event

from PySide6.QtCore import QObject, Signal

from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.study.reconstructing import RECONSTRUCT
from srviewer.gui.study.self_testing import SELF_TEST
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.study.opening import another_frame
from srviewer.study.volumes_in_time import AtTime, VolumesInTime, in_time

FRAME, PLAY, CURVE = "frame", "play in time", "curve over time"
SLOWEST, USUAL, FASTEST = 1, 5, 30  # volumes per second


class TimeSteps(QObject):
    """Makes another volume of the series the scan of the study.

    A study with a result, a reference or a test keeps its volume, and another volume opens in a tab
    of its own: what was made of one volume is never shown over another.

    Attributes:
        loop: Whether the first volume follows the last.
        rate: Volumes per second.
    """

    changed = Signal()  # it started, stopped, or has another rate or loop
    read = Signal()  # further volumes are in memory

    def __init__(self, controller: StudyController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._study = controller, controller.study
        self.loop = True
        self.rate = USUAL
        self._volumes: VolumesInTime | None = None
        self._shown = Event()  # the volume that was brought last is shown
        self._stepping = False
        self._was_playing = False
        self._study.follow(self._follow_scan, "scan")
        self._work.changed.connect(self._note_end)

    @property
    def _work(self) -> RunningJobs:
        return self._controller.work

    @property
    def volumes(self) -> VolumesInTime | None:
        """The volumes of the series of the shown scan; None for a scan that has no others."""
        state = self._study.state
        if state.origin is None or not in_time(state):
            return None
        series = state.origin.series
        if self._volumes is None or self._volumes.series is not series:
            self._volumes = VolumesInTime(series)
        return self._volumes

    @property
    def series_name(self) -> str:
        """The name of the series, for what holds all its volumes; "" for a scan without others."""
        volumes = self.volumes
        return "" if volumes is None else volumes.series.name

    @property
    def frame(self) -> int:
        """The number of the shown volume, from 0."""
        origin = self._study.state.origin
        return 0 if origin is None else origin.frame

    @property
    def playing(self) -> bool:
        """Whether the volumes are played."""
        return self._work.running(PLAY) is not None

    @property
    def keeps_work(self) -> bool:
        """Whether the study holds or awaits what was made of its volume, and so stays with it."""
        state = self._study.state
        running = any(self._work.scan_of(kind) is state.scan for kind in (RECONSTRUCT, SELF_TEST))
        made = state.compared_volumes.kept or state.reference or state.tested
        return state.scan is not None and (running or bool(made))

    def show(self, frame: int) -> None:
        """Show a volume as soon as it is read.

        Args:
            frame: Its number, from 0; limited to the series.
        """
        volumes, scan = self.volumes, self._study.scan
        if volumes is None:
            return
        self.stop()
        frame = min(max(frame, 0), volumes.series.frames - 1)
        if frame == self.frame:
            self._work.cancel(FRAME)
            return
        self._work.start(
            FRAME,
            tr("Reading volume {number}", number=frame + 1),
            volumes.read(frame),
            lambda volume: self._take(AtTime(frame, volume)),
            lambda: self._study.scan is scan,
        )

    def step(self, by: int) -> None:
        """Show a volume relative to the shown one.

        Args:
            by: Volumes to go on; negative to go back.
        """
        self.show(self.frame + by)

    def toggle(self) -> None:
        """Start, or stop at the volume that is shown."""
        volumes = self.volumes
        if self.playing or volumes is None:
            self.stop()
            return
        self._work.cancel(FRAME)
        self._shown.set()
        start = (self.frame + 1) % volumes.series.frames
        job = volumes.play(start, lambda: self.rate, lambda: self.loop, self._shown)
        task = self._work.start(
            PLAY, tr("Playing in time"), job, _nothing, lambda: True, asked=False
        )
        task.brought.connect(self._take)

    def stop(self) -> None:
        """Stop at the volume that is shown."""
        self._work.cancel(PLAY)

    def set_rate(self, volumes_per_second: int) -> None:
        """Set the rate, also while playing.

        Args:
            volumes_per_second: 1 to 30.
        """
        self.rate = volumes_per_second
        self.changed.emit()

    def set_loop(self, loop: bool) -> None:
        """Choose what follows the last volume.

        Args:
            loop: True to go on with the first volume, False to stop.
        """
        self.loop = loop
        self.changed.emit()

    def read_all(self) -> None:
        """Read the volumes that are not in memory yet, as far as they find room there."""
        volumes = self.volumes
        complete = volumes is None or len(volumes.kept) == volumes.series.frames
        if volumes is None or complete or self._work.running(CURVE) is not None:
            return
        task = self._work.start(
            CURVE,
            tr("Reading all volumes"),
            volumes.read_all(),
            _nothing,
            lambda: True,
            asked=False,
        )
        task.brought.connect(self.read)

    def stop_reading(self) -> None:
        """Read no more volumes for the curve."""
        self._work.cancel(CURVE)

    def _take(self, brought: AtTime) -> None:
        study, state = self._study, self._study.state
        after = another_frame(state, brought.volume, brought.frame, study.preferred_device)
        self._stepping = True
        try:
            if self.keeps_work:
                # A mask that is corrected belongs to one study: its voxels change in place.
                shared = tuple(each for each in after.overlays if each.correction is None)
                self._controller.studies.add(replace(after, overlays=shared))
            else:
                study.set(after)
        finally:
            self._stepping = False
            self._shown.set()
        self.read.emit()

    def _follow_scan(self) -> None:
        """Another study is shown: what was read or played belongs to the one before."""
        if self._stepping:
            return
        self.stop()
        before, now = self._volumes, self._study.state.origin
        if before is not None and (now is None or now.series is not before.series):
            self._volumes = None
            self.stop_reading()

    def _note_end(self) -> None:
        playing = self.playing
        if playing is not self._was_playing:
            self._was_playing = playing
            self.changed.emit()


def _nothing(result: object) -> None:
    """For a job whose parts are taken as they come."""
