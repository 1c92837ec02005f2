"""The tools of a mask: brush, eraser, fill, and what they paint."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.intensity.window import Window
from srviewer.core.masks.brush import Brush
from srviewer.gui.appearance import theme
from srviewer.gui.state.followed_state import MASK_TOOLS, TOOL
from srviewer.gui.state.mask_tools import LEAST_MM, MOST_MM
from srviewer.gui.state.tool import Tool
from srviewer.gui.state.tool_offers import TOOL_OFFERS, ToolOffer
from srviewer.gui.study.mask_correction import MaskCorrection
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.decimal_box import DecimalBox
from srviewer.gui.widgets.form import describe, label
from srviewer.gui.widgets.intensity_box import LARGEST, IntensityBox
from srviewer.io.scans.series import Series

OFFERED = tuple(row for row in TOOL_OFFERS if row.tool.corrects or row.tool is Tool.CROSSHAIR)
STEPS = 100  # of the threshold range, across the automatic window


class MaskToolBox(QWidget):
    """Buttons of the tools, the size and shape of the brush, its threshold range, its protection.

    Attributes:
        tools: A button for each of OFFERED.
        diameter: The size of the brush in mm.
        sphere: Whether it reaches into the neighbouring slices.
        limited: Whether only a range of grey levels is painted.
        low: The lower end of that range.
        high: The upper end.
        protects: Whether other labels stay.
    """

    def __init__(self, correction: MaskCorrection) -> None:
        super().__init__()
        self._correction, self._study = correction, correction.study
        self._series: Series | None = None  # of the scan whose grey levels the range is in
        self.tools = [self._tool_button(offer) for offer in OFFERED]
        self.diameter = DecimalBox()
        self.diameter.setRange(LEAST_MM, MOST_MM)
        self.diameter.setDecimals(1)
        self.diameter.setSuffix(" mm")
        self.diameter.setKeyboardTracking(False)
        describe(
            self.diameter,
            tr("Size of the brush"),
            tr("Diameter of brush and eraser ([ smaller, ] larger, Shift and the wheel)"),
        )
        self.sphere = _switch(
            tr("Sphere"), tr("Brush and eraser reach into the neighbouring slices (3D)")
        )
        self.limited = _switch(
            tr("Only grey levels"),
            tr("Brush and fill change only voxels whose value in the shown volume is in the range"),
        )
        tip = tr(
            "An end of the threshold range, in the unit of the scan; at first that of the "
            "automatic grey levels, outside of which the brightest voxels may lie"
        )
        self.low = IntensityBox(-LARGEST, tr("Lowest value"), tip)
        self.high = IntensityBox(-LARGEST, tr("Highest value"), tip)
        self.protects = _switch(
            tr("Keep other labels"),
            tr("Paint empty voxels alone, erase the chosen label alone; else over all labels"),
        )
        self._lay_out()
        self._connect()
        self._show()
        self._show_tool()

    def _lay_out(self) -> None:
        buttons, brush, ends = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for tool in self.tools:
            buttons.addWidget(tool)
        buttons.addStretch(1)
        brush.addWidget(self.diameter, 1)
        brush.addWidget(self.sphere)
        ends.addWidget(self.low, 1)
        ends.addWidget(label("\u2013", "muted"))
        ends.addWidget(self.high, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label(tr("TOOL"), "heading"))
        layout.addLayout(buttons)
        layout.addLayout(brush)
        layout.addWidget(self.limited)
        layout.addLayout(ends)
        layout.addWidget(self.protects)

    def _connect(self) -> None:
        self.diameter.valueChanged.connect(self._set_brush)
        self.sphere.clicked.connect(self._set_brush)
        self.limited.clicked.connect(self._limit)
        self.low.valueChanged.connect(self._set_range)
        self.high.valueChanged.connect(self._set_range)
        self.protects.clicked.connect(lambda on: self._correction.set_tools(protects=on))
        self._study.follow(self._show, MASK_TOOLS)
        self._study.follow(self._show_scale, "scan")
        self._study.follow(self._show_tool, TOOL)

    def _tool_button(self, offer: ToolOffer) -> QToolButton:
        tool_button = QToolButton()
        tool_button.setIcon(theme.icon(offer.icon))
        tool_button.setIconSize(QSize(20, 20))
        tool_button.setCheckable(True)
        describe(tool_button, tr(offer.text), f"{tr(offer.tip)} ({offer.key})")
        tool_button.clicked.connect(lambda: self._choose(offer.tool))
        return tool_button

    def _choose(self, tool: Tool) -> None:
        self._study.set_tool(tool)
        self._show_tool()  # a press of the chosen one leaves it chosen

    def _show_tool(self) -> None:
        for tool_button, offer in zip(self.tools, OFFERED, strict=True):
            tool_button.setChecked(offer.tool is self._study.tool)

    def _show(self) -> None:
        tools = self._study.mask_tools
        values = [(self.diameter, tools.brush.diameter_mm)]
        if tools.within is not None:
            values += [(self.low, tools.within.low), (self.high, tools.within.high)]
        for field, value in values:
            field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(False)
        self.sphere.setChecked(tools.brush.sphere)
        self.protects.setChecked(tools.protects)
        self.limited.setChecked(tools.within is not None)
        for box in (self.low, self.high):
            box.setEnabled(tools.within is not None)

    def _show_scale(self) -> None:
        """Another scan has other grey levels: a range of the one before means nothing in it."""
        origin = self._study.state.origin
        series, self._series = self._series, None if origin is None else origin.series
        if series is not None and series is self._series:
            return  # another volume of the same series in time
        window = self._study.auto_window
        width = window.high - window.low
        for box, value in ((self.low, window.low), (self.high, window.high)):
            box.blockSignals(True)
            box.scale_to(width, 0 if width >= 200 else 2 if width >= 2 else 5, width / STEPS)
            box.setValue(value)
            box.blockSignals(False)
        self._correction.set_tools(within=None)

    def _set_brush(self) -> None:
        brush = Brush(self.diameter.value(), self.sphere.isChecked())
        self._correction.set_tools(brush=brush)

    def _limit(self, limited: bool) -> None:
        self._correction.set_tools(within=self._range() if limited else None)

    def _set_range(self) -> None:
        if self.limited.isChecked():
            self._correction.set_tools(within=self._range())

    def _range(self) -> Window:
        low, high = self.low.value(), self.high.value()
        return Window(min(low, high), max(low, high))


def _switch(text: str, tip: str) -> QCheckBox:
    switch = QCheckBox(text)
    describe(switch, text, tip)
    return switch
