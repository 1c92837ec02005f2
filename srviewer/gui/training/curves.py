"""Live curves of losses and scores of training runs, with the baseline as a dashed line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from srviewer.core.scores.metrics import comparable_metrics
from srviewer.core.visible_text import html_text
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.training.colours import run_colour
from srviewer.gui.training.runs import Entry, TrainingRun
from srviewer.gui.widgets.form import describe, dress, label
from srviewer.gui.widgets.plain_text import MarkupLabel

Values = tuple[list[float], list[float]]  # along the plot, up the plot
ALL_TERMS = mark("every term")
TOTAL = mark("total")
NOBODY_HELD_OUT = mark(
    "No subject is held out, so there are no scores and no preview. To see whether the network is "
    "better than cubic interpolation, hold a subject out before you start a run."
)


@dataclass(frozen=True)
class Along:
    """A quantity on the horizontal axis of the plots.

    Attributes:
        id: Its word.
        title: Of the axis, to be translated.
        read: Computes the quantity from an entry of the log of a training run.
    """

    id: str
    title: str
    read: Callable[[Entry], float]


ALONG = (
    Along("step", mark("Steps"), lambda entry: float(entry["step"])),
    Along("minutes", mark("Minutes"), lambda entry: float(entry["seconds"]) / 60),
)


class CurvePlot(QWidget):
    """A plot with a title above and a legend of its curves below.

    Attributes:
        curves: The values of each curve by its name.
    """

    def __init__(self, title: str, unit: str) -> None:
        super().__init__()
        self._unit = unit
        self.plot = pyqtgraph.PlotWidget(background=theme.colours().base, enableMenu=False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMinimumSize(160, 120)
        self.key = MarkupLabel()
        dress(self.key, "muted")
        describe(self.plot, title, f"{title} ({unit})" if unit else title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(label(f"{title}, {unit}" if unit else title, "heading"))
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.key)
        self._count = 0
        self.curves: dict[str, Values] = {}
        self._dress()

    def start(self, along: Along, logarithmic: bool) -> None:
        """Clear the plot for new curves.

        Args:
            along: The quantity on the horizontal axis.
            logarithmic: Whether the vertical axis is logarithmic.
        """
        self._dress()
        self.plot.clear()
        self.plot.setLogMode(x=False, y=logarithmic)
        self.plot.setLabel("bottom", tr(along.title))
        self._count, self.curves = 0, {}
        self.key.setText("")

    def add(self, name: str, values: Values, colour: str, dashed: bool = False) -> None:
        """Draw a curve; a single value is drawn as a point.

        Args:
            name: For the legend; untrusted text.
            values: Along the plot, up the plot; nothing is drawn without any.
            colour: As #rrggbb.
            dashed: Whether the line is dashed and thinner.
        """
        if not values[0]:
            return
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        pen = pyqtgraph.mkPen(colour, width=1.5 if dashed else 2, style=style)
        symbol = "o" if len(values[0]) < 2 else None
        self.plot.plot(
            *values, pen=pen, symbol=symbol, symbolSize=6, symbolBrush=colour, symbolPen=None
        )
        self.curves[name] = values
        stroke = "\u2505\u2505" if dashed else "\u2501\u2501"
        entry = (
            f"<span style='color:{colour}'>{stroke}</span>&nbsp;{html_text(name)} "
            f"<b>{values[1][-1]:.4g}</b>"
        )
        self.key.setText(f"{self.key.text()} &nbsp; {entry}" if self._count else entry)
        self._count += 1

    def _dress(self) -> None:
        colours = theme.colours()
        self.plot.setBackground(colours.base)
        self.plot.showGrid(x=False, y=True, alpha=0.12)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(colours.border)
            axis.setTextPen(colours.muted)
            axis.enableAutoSIPrefix(False)
        self.plot.getAxis("left").setWidth(52)


class Curves:
    """Plots of the loss and of each comparable metric, for the training runs that are shown.

    Attributes:
        nobody: A text in the place of the plots of metrics, where no run has a validation set.
    """

    def __init__(self) -> None:
        self.loss = CurvePlot(tr("LOSS"), "")
        self.nobody = label(tr(NOBODY_HELD_OUT), "muted")
        self.nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.scores = {
            metric.id: CurvePlot(tr("{metric}, HELD OUT", metric=tr(metric.title)), metric.unit)
            for metric in comparable_metrics()
        }

    def show_runs(
        self, runs: Sequence[TrainingRun], chosen: TrainingRun | None, along: Along, term: str
    ) -> None:
        """Draw the curves.

        Args:
            runs: The training runs to draw.
            chosen: The run whose loss terms are drawn.
            along: The quantity on the horizontal axis.
            term: A loss term of all runs, or ``ALL_TERMS`` for every term of ``chosen``.
        """
        self._show_loss(runs, chosen, along, term)
        held_out = any(run.job.validation for run in runs)
        self.nobody.setVisible(not held_out)
        for metric in comparable_metrics():
            plot = self.scores[metric.id]
            plot.setVisible(held_out)
            plot.start(along, False)
            for run in runs:
                plot.add(run.name, scores(run, metric.id, along), run_colour(run.number))
            positions = [x for run in runs for x in scores(run, metric.id, along)[0]]
            levels: set[float] = set()  # runs with the same validation set share a line
            for run in runs:
                level = scores(run, metric.key_cubic, along)[1][-1:]
                if level and level[0] not in levels:
                    name = tr("cubic ({run})", run=run.name) if levels else tr("cubic")
                    levels.update(level)
                    line = [min(positions), max(positions)], level * 2
                    plot.add(name, line, theme.colours().cubic, dashed=True)

    def _show_loss(
        self, runs: Sequence[TrainingRun], chosen: TrainingRun | None, along: Along, term: str
    ) -> None:
        drawn: list[tuple[str, Values, str]] = []
        if term == ALL_TERMS and chosen is not None:
            terms = terms_of(chosen)
            for number, name in enumerate([TOTAL, *terms] if len(terms) > 1 else terms):
                drawn.append(
                    (tr(name), losses(chosen, name, along), run_colour(chosen.number + number))
                )
        else:
            wanted = TOTAL if term == ALL_TERMS else term
            drawn = [(r.name, losses(r, wanted, along), run_colour(r.number)) for r in runs]
        self.loss.start(along, spans_a_decade([y for _, values, _ in drawn for y in values[1]]))
        for name, values, colour in drawn:
            self.loss.add(name, values, colour)


def spans_a_decade(losses: Sequence[float]) -> bool:
    """Whether a logarithmic axis shows more: within a decade it may not have a single mark.

    Args:
        losses: All values in the plot.

    Returns:
        True if all are above 0 and the largest is more than ten times the smallest.
    """
    return bool(losses) and min(losses) > 0 and max(losses) > 10 * min(losses)


def terms_of(run: TrainingRun) -> list[str]:
    """List the loss terms of a training run.

    Args:
        run: Its log names them.

    Returns:
        The terms in the order of their first report.
    """
    names: dict[str, None] = {}
    for entry in run.entries:
        names.update(dict.fromkeys(entry["losses"]))
    return list(names)


def losses(run: TrainingRun, term: str, along: Along) -> Values:
    """Values of a loss term over a training run.

    Args:
        run: Its log has the values.
        term: A term before weighting, or ``TOTAL`` for the weighted sum.
        along: The quantity on the horizontal axis.

    Returns:
        (along the plot, up the plot), where the term was reported.
    """
    points = [
        (along.read(e), e["loss"] if term == TOTAL else e["losses"][term])
        for e in run.entries
        if term == TOTAL or term in e["losses"]
    ]
    return [x for x, _ in points], [y for _, y in points]


def scores(run: TrainingRun, metric: str, along: Along) -> Values:
    """Values of a score on the validation set over a training run.

    Args:
        run: Its log has the values.
        metric: Key of the score in the log.
        along: The quantity on the horizontal axis.

    Returns:
        (along the plot, up the plot), where the score was taken.
    """
    points = [(along.read(e), e["scores"][metric]) for e in run.entries if metric in e["scores"]]
    return [x for x, _ in points], [y for _, y in points]
