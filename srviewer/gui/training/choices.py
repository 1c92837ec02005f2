"""The main settings of a new training run: preset, size, factors, device, budget, output."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import device_entries
from srviewer.gui.widgets.form import ElidedLabel, choice, describe, form, set_entries
from srviewer.gui.widgets.plain_text import set_tip
from srviewer.nn.catalogue import PRESETS, TrainingPlan, at_published_size, training_plan
from srviewer.paths import models_dir
from srviewer.sr.models.available_models import SUFFIX, taken_names
from srviewer.unwritable import make_folder

FACTORS = {"axis": (2, 3, 4, 5, 6, 8), "image": (2, 3, 4)}
KINDS = ((mark("Scans: thick slices to thin"), "axis"), (mark("2D images: both axes"), "image"))
SIZES = (
    (mark("small, for a processor"), "small"),
    (mark("as published, for a GPU"), "published"),
)
MINUTES, STEPS = mark("minutes"), mark("steps")
FIRST = {MINUTES: 45, STEPS: 5000}  # budgets to start from
MOST = 10**9


class Choices(QWidget):
    """Controls for the main settings.

    ``started_over`` is sent for another preset, size or kind of data, ``edited`` for another
    budget, name or folder.

    Attributes:
        folder: The folder that the model is written to.
        factors: The buttons of the factors.
    """

    started_over = Signal()
    factors_changed = Signal()
    kind_changed = Signal()
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.kind = choice(tr("What to train on"), tr("Scans along one axis, or images along both"))
        set_entries(self.kind, [(tr(title), kind) for title, kind in KINDS], "axis")
        self.preset = choice(
            tr("Preset"), tr("The network and its losses, as the paper names them")
        )
        presets = [(f"{row.name}: {tr(row.title)}", row.name) for row in PRESETS if row.plan]
        set_entries(self.preset, presets, "fast")
        self.scale = choice(tr("Size"), tr("How large the networks are"))
        set_entries(self.scale, [(tr(title), size) for title, size in SIZES], "small")
        self.device = choice(tr("Device"), tr("What computes; automatic takes the fastest at hand"))
        set_entries(self.device, device_entries(), "auto")
        self.budget = QLineEdit(str(FIRST[MINUTES]))
        self.budget.setMinimumWidth(60)
        self.budget.setAcceptDrops(False)
        describe(self.budget, tr("Budget"), tr("How long to train, in minutes or steps"))
        self.unit = choice(
            tr("Unit of the budget"), tr("Wall time of the training itself, or steps")
        )
        self.unit.setMinimumContentsLength(6)
        set_entries(self.unit, [(tr(unit), unit) for unit in FIRST], MINUTES)
        self.name = QLineEdit()
        self.name.setMinimumWidth(60)
        self.name.setAcceptDrops(False)  # files are taken by the panel
        describe(self.name, tr("Name"), tr("The name of the model, by which it is chosen later"))
        self.folder = models_dir()
        self._folder_shown = ElidedLabel("muted")
        self._named = ""  # the last name that was suggested
        self._avoided: frozenset[str] = frozenset()
        self.factors: dict[int, QToolButton] = {}
        self._grid = QGridLayout()
        self._lay_out()
        self._connect()
        self._show_folder()
        self._offer_factors()
        self._suggest_name()

    @property
    def layout_id(self) -> str:
        """The plan's layout: "axis" or "image"."""
        return str(self.kind.currentData())

    @property
    def chosen_factors(self) -> tuple[int, ...]:
        """The factors whose buttons are pressed."""
        return tuple(factor for factor, toggle in self.factors.items() if toggle.isChecked())

    def plan(self) -> TrainingPlan:
        """The preset's plan in this layout, size and for these factors, without a budget."""
        plan = training_plan(self.preset.currentData()).in_layout(self.layout_id)
        if self.scale.currentData() == "published":
            plan = at_published_size(plan)
        return self.with_factors(plan)

    def with_factors(self, plan: TrainingPlan) -> TrainingPlan:
        """Set the factors of a plan.

        Args:
            plan: Any plan.

        Returns:
            The plan for the factors that are pressed; the same plan, with its own shares of the
            factors, if it has these factors already.
        """
        factors = self.chosen_factors
        return plan if factors == plan.factors else plan.with_factors(factors)

    def with_budget(self, plan: TrainingPlan) -> TrainingPlan:
        """Set the budget of a plan.

        Args:
            plan: Any plan.

        Returns:
            The plan, bounded in minutes or in steps.

        Raises:
            UserError: The budget is no number above 0, or too large.
        """
        text, unit = self.budget.text().strip(), self.unit.currentData()
        try:
            amount = float(text) if unit == MINUTES else int(text)
        except ValueError:
            amount = 0
        if not 0 < amount < MOST:
            message = mark("'{text}' {unit} is no budget. Give a number above 0.")
            raise UserError(tr(message, text=text, unit=tr(unit)))
        bounds: dict[str, Any] = {MINUTES: 0.0, STEPS: 0, unit: amount}
        return replace(plan, **bounds)

    def output(self) -> Path:
        """The model file to write; UserError when there is no name, or it is taken."""
        name = self.name.text().strip()
        if not name or Path(name).name != name:
            raise UserError(
                tr("'{name}' is no name for a model. Give one without slashes.", name=name)
            )
        output = self.folder / f"{name.removesuffix(SUFFIX)}{SUFFIX}"
        if output.exists() or output.stem in taken_names():
            raise UserError(
                tr("There is a model named '{stem}' already. Give another name.", stem=output.stem)
            )
        return output

    def make_folder(self) -> None:
        """Make the folder of the user's models where the model goes there and it is missing."""
        if not self.folder.exists() and self.folder == models_dir():
            make_folder(self.folder)

    def avoid(self, names: Iterable[str]) -> None:
        """Do not suggest these names.

        Args:
            names: Of the models of training runs.
        """
        self._avoided = frozenset(names)
        if self.name.text() in self._avoided:
            self.name.clear()
            self._suggest_name()

    def _lay_out(self) -> None:
        self._grid.setSpacing(3)
        budget = QHBoxLayout()
        budget.setSpacing(6)
        budget.addWidget(self.budget, 1)
        budget.addWidget(self.unit, 1)
        folder_row = QHBoxLayout()
        folder_row.setSpacing(4)
        choose = QToolButton()
        choose.setIcon(theme.icon("folder-open-outline"))
        describe(
            choose, tr("Choose the folder"), tr("Choose the folder that the model is written to")
        )
        choose.clicked.connect(self._choose_folder)
        folder_row.addWidget(self._folder_shown, 1)
        folder_row.addWidget(choose)
        rows = form()
        rows.addRow(tr("Preset"), self.preset)
        rows.addRow(tr("Size"), self.scale)
        rows.addRow(tr("Factors"), self._grid)
        rows.addRow(tr("Device"), self.device)
        rows.addRow(tr("Budget"), budget)
        rows.addRow(tr("Name"), self.name)
        rows.addRow(tr("Folder"), folder_row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows)

    def _connect(self) -> None:
        self.kind.activated.connect(self._change_kind)
        self.preset.activated.connect(self._start_over)
        self.scale.activated.connect(self.started_over)
        self.unit.activated.connect(self._change_unit)
        self.unit.currentIndexChanged.connect(self.edited)
        for line in (self.budget, self.name):
            line.textChanged.connect(self.edited)

    def _change_kind(self) -> None:
        self._offer_factors()
        self.kind_changed.emit()
        self.started_over.emit()

    def _start_over(self) -> None:
        self._suggest_name()
        self.started_over.emit()

    def _change_unit(self) -> None:
        self.budget.setText(str(FIRST[self.unit.currentData()]))

    def _offer_factors(self) -> None:
        for toggle in self.factors.values():
            toggle.deleteLater()
        self.factors = {}
        for column, factor in enumerate(FACTORS[self.layout_id]):
            self.factors[factor] = toggle = _factor_button(factor, self.factors_changed.emit)
            self._grid.addWidget(toggle, 0, column)

    def _suggest_name(self) -> None:
        """Suggest the preset with the first free number, unless the user has typed a name."""
        if self.name.text() not in ("", self._named):
            return
        preset = self.preset.currentData()
        taken = self._avoided | taken_names()
        number = next(n for n in range(1, 10_000) if f"{preset}-{n}" not in taken)
        self._named = f"{preset}-{number}"
        self.name.setText(self._named)

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder of the model"), str(self.folder))
        if name:
            self.folder = Path(name)
            self._show_folder()
            self.edited.emit()

    def _show_folder(self) -> None:
        ours = self.folder == models_dir()
        self._folder_shown.show_text(tr("your models") if ours else str(self.folder))
        set_tip(self._folder_shown, str(self.folder))


def _factor_button(factor: int, changed: Callable[[], None]) -> QToolButton:
    toggle = QToolButton()
    toggle.setText(f"\u00d7{factor}")
    toggle.setProperty("role", "toggle")
    toggle.setMinimumWidth(24)
    toggle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    toggle.setCheckable(True)
    toggle.setChecked(True)
    toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    describe(
        toggle,
        tr("Factor {factor}", factor=factor),
        tr("Train to make {factor} thin slices of a thick one", factor=factor),
    )
    toggle.clicked.connect(changed)
    return toggle
