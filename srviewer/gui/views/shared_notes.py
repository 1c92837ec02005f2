"""Notes that hold for all panes, in one line above them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from srviewer.core.comparison.philips_scale import philips_note
from srviewer.core.slices.thick_slab import ThickSlab
from srviewer.core.visible_text import visible
from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.appearance import theme
from srviewer.gui.texts.offered import Comparable
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import (
    NO_REFERENCE,
    NOT_SCORED,
    OBLIQUE,
    agrees,
    millimetres,
    result_agreement,
)
from srviewer.gui.views.drawing.text_drawing import TEXT_HEIGHT, Line, fitting, font, metrics
from srviewer.gui.views.pane_texts import rotation_note
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.result import agreement_of
from srviewer.study.state.compared_volumes import ORIGINAL, REFERENCE
from srviewer.study.state.rotation_of_study import is_rotated
from srviewer.study.state.study_state import StudyState

HEIGHT, MARGIN = 20, 9  # px
BETWEEN = 22  # px from one note to the next
SLAB_NOT_SCORED = mark("thick slab: not scored, since scores are of single slices")
ROTATED_NOT_SCORED = mark("not scored, since scores are of plain slices")
SAME_THICKNESS = 0.02  # of the distance of slices: a header is rounded
ON_ITS_WAY = mark("being reconstructed: what is shown is not the result yet")


def shared_notes(
    shown: Sequence[Comparable], referenced: bool, on_its_way: bool
) -> tuple[Line, ...]:
    """Notes on the volumes that are shown, each once; with names where it is not of all.

    Args:
        shown: The volumes, A first.
        referenced: Whether the study has a reference; without it there are no scores.
        on_its_way: Whether slices of a result that is being computed are shown.

    Returns:
        The notes, the most important first.
    """
    volumes = [entry for entry in shown if entry.volume is not None]
    judged = [entry for entry in volumes if entry.key not in (ORIGINAL, REFERENCE)]
    notes = [Line(tr(ON_ITS_WAY), theme.WARNING)] if on_its_way else []
    notes += _scales(volumes)
    notes += _once(judged, lambda entry: _meaning(entry, referenced))
    notes += _once(judged, _disagreement)
    return tuple(notes)


def oblique_notes(shown: Sequence[Comparable]) -> tuple[Line, ...]:
    """Notes on volumes that are shown along their voxel axes.

    Args:
        shown: The volumes, A first.

    Returns:
        The angle between slices and the patient's axes, where there is one.
    """
    volumes = [entry for entry in shown if entry.volume is not None]
    return tuple(_once(volumes, _oblique))


def slab_notes(
    shown: Sequence[Comparable], slab: ThickSlab, scan: ScanHeader | None
) -> tuple[Line, ...]:
    """Notes on volumes whose panes show a thick slab.

    Args:
        shown: The volumes, A first.
        slab: Of the view.
        scan: The open scan.

    Returns:
        That scores are off, where there are some; for a slab on the slices of the scan, that
        these are not as thick as they are far apart, so that their means are not what was measured.
    """
    if not slab.shown or scan is None:
        return ()
    scored = any(entry.scores is not None for entry in shown)
    notes = [tr(SLAB_NOT_SCORED)] if scored else []
    distance, thickness = slab.thickness(scan.geometry), scan.slice_thickness
    if slab.mm is None and thickness and abs(thickness / distance - 1) > SAME_THICKNESS:
        lengths = {"thick": millimetres([thickness]), "apart": millimetres([distance])}
        text = "slices are {thick} thick and {apart} apart: their mean is not what was measured"
        notes.append(tr(text, **lengths))
    return tuple(Line(note, theme.WARNING) for note in notes)


def rotation_notes(shown: Sequence[Comparable], state: StudyState) -> tuple[Line, ...]:
    """Notes on volumes that are shown on rotated planes.

    Args:
        shown: The volumes, A first.
        state: The study.

    Returns:
        The angles, and that scores are off, where there are some; empty for plain planes.
    """
    if not is_rotated(state):
        return ()
    text = rotation_note(state)
    if any(entry.scores is not None for entry in shown):
        text = f"{text}: {tr(ROTATED_NOT_SCORED)}"
    return (Line(text, theme.WARNING),)


def notes_on_planes(
    current: Sequence[Line], names: tuple[str, str], second: StudyState
) -> tuple[Line, ...]:
    """Notes on the planes of two studies that are shown beside each other.

    Args:
        current: Those on the planes of the current study.
        names: Of both studies.
        second: The second study.

    Returns:
        By how much the planes of each are rotated or oblique; with names, unless both are alike.
    """
    assert second.scan is not None
    turned = [Line(rotation_note(second), theme.WARNING)] if is_rotated(second) else []
    beside = tuple(turned or filter(None, [_obliquity(second.scan)]))
    if tuple(current) == beside:
        return beside
    return tuple(
        replace(note, text=tr("{names}: {note}", names=name, note=note.text))
        for name, notes in zip(names, (current, beside), strict=True)
        for note in notes
    )


def _scales(volumes: Sequence[Comparable]) -> list[Line]:
    """Warnings of volumes whose values have another scale than those of the first."""
    shown = [entry.volume for entry in volumes if entry.volume is not None]
    notes = (philips_note(shown[0], volume) for volume in shown[1:])
    return [Line(tr(note), theme.WARNING) for note in dict.fromkeys(notes) if note]


def _once(
    entries: Sequence[Comparable], note_of: Callable[[Comparable], Line | None]
) -> list[Line]:
    """The notes of some volumes without repeats."""
    names: dict[Line, list[str]] = {}
    for entry in entries:
        note = note_of(entry)
        if note is not None:
            names.setdefault(note, []).append(entry.name)
    return [
        note
        if len(named) == len(entries)
        else replace(note, text=tr("{names}: {note}", names=", ".join(named), note=note.text))
        for note, named in names.items()
    ]


def _meaning(entry: Comparable, referenced: bool) -> Line | None:
    """What scores of a volume are measured against, or why there are none."""
    if entry.scores is not None:
        meaning = tr(entry.scores.candidate.meaning)
        return Line(tr("against {meaning}", meaning=meaning), theme.MUTED)
    if referenced:
        return None
    return Line(tr(NOT_SCORED if entry.made is None else NO_REFERENCE), theme.MUTED)


def _disagreement(entry: Comparable) -> Line | None:
    """What of the scan a result does not reproduce."""
    made = entry.made
    if made is None or entry.scores is not None:
        return None
    consistency = agreement_of(made)
    if consistency is None:
        return None
    noise = None if isinstance(made, Joined) else made.noise_removed
    if agrees(consistency, noise):
        return None
    return Line(result_agreement(made), theme.WARNING)


def _oblique(entry: Comparable) -> Line | None:
    assert entry.volume is not None
    return _obliquity(entry.volume)


def _obliquity(volume: ScanHeader) -> Line | None:
    """The angle between the slices and the patient's axes, where there is one."""
    degrees = volume.geometry.obliquity
    if degrees <= OBLIQUE:
        return None
    note = tr("oblique {degrees:.1f}\u00b0, along the voxel axes", degrees=degrees)
    return Line(note, theme.WARNING)


class SharedNotes(QWidget):
    """The line of notes above the panes; hidden while there are none.

    Attributes:
        notes: As ``shared_notes`` gives them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.notes: tuple[Line, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_notes(self, notes: tuple[Line, ...]) -> None:
        """Show notes.

        Args:
            notes: Replace those of the last call.
        """
        if notes == self.notes:
            return
        self.notes = notes
        text = "\n".join(note.text for note in notes)
        set_tip(self, text)
        self.setAccessibleName(visible(text))
        self.setVisible(bool(notes))
        self.update()

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(0, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        paint_notes(painter, QRectF(self.rect()), self.notes)
        painter.end()


def paint_notes(painter: QPainter, area: QRectF, notes: Sequence[Line]) -> None:
    """Draw notes beside each other; where there is no room for all, the last ones are cut.

    Args:
        painter: Of the line, or of a figure.
        area: In pixels.
        notes: The most important first.
    """
    painter.fillRect(area, QColor(theme.IMAGE))
    left, right = area.left() + MARGIN, area.right() - MARGIN
    for note in notes:
        text, width = fitting(note.text, note.bold, right - left)
        height = metrics(TEXT_HEIGHT, note.bold).height()
        box = QRectF(left, area.center().y() - height / 2, width + 1, height)
        painter.setFont(font(TEXT_HEIGHT, note.bold))
        painter.setPen(QColor(note.colour))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        left = box.right() + BETWEEN
        if left >= right:
            return
