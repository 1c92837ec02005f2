"""The histogram of the scan with the two limits of the grey-level window, which can be dragged."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from srviewer.core.intensity.histogram import Histogram, histogram
from srviewer.core.intensity.window import Window
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance import theme
from srviewer.gui.state.looked_at import LookedAt
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe

KIND = "histogram"
HEIGHT = 96  # px
REACH = 9.0  # px around a limit within which it is grabbed
KEY_STEP = 0.02  # of the window's width


@dataclass(frozen=True)
class PixelScale:
    """A linear map from values to pixels of the widget.

    Attributes:
        low: The value at 0, in the unit of the scan.
        high: The value at ``width``.
        width: In pixels.
    """

    low: float
    high: float
    width: float

    def x(self, value: float) -> float:
        """The position of a value.

        Args:
            value: In the unit of the scan.

        Returns:
            Pixels from the left.
        """
        return (value - self.low) / (self.high - self.low) * self.width

    def value(self, x: float) -> float:
        """The value at a position.

        Args:
            x: Pixels from the left.

        Returns:
            In the unit of the scan.
        """
        return self.low + x / max(1.0, self.width) * (self.high - self.low)


class HistogramView(QWidget):
    """Shows the histogram; its limits follow and set the grey levels of the study looked at.

    The voxels of each scan are counted once, in the background.
    """

    def __init__(self, controller: StudyController, looked_at: LookedAt) -> None:
        super().__init__()
        self._controller, self._looked_at = controller, looked_at
        self._counted = WeakKeyDictionary[Volume, Histogram]()  # of every open scan
        self._grabbed = ""
        self._last = 0.0
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        describe(
            self,
            tr("Histogram"),
            tr(
                "How often each grey value occurs (upright: logarithm). Drag a limit, or what lies "
                "between both; arrow keys move the level, with Shift the width"
            ),
        )
        looked_at.follow(self._count, "scan", "view")
        self._count()

    @property
    def _study(self) -> ShownStudy:
        return self._looked_at.target

    @property
    def histogram(self) -> Histogram | None:
        """The histogram of the scan that is shown; None while it is counted."""
        scan = self._study.scan
        return None if scan is None else self._counted.get(scan)

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(260, HEIGHT)

    def scale(self) -> PixelScale:
        """The present scale: every frequent value, and the grey-level window with some room."""
        window = self._study.view.window
        low, high = window.low, window.high
        if self.histogram is not None:
            low, high = min(low, self.histogram.low), max(high, self._last_frequent())
        room = 0.03 * (high - low)
        return PixelScale(low - room, high + room, float(self.width()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Called by Qt."""
        if self._study.scan is None or event.button() != Qt.MouseButton.LeftButton:
            return
        scale, window, x = self.scale(), self._study.view.window, event.position().x()
        ends = {"low": scale.x(window.low), "high": scale.x(window.high)}
        nearest = min(ends, key=lambda end: abs(ends[end] - x))
        inside = ends["low"] < x < ends["high"]
        near = abs(ends[nearest] - x) <= REACH
        self._grabbed = nearest if near or not inside else "both"
        self._last = x
        self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Called by Qt."""
        if self._grabbed:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Called by Qt."""
        self._grabbed = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        step = steps.get(Qt.Key(event.key()), 0)
        window = self._study.view.window
        shift = step * KEY_STEP * window.width
        if step == 0 or self._study.scan is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._study.set_window(Window.of_level(window.level, window.width + shift))
        else:
            self._study.set_window(Window.of_level(window.level + shift, window.width))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        painter.fillRect(self.rect(), QColor(colours.base))
        if self._study.scan is None:
            return
        scale, window = self.scale(), self._study.view.window
        if self.histogram is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.disabled))
            painter.drawPolygon(self._curve(self.histogram, scale))
        low, high = scale.x(window.low), scale.x(window.high)
        shade = QColor(colours.accent)
        shade.setAlpha(46)
        painter.fillRect(QRectF(low, 0, high - low, HEIGHT), shade)
        painter.setPen(QPen(QColor(colours.accent), 2))
        for x in (low, high):
            painter.drawLine(QPointF(x, 0), QPointF(x, HEIGHT))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _drag(self, x: float) -> None:
        scale, window = self.scale(), self._study.view.window
        least = 1e-3 * (scale.high - scale.low)
        if self._grabbed == "both":
            shift = scale.value(x) - scale.value(self._last)
            wanted = Window.of_level(window.level + shift, window.width)
        elif self._grabbed == "low":
            wanted = Window(min(scale.value(x), window.high - least), window.high)
        else:
            wanted = Window(window.low, max(scale.value(x), window.low + least))
        self._last = x
        self._study.set_window(wanted)

    def _count(self) -> None:
        scan = self._study.scan
        self.update()
        if scan is None or scan in self._counted:
            return

        def keep(counted: Histogram) -> None:
            self._counted[scan] = counted
            self.update()

        self._controller.work.start(
            KIND,
            tr("Counting grey values"),
            histogram(scan),
            keep,
            lambda: self._study.scan is scan,
            asked=False,
        )

    def _last_frequent(self) -> float:
        """The 99.98 % quantile: one bright voxel must not squeeze the rest."""
        assert self.histogram is not None
        share = np.cumsum(self.histogram.counts) / self.histogram.counts.sum()
        last = int(np.searchsorted(share, 0.9998)) + 1
        step = (self.histogram.high - self.histogram.low) / len(share)
        return self.histogram.low + last * step

    def _curve(self, counted: Histogram, scale: PixelScale) -> QPolygonF:
        """The logarithm of the counts: air would hide everything else."""
        heights = np.log1p(counted.counts) / np.log1p(counted.counts.max())
        step = (counted.high - counted.low) / len(heights)
        points = [QPointF(scale.x(counted.low), HEIGHT)]
        for number, height in enumerate(heights):
            x = scale.x(counted.low + (number + 0.5) * step)
            points.append(QPointF(x, HEIGHT - float(height) * (HEIGHT - 6)))
        points.append(QPointF(scale.x(counted.high), HEIGHT))
        return QPolygonF(points)
