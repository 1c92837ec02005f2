"""The panel that tells what is open: grid, place, history, warnings."""

from html import escape

from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from srviewer.core.volume import Volume
from srviewer.gui import theme
from srviewer.gui.form import describe
from srviewer.gui.header_box import HeaderBox
from srviewer.gui.left_out import skipped
from srviewer.gui.study import Study
from srviewer.gui.wording import OBLIQUE, counts, millimetres, orientation

MOST_FILES = 4  # a DICOM series has hundreds
MOST_PROBLEMS = 50


class InfoPanel(QWidget):
    """The facts about the original and the result, as text that can be copied."""

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._session, self._whereabouts = study.session, study.whereabouts
        self._text = QTextBrowser()
        describe(self._text, "Information", "Grid, position, history and warnings (mm, RAS+)")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.addWidget(self._text, 1)
        layout.addWidget(HeaderBox(study))
        study.session.original_changed.connect(self._show)
        study.session.result_changed.connect(self._show)
        theme.follow(self, self._show)
        self._show()

    def _show(self) -> None:
        session = self._session
        if session.original is None:
            self._text.setPlainText("No scan is open.")
            return
        parts = [_section("Original", session.original)]
        if session.result is not None:
            parts.append(_section("Result", session.result.volume))
        names = [str(path) for path in session.sources[:MOST_FILES]]
        if len(session.sources) > MOST_FILES:
            names.append(f"and {len(session.sources) - MOST_FILES} more")
        files = "".join(f"<li>{escape(name)}</li>" for name in names)
        parts.append(f"{_heading('Opened from')}<ul>{files}</ul>")
        found = self._whereabouts.found.get(session.original)
        if found is not None and (found.ignored or found.problems):
            counts_of_kinds = (skipped(found),) if found.ignored else ()
            parts.append(_list("Not opened", (*counts_of_kinds, *found.problems[:MOST_PROBLEMS])))
        self._text.setHtml("".join(parts))


def _section(title: str, volume: Volume) -> str:
    geometry = volume.geometry
    box = [n * mm for n, mm in zip(geometry.shape, geometry.spacing, strict=True)]
    rows = {
        "Name": volume.name,
        "Voxels": counts(geometry.shape),
        "Spacing": millimetres(geometry.spacing),
        "Covers": millimetres(box),
        "Axes i, j, k": orientation(geometry),
        "Oblique": f"{geometry.obliquity:.1f}\u00b0, shown along the voxel axes"
        if geometry.obliquity > OBLIQUE
        else "no",
        "Modality": volume.modality or "not given",
        "Unit": volume.unit or "not given",
        "Stored as": volume.stored_as,
        "Values": f"{volume.voxels.min():.5g} to {volume.voxels.max():.5g}",
    }
    table = "".join(
        f"<tr><td style='color:{theme.colours().muted}; padding-right:12px'>{escape(name)}</td>"
        f"<td>{escape(value)}</td></tr>"
        for name, value in rows.items()
    )
    affine = "\n".join(" ".join(f"{value:9.3f}" for value in row) for row in geometry.affine[:3])
    return (
        f"{_heading(title)}<table cellspacing='0' cellpadding='2'>{table}</table>"
        f"{_heading('Index to RAS+ mm')}<pre style='font-size:11px'>{affine}</pre>"
        f"{_list('History', volume.history)}"
        f"{_list('Warnings', tuple(warning.message for warning in volume.warnings))}"
    )


def _list(title: str, lines: tuple[str, ...]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"{_heading(title)}<ul>{items}</ul>" if lines else ""


def _heading(text: str) -> str:
    return (
        f"<p style='color:{theme.colours().accent}; margin-top:10px; margin-bottom:4px'>{text}</p>"
    )
