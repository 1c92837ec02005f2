"""The settings of a new training run: subjects, main settings, all fields of the plan, start."""

from collections.abc import Sequence
from contextlib import suppress
from functools import reduce
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.jobs.running_jobs import RunningJobs
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.training.choices import Choices
from srviewer.gui.training.plan_form import PlanForm
from srviewer.gui.training.runs import TrainingRuns
from srviewer.gui.training.split_view import SplitView
from srviewer.gui.widgets.form import button, describe, label
from srviewer.gui.widgets.notice import Notice
from srviewer.io.formats import open_filter
from srviewer.io.scans.series import Counts, added
from srviewer.nn.catalogue import TrainingPlan
from srviewer.sr.inputs.subjects import PeopleFound, Person, check_split, people_found
from srviewer.sr.training.run import TrainingJob

PEOPLE = "people"
IMAGES_FILTER = mark("Images (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff);;All files (*)")
NOBODY_HELD_OUT = mark(
    "No subject is held out, so no score will show whether the network is better than cubic "
    "interpolation. Add more subjects, or hold one out."
)


class Setup(QWidget):
    """Controls for a new training run.

    ``start_wanted`` sends the TrainingJob that the controls describe.

    Attributes:
        foot: The button that starts, and why it cannot; not in the layout of the controls.
        form: All fields of the plan; None until they are unfolded.
    """

    start_wanted = Signal(object)
    refused = Signal(object)  # UserError

    def __init__(self, work: RunningJobs, runs: TrainingRuns) -> None:
        super().__init__()
        self._work, self._runs = work, runs
        self._pending: tuple[Path, ...] = ()
        self._left_out: dict[tuple[Path, ...], Counts] = {}  # of the paths of each search
        self.choices = Choices()
        self.split = SplitView()
        self.note = Notice("note", tr("Notes on this run"))
        self.add_files = button(
            tr("Add files\u2026"), tr("Thin, nearly isotropic volumes to train on")
        )
        self.add_folder = button(
            tr("Add folder\u2026"), tr("Every volume in a folder and below it")
        )
        self.start = button(tr("Start training"), tr("Train a network with these settings"))
        self.start.setProperty("primary", "true")
        self.start.setIcon(theme.icon_on_accent("play"))
        self.reason = label("", "muted")
        self.foot = QWidget()
        self._resting = QTimer(self)  # after a start: a double click starts one run, not two
        self._resting.setSingleShot(True)
        self._unfold = QToolButton()
        self._unfold.setText(tr("All settings of the plan"))
        self._unfold.setCheckable(True)
        self._unfold.setProperty("role", "fold")
        self._unfold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._unfold.setIcon(theme.icon("chevron-right"))
        describe(
            self._unfold,
            tr("All settings of the plan"),
            tr("Show every field of the training plan"),
        )
        self.form: PlanForm | None = None  # made when it is first unfolded
        self._lay_out()
        self._connect()
        self._show_notes()
        self._show_reason()

    def add(self, paths: Sequence[Path]) -> None:
        """Find the subjects in files and folders, and add them.

        Args:
            paths: Folders are searched with those below them.
        """
        self._pending = (*self._pending, *paths)
        job = people_found(self._pending, self.choices.layout_id)
        self._work.start(PEOPLE, tr("Looking at scans"), job, self._found, lambda: True)

    def unfold(self) -> PlanForm:
        """Show every field of the plan."""
        self._unfold.setChecked(True)
        assert self.form is not None
        return self.form

    def job(self) -> TrainingJob:
        """The training job as set; UserError when it cannot be trained."""
        train, validation = self.split.train, self.split.validation
        if not train:
            raise UserError(
                tr("There is no subject to train on. Add thin volumes, or drop them here.")
            )
        check_split(train, validation)
        plan = self.choices.with_factors(self._plan())
        output = self.choices.output()
        self._runs.check_free(output)
        return TrainingJob(
            paths=_files(train),
            validation=_files(validation),
            plan=self.choices.with_budget(plan),
            output=output,
            device=self.choices.device.currentData(),
        )

    def _lay_out(self) -> None:
        adding = QHBoxLayout()
        adding.setSpacing(6)
        adding.addWidget(self.add_files)
        adding.addWidget(self.add_folder)
        self._fold = QVBoxLayout()
        self._fold.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(label(tr("NEW RUN"), "heading"))
        layout.addWidget(self.choices.kind)
        layout.addWidget(label(tr("Add thin volumes, or drop files and folders here."), "muted"))
        layout.addLayout(adding)
        layout.addWidget(self.split)
        layout.addWidget(self.choices)
        layout.addWidget(self._unfold)
        layout.addLayout(self._fold)
        layout.addWidget(self.note)  # below the controls, so that none moves under the mouse
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(14, 10, 14, 14)
        foot.addWidget(self.reason)
        foot.addWidget(self.start)

    def _connect(self) -> None:
        self.add_files.clicked.connect(self._choose_files)
        self.add_folder.clicked.connect(self._choose_folder)
        self.split.changed.connect(self._show_notes)
        for changed in (self.split.changed, self.choices.edited, self._resting.timeout):
            changed.connect(self._show_reason)
        self._runs.changed.connect(self._show_reason)
        self.choices.kind_changed.connect(self._clear)
        self.choices.started_over.connect(self._show_preset)
        self.choices.factors_changed.connect(self._change_factors)
        self._unfold.toggled.connect(self._show_fold)
        self.start.clicked.connect(self._start)
        self._work.changed.connect(self._show_work)

    def _plan(self) -> TrainingPlan:
        return self.choices.plan() if self.form is None else self.form.plan()

    def _show_preset(self) -> None:
        form = self.form
        if form is not None:
            with suppress(UserError):  # ``reason`` says it
                form.show_plan(self.choices.plan())
        self._show_reason()

    def _change_factors(self) -> None:
        form = self.form
        if form is not None:
            with suppress(UserError):
                form.show_plan(self.choices.with_factors(form.plan()))
        self._show_reason()

    def _show_fold(self, shown: bool) -> None:
        self._unfold.setIcon(theme.icon("chevron-down" if shown else "chevron-right"))
        if self.form is None:
            self.form = PlanForm()
            self.form.edited.connect(self._show_reason)
            self._fold.addWidget(self.form)
            self._show_preset()
        self.form.setVisible(shown)

    def _found(self, listing: PeopleFound) -> None:
        self._left_out[self._pending] = listing.left_out
        self._pending = ()
        self.split.add(listing.people)

    def _clear(self) -> None:
        self._left_out = {}
        self.split.clear()

    def _show_work(self) -> None:
        looking = self._work.running(PEOPLE) is not None
        if not looking:
            self._pending = ()
        for control in (self.add_files, self.add_folder, self.choices.kind):
            control.setEnabled(not looking)

    def _show_notes(self) -> None:
        train, validation = self.split.train, self.split.validation
        notes = []
        if train and not validation:
            notes.append(NOBODY_HELD_OUT)
        thick = [
            f"{name} ({mm:.1f} mm)" for person in (*train, *validation) for name, mm in person.thick
        ]
        if thick:
            named = ", ".join(thick[:3]) + (", \u2026" if len(thick) > 3 else "")
            message = tr(
                "Thick slices cannot teach what thin ones look like: {named}.", named=named
            )
            notes.append(message)
        no_counts: Counts = ()
        left_out = reduce(added, self._left_out.values(), no_counts)
        if left_out:
            counts = ", ".join(f"{count} {tr(reason)}" for reason, count in left_out)
            notes.append(tr("Left out: {counts}.", counts=counts))
        self.note.show_text(tuple(notes))

    def _choose_files(self) -> None:
        image = self.choices.layout_id == "image"
        kinds = tr(IMAGES_FILTER if image else open_filter())
        names, _ = QFileDialog.getOpenFileNames(self, tr("Train on"), "", kinds)
        if names:
            self.add([Path(name) for name in names])

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Train on"))
        if name:
            self.add([Path(name)])

    def _show_reason(self) -> None:
        """Let the button be pressed only where the run can start, and say why it cannot."""
        try:
            self.job()
        except UserError as error:
            reason = tr(str(error))
        else:
            reason = ""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.start.setEnabled(not reason and not self._resting.isActive())

    def _start(self) -> None:
        try:
            job = self.job()  # files may have changed since ``reason`` was shown
            self.choices.make_folder()
        except UserError as error:
            self.refused.emit(error)
            return
        self._resting.start(QApplication.doubleClickInterval())
        self.start_wanted.emit(job)


def _files(people: Sequence[Person]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(file for person in people for file in person.files))
