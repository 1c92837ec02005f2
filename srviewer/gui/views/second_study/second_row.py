"""The panes of the second study, which names itself in each of them."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from srviewer.gui.appearance import theme
from srviewer.gui.state.linked_views import both_shown, crosshairs_apart_mm, link_of
from srviewer.gui.state.shown_pair import ShownPair
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.offered import Comparable, compared
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.drawing.text_drawing import Line
from srviewer.gui.views.ortho_view import Arrangement, OrthoView, Scales
from srviewer.study.state.study_state import StudyState


class SecondRow(QObject):
    """Three panes of the second study; of its volumes A alone, without scores.

    Attributes:
        row: The panes.
        pair: What is known of both studies.
    """

    renamed = Signal()  # the names of both studies may read otherwise
    replaned = Signal()  # its planes are rotated otherwise

    def __init__(self, study: ShownStudy, second: ShownStudy, parent: QWidget) -> None:
        super().__init__(parent)
        self._study, self._second = study, second
        self._drawn: tuple[object, ...] = ()
        self._rotation = second.view.rotation
        self.pair = ShownPair(study)
        self.row = OrthoView(second)
        self.row.setParent(parent)
        self.row.hide()
        second.follow(self.refresh, "scan", "compared_volumes", "view")
        study.follow(self.refresh, "second_study", "comparing", "view")
        second.follow(self._rename, "scan")
        second.follow(self._note_rotation, "view")

    def arrange(self, arrangement: Arrangement, scales: Scales) -> None:
        """Lay the panes out beside those of the current study.

        Args:
            arrangement: As theirs.
            scales: Theirs, which the second study shares while both are linked.
        """
        self.row.arrange(arrangement, scales if link_of(self._study).linked else Scales())

    def title_of_current(self, entry: Comparable, colour: str) -> Line:
        """The name of the current study and of its volume, for its panes.

        Args:
            entry: The volume that they show.
            colour: Of the line.

        Returns:
            Such as "knee, scan"; in a narrow pane the second part is below.
        """
        name, brief = self.pair.names[0], self.pair.brief_names[0]
        return _title(name, brief, entry, colour)

    def refresh(self) -> None:
        """Draw the volume of the second study, where it is shown."""
        shown = both_shown(self._study)
        entry = compared(self._second.state)[0] if shown else None
        volume = None if entry is None else entry.volume
        role = Line("") if entry is None else self._role(entry)
        hint = "" if entry is None else entry.hint
        if self._second.scan is None:
            hint = tr("No second study.\nDrag a series here, or choose one above.")
        drawn = (volume, role, hint)
        if drawn != self._drawn:
            self._drawn = drawn
            self.row.show_volume(volume, role, hint)

    def _role(self, entry: Comparable) -> Line:
        name, brief = self.pair.names[1], self.pair.brief_names[1]
        two = self.pair.two
        if two is not None and two.person == "another":
            words = tr("ANOTHER PERSON, {name}", name=f"{name}, {entry.name}")
            return Line(words, theme.WARNING, bold=True, shorter=(tr("2 PEOPLE"),))
        apart = crosshairs_apart_mm(self._study)
        if apart:
            shown = f"{name}, {entry.name}"
            words = tr("{name}, {mm:.1f} mm from the crosshair", name=shown, mm=apart)
            distance = tr("{mm:.1f} mm from the crosshair", mm=apart)
            return Line(words, theme.WARNING, bold=True, shorter=(distance, f"{apart:.1f} mm"))
        return _title(name, brief, entry, theme.ACCENT)

    @property
    def state(self) -> StudyState:
        """The second study."""
        return self._second.state

    def _note_rotation(self) -> None:
        if self._second.view.rotation != self._rotation:
            self._rotation = self._second.view.rotation
            self.replaned.emit()

    def _rename(self) -> None:
        self.renamed.emit()


def _title(name: str, brief: str, entry: Comparable, colour: str) -> Line:
    """The name of a study and of its volume; where there is no room, the brief name alone."""
    shorter = () if brief == name else (brief,)
    return Line(f"{name}, {entry.name}", colour, bold=True, shorter=shorter)
