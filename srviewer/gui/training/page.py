"""The page beside the panel of training: curves of the runs, preview and card of the chosen run."""

from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from srviewer.errors import UserError
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.training.curves import ALL_TERMS, ALONG, TOTAL, Curves, terms_of
from srviewer.gui.training.preview import PreviewView
from srviewer.gui.training.run_list import RunList, state_line
from srviewer.gui.training.runs import State, TrainingRun, TrainingRuns
from srviewer.gui.widgets.form import ElidedLabel, choice, describe, label, set_entries
from srviewer.gui.widgets.plain_text import MarkupLabel, TextPage
from srviewer.nn.models.model_file import load_model
from srviewer.sr.models.available_models import model_card
from srviewer.sr.models.model_card import card_markdown

INVITATION = mark(
    "<h3>Train a network on your own scans</h3>"
    "<p>Add thin, nearly isotropic volumes in the panel on the right, or drop them there. "
    "Choose a preset and a time, and press <b>Start training</b>.</p>"
    "<p>Curves, a preview and the card of the finished network appear here.</p>"
)
DRAW_EVERY = 0.5  # seconds
LOSS_SHARE, SCORE_SHARE = 4, 3  # of the width: the plot of the loss, and of each metric
NO_CARD = mark("The card appears with the first checkpoint: minutes into the run, or at its stop.")


class TrainingPage(QWidget):
    """Shows the run that is chosen in the list, and the curves of all that are ticked there."""

    def __init__(self, runs: TrainingRuns, run_list: RunList) -> None:
        super().__init__()
        self._runs, self._run_list = runs, run_list
        self._name = ElidedLabel("value")
        self.facts = label("", "muted")
        self.facts.setWordWrap(False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        describe(self._bar, tr("Progress of the run"), tr("Share of the run that is done"))
        self._along = choice(tr("Plotted against"), tr("What lies along the plots"))
        set_entries(self._along, [(tr(along.title), along) for along in ALONG], ALONG[0])
        self._term = choice(
            tr("Loss"), tr("Every term of the chosen run, or one term of all ticked runs")
        )
        self.curves = Curves()
        self.preview = PreviewView()
        self.card = TextPage()
        describe(
            self.card,
            tr("Model card"),
            tr("Settings, training data and scores of the model"),
        )
        self._invitation = MarkupLabel()
        self._invitation.setText(tr(INVITATION))
        self._invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drawn = 0.0  # when it was drawn last, by the clock of ``monotonic``
        self._card_of: tuple[TrainingRun, object] | None = None
        self._lay_out()
        self._along.activated.connect(self._plot)
        self._term.activated.connect(self._plot)
        run_list.chosen_changed.connect(self._show)
        runs.reported.connect(self._show_report)
        runs.changed.connect(self._show)
        theme.redraw_on_theme_change(self, self._show)
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._name, 1)
        head.addWidget(self.facts)
        for title, box, width in ((tr("Loss"), self._term, 130), (tr("Along"), self._along, 100)):
            box.setFixedWidth(width)
            head.addWidget(label(title, "muted"))
            head.addWidget(box)
        plots = QWidget()
        grid = QGridLayout(plots)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(10)
        grid.addWidget(self.curves.loss, 0, 0)
        grid.setColumnStretch(0, LOSS_SHARE)
        for column, plot in enumerate(self.curves.scores.values(), start=1):
            grid.addWidget(plot, 0, column)
            grid.setColumnStretch(column, SCORE_SHARE)
        grid.addWidget(self.curves.nobody, 0, 1, 1, len(self.curves.scores))
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.addTab(self.preview, tr("Preview"))
        self.pages.addTab(self.card, tr("Card"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(plots)
        split.addWidget(self.pages)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(16, 12, 16, 12)
        body.setSpacing(8)
        body.addLayout(head)
        body.addWidget(self._bar)
        body.addWidget(split, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._invitation)
        layout.addWidget(self._body)

    def showEvent(self, event: QShowEvent) -> None:
        """Called by Qt: draw the reports that came while the page was hidden."""
        self._show()
        super().showEvent(event)

    def _show(self) -> None:
        self._drawn = monotonic()
        run = self._run_list.chosen
        self._invitation.setVisible(run is None)
        self._body.setVisible(run is not None)
        if run is None:
            return
        term = self._term.currentData() or ALL_TERMS
        terms = [ALL_TERMS, TOTAL, *terms_of(run)]
        if [self._term.itemData(n) for n in range(self._term.count())] != terms:
            set_entries(self._term, [(tr(name), name) for name in terms], term)
        self._head(run)
        self._plot()
        self.preview.show_preview(run.preview, bool(run.job.validation))
        self._show_card(run)

    def _show_report(self, run: TrainingRun) -> None:
        """Draw a report, but not more often than of use: drawing takes time from the training."""
        if self.isVisible() and monotonic() - self._drawn >= DRAW_EVERY:
            self._show()

    def _head(self, run: TrainingRun) -> None:
        self._name.show_text(f"{run.name}: {tr(run.problem) or state_line(run)}")
        self.facts.setText(facts(run))
        fraction = run.fraction if run.entries else run.progress.fraction
        self._bar.setValue(1000 if run.state is State.FINISHED else round(1000 * fraction))

    def _plot(self) -> None:
        chosen = self._run_list.chosen
        shown = [run for run in self._runs.all if run.shown or run is chosen]
        along = self._along.currentData()
        self.curves.show_runs(shown, chosen, along, self._term.currentData() or ALL_TERMS)

    def _show_card(self, run: TrainingRun) -> None:
        """Read the card again only when the model file has changed."""
        stamp = run.job.output.stat().st_mtime_ns if run.model_exists else None
        if self._card_of == (run, stamp):
            return
        self._card_of = (run, stamp)
        if stamp is None:
            self.card.setPlainText(tr(NO_CARD))
            return
        try:
            self.card.show_markdown(
                card_markdown(model_card(load_model(run.job.output), run.job.output))
            )
        except UserError as error:
            self.card.setPlainText(tr(str(error)))


def facts(run: TrainingRun) -> str:
    """Steps, steps per second and minutes of a training run.

    Args:
        run: Its last report is used.

    Returns:
        One line; empty before the first report.
    """
    if not run.entries:
        return ""
    last = run.entries[-1]
    return tr(
        "step {step:,}   {pace:.3g} steps/s   {minutes:.1f} min",
        step=last["step"],
        pace=last["steps_per_second"],
        minutes=last["seconds"] / 60,
    )
