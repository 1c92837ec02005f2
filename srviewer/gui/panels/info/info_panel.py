"""The panel of information on the open scan: grid, position, history, warnings."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from srviewer.core.intensity.padding import measured_limits
from srviewer.core.visible_text import html_text
from srviewer.core.volumes.volume import Volume
from srviewer.gui.appearance import theme
from srviewer.gui.study.skipped_files import skipped
from srviewer.gui.study.study_controller import StudyController
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import OBLIQUE, counts, millimetres, orientation
from srviewer.gui.widgets.form import button, describe
from srviewer.gui.widgets.plain_text import TextPage

MOST_FILES = 4  # a DICOM series has hundreds
MOST_PROBLEMS = 50


class InfoPanel(QWidget):
    """Facts about the scan and the result, as text that can be copied.

    Attributes:
        header: The button that leads to the window of the header.
    """

    def __init__(self, controller: StudyController) -> None:
        super().__init__()
        self._study = controller.study
        self._text = TextPage()
        self.header = button(
            tr("Header and tags\u2026"),
            tr("What the header of the file says, in a window of its own; it may name the patient"),
        )
        describe(
            self._text, tr("Information"), tr("Grid, position, history and warnings (mm, RAS+)")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.header)
        controller.study.follow(self._show, "scan", "result")
        theme.redraw_on_theme_change(self, self._show)
        self._show()

    def _show(self) -> None:
        study = self._study
        self.header.setEnabled(study.scan is not None)
        if study.scan is None:
            self._text.setPlainText(tr("No scan is open."))
            return
        parts = [_section(tr("Scan"), study.scan)]
        if study.result is not None:
            parts.append(_section(tr("Result"), study.result.volume))
        names = [str(path) for path in study.sources[:MOST_FILES]]
        if len(study.sources) > MOST_FILES:
            names.append(tr("and {count} more", count=len(study.sources) - MOST_FILES))
        files = "".join(f"<li>{html_text(name)}</li>" for name in names)
        parts.append(_heading(tr("Opened from")) + f"<ul>{files}</ul>")
        origin = study.state.origin
        listing = None if origin is None else origin.found
        if listing is not None and (listing.ignored or listing.problems):
            counts_of_kinds = [skipped(listing)] if listing.ignored else []
            problems = (tr(problem.text) for problem in listing.problems[:MOST_PROBLEMS])
            parts.append(_list(tr("Not opened"), [*counts_of_kinds, *problems]))
        self._text.setHtml("".join(parts))


def _section(title: str, volume: Volume) -> str:
    geometry = volume.geometry
    box = [n * mm for n, mm in zip(geometry.shape, geometry.spacing, strict=True)]
    low, high = measured_limits(volume)
    rows = {
        tr("Name"): volume.name,
        tr("Voxels"): counts(geometry.shape),
        tr("Spacing"): millimetres(geometry.spacing),
        tr("Covers"): millimetres(box),
        tr("Axes i, j, k"): orientation(geometry),
        tr("Oblique"): _oblique(geometry.obliquity),
        tr("Modality"): volume.modality or tr("not given"),
        tr("Unit"): volume.unit or tr("not given"),
        tr("Stored as"): volume.stored_as,
        tr("Values"): tr("{low:.5g} to {high:.5g}", low=low, high=high),
    }
    table = "".join(
        f"<tr><td style='color:{theme.colours().muted}; padding-right:12px'>{html_text(name)}</td>"
        f"<td>{html_text(value)}</td></tr>"
        for name, value in rows.items()
    )
    affine = "\n".join(" ".join(f"{value:9.3f}" for value in row) for row in geometry.affine[:3])
    warnings = [tr(warning.message) for warning in volume.warnings]
    parts = (
        f"{_heading(title)}<table cellspacing='0' cellpadding='2'>{table}</table>",
        _heading(tr("Index to RAS+ mm")) + f"<pre style='font-size:11px'>{affine}</pre>",
        _list(tr("History"), [tr(line) for line in volume.history]),
        _list(tr("Warnings"), warnings),
    )
    return "".join(parts)


def _oblique(degrees: float) -> str:
    if degrees <= OBLIQUE:
        return tr("no")
    return tr("{degrees:.1f}\u00b0, shown along the voxel axes", degrees=degrees)


def _list(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{html_text(line)}</li>" for line in lines)
    return f"{_heading(title)}<ul>{items}</ul>" if lines else ""


def _heading(text: str) -> str:
    return (
        f"<p style='color:{theme.colours().accent}; margin-top:10px; margin-bottom:4px'>{text}</p>"
    )
