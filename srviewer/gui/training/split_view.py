"""The split by subject: two lists, training and validation, between which subjects move."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.core.visible_text import visible_line
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import button, describe, label
from srviewer.gui.widgets.plain_text import list_item
from srviewer.sr.inputs.subjects import Person, merged_subjects, suggested_split

PERSON = Qt.ItemDataRole.UserRole
LINE = 24  # px
LINES = 3  # of each list, always: the buttons between the lists must not move


class SplitView(QWidget):
    """Two lists of subjects, each of whom is in exactly one of them.

    Attributes:
        train: The training set.
        validation: The validation set.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.train: tuple[Person, ...] = ()
        self.validation: tuple[Person, ...] = ()
        self._heads = (label("", "heading"), label("", "heading"))
        self.lists = (
            _list(
                tr("Training set"),
                tr("The network is trained on these subjects; double-click holds out"),
            ),
            _list(
                tr("Validation set"),
                tr("Scored during training, never trained on; double-click moves back"),
            ),
        )
        self.hold_out = _mover(tr("Hold out"), tr("Score on the chosen subjects instead"))
        self.take_back = _mover(tr("Train"), tr("Train on the chosen subjects instead"))
        self.remove = _mover(tr("Remove"), tr("Take the chosen subjects out of both lists"))
        self._lay_out()
        self.hold_out.clicked.connect(self._hold_out)
        self.take_back.clicked.connect(self._take_back)
        self.remove.clicked.connect(self._remove)
        self.lists[0].itemDoubleClicked.connect(self._hold_out)
        self.lists[1].itemDoubleClicked.connect(self._take_back)
        for list_widget in self.lists:
            list_widget.itemSelectionChanged.connect(self._enable)
        self._show()

    def add(self, people: Sequence[Person]) -> None:
        """Add subjects.

        Args:
            people: The first to be added are split as suggested; later ones go to the training
                set, unless they are held out already.
        """
        if not self.train and not self.validation:
            self.train, self.validation = suggested_split(merged_subjects(people))
        else:
            held_out = {person.key for person in self.validation}
            self.validation = merged_subjects(
                [*self.validation, *(p for p in people if p.key in held_out)]
            )
            self.train = merged_subjects(
                [*self.train, *(p for p in people if p.key not in held_out)]
            )
        self._tell()

    def clear(self) -> None:
        """Remove all subjects."""
        self.train = self.validation = ()
        self._tell()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for mover in (self.hold_out, self.take_back, self.remove):
            buttons.addWidget(mover)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._heads[0])
        layout.addWidget(self.lists[0])
        layout.addLayout(buttons)
        layout.addWidget(self._heads[1])
        layout.addWidget(self.lists[1])

    def _chosen(self, side: int) -> list[Person]:
        return [item.data(PERSON) for item in self.lists[side].selectedItems()]

    def _hold_out(self) -> None:
        moved = self._chosen(0)
        self.train = tuple(person for person in self.train if person not in moved)
        self.validation = (*self.validation, *moved)
        self._tell()

    def _take_back(self) -> None:
        moved = self._chosen(1)
        self.validation = tuple(person for person in self.validation if person not in moved)
        self.train = (*self.train, *moved)
        self._tell()

    def _remove(self) -> None:
        gone = [*self._chosen(0), *self._chosen(1)]
        self.train = tuple(person for person in self.train if person not in gone)
        self.validation = tuple(person for person in self.validation if person not in gone)
        self._tell()

    def _tell(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for title, head, list_widget, people in (
            (tr("TRAINING SET"), self._heads[0], self.lists[0], self.train),
            (tr("VALIDATION SET"), self._heads[1], self.lists[1], self.validation),
        ):
            _title(head, title, people)
            list_widget.clear()
            for person in people:
                list_widget.addItem(_item(person))
        self._enable()

    def _enable(self) -> None:
        chosen = [bool(list_widget.selectedItems()) for list_widget in self.lists]
        self.hold_out.setEnabled(chosen[0])
        self.take_back.setEnabled(chosen[1])
        self.remove.setEnabled(any(chosen))


def _list(name: str, tip: str) -> QListWidget:
    list_widget = QListWidget()
    list_widget.setProperty("density", "compact")
    list_widget.setFixedHeight(LINE * LINES + 10)
    list_widget.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    list_widget.setUniformItemSizes(True)
    list_widget.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    list_widget.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    list_widget.setAcceptDrops(False)  # files are taken by the panel
    describe(list_widget, name, tip)
    return list_widget


def _mover(text: str, tip: str) -> QPushButton:
    mover = button(text, tip)
    mover.setProperty("density", "compact")
    return mover


def _title(head: QLabel, title: str, people: Sequence[Person]) -> None:
    scans = sum(len(person.names) for person in people)
    persons = tr("1 subject") if len(people) == 1 else tr("{count} subjects", count=len(people))
    text = f"{persons}, {_scans(scans)}" if people else tr("none")
    head.setText(f"{title}: {text}")


def _scans(count: int) -> str:
    return tr("1 scan") if count == 1 else tr("{count} scans", count=count)


def _item(person: Person) -> QListWidgetItem:
    more = f"  ({_scans(len(person.names))})" if len(person.names) > 1 else ""
    tip = "\n".join([*person.names, "", *map(str, person.files[:4])])
    item = list_item(f"{visible_line(person.title)}{more}", tip)
    item.setData(PERSON, person)
    return item
