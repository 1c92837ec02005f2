"""The models that a panel offers, and notes on files that cannot be used."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt

from srviewer.core.geometry.grid import Axis
from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import as_choice, set_entries
from srviewer.gui.widgets.kept_end_box import SEPARATOR, KeptEndBox
from srviewer.gui.widgets.notice import Notice
from srviewer.gui.widgets.plain_text import plain_tip, set_tip
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.cross_plane.refinement import reachable
from srviewer.sr.models.available_models import (
    ModelCard,
    UnreadableModel,
    find_model,
    models_at_hand,
)
from srviewer.sr.models.shipped_models import SHIPPED
from srviewer.sr.models.texture_pairs import is_texture
from srviewer.sr.models.time_estimate import TimeUnit, rounded_time
from srviewer.sr.requests.automatic_model import AUTO, model_seconds, with_automatic_model
from srviewer.sr.requests.request import (
    LARGEST_MEASURED,
    Request,
    factor_of_cubes,
    suggested_request,
)

LARGEST_FACTOR_OFFERED = 8
MEASURED = tuple(range(2, LARGEST_FACTOR_OFFERED + 1))
MOST_SHOWN = 3  # files that cannot be used
TIMES: dict[TimeUnit, str] = {
    "s": mark("about {count} s"),
    "min": mark("about {count} min"),
    "h": mark("about {count} h"),
}


class ModelChoice:
    """The list of models for reconstruction, without texture models, each with its estimated time.

    Attributes:
        box: The list; the data of an entry is the name or the file of a model, of the first
            ``AUTO``.
        left_out: A note on model files that cannot be used.
    """

    def __init__(self) -> None:
        self._what = tr(
            "The trained network that is used, and its estimated time on this machine.\n"
            "Automatic: the best within a minute of those that can state an expected gain."
        )
        self.box = as_choice(KeptEndBox(), tr("Model"), self._what)
        self._names: dict[str, str] = {}  # by the data of an entry
        self.left_out = Notice("note", tr("Models that cannot be used"))

    def offer(self, elsewhere: list[tuple[str, str]]) -> None:
        """Fill the list.

        Args:
            elsewhere: (name, file) of models outside the folders of models; listed last.
        """
        models = models_at_hand()
        self.left_out.show_text(_lines(models.unreadable))
        entries = [
            (card.name, card.name)
            for card in sorted(models.cards, key=_place)
            if card.plan.layout == "axis" and not is_texture(card)
        ]
        entries = [(tr("Automatic"), AUTO), *entries, *elsewhere]
        self._names = {data: name for name, data in entries}
        set_entries(self.box, entries, None)
        for card in models.cards:
            index = self.box.findData(card.name)
            if index >= 0:
                self._tip(index, _tip_of(card))

    def show(self, scan: ScanHeader, request: Request) -> None:
        """Choose the model of a request, and show the estimated time of each.

        Args:
            scan: The scan.
            request: A model file that is not in the list, as of a session or a result, is added.
        """
        if request.model not in self._names:
            name = Path(request.model).stem
            self._names[request.model] = name
            self.box.addItem(visible_line(name), request.model)
        for index in range(self.box.count()):
            data = self.box.itemData(index)
            name, model = self._names[data], data
            if data == AUTO:
                automatic = with_automatic_model(scan, request)
                name = tr("Automatic: {name}", name=automatic.model)
                model = automatic.model
                self._tip(index, tr(automatic.model_reason))
            self.box.setItemText(index, visible_line(_with_time(name, _time(scan, request, model))))
        chosen = AUTO if request.model_reason else request.model
        self.box.setCurrentIndex(self.box.findData(chosen))
        set_tip(self.box, f"{self.box.currentText()}\n{self._what}")  # a long name is cut

    def chosen(self, scan: ScanHeader, request: Request) -> Request:
        """Set the model that is chosen in the list.

        Args:
            scan: The scan.
            request: All other settings.

        Returns:
            The request with that model; without texture where another one than before is named.
        """
        data = self.box.currentData()
        if data == AUTO:  # where it was so before, the study chooses again
            return request if request.model_reason else with_automatic_model(scan, request)
        asked = replace(request, model=data, model_reason="")
        return asked if asked.model == request.model else replace(asked, texture=0.0)

    def _tip(self, index: int, text: str) -> None:
        self.box.setItemData(index, plain_tip(text), Qt.ItemDataRole.ToolTipRole)


def _place(card: ModelCard) -> int:
    """The place in the list: models that ship by their gain, then the user's own."""
    names = [row.name for row in SHIPPED]
    return names.index(card.name) if card.name in names else len(names)


def model_of(request: Request) -> tuple[Model | None, tuple[str, ...]]:
    """Find the model of a request.

    Args:
        request: Its method may need no model.

    Returns:
        The model, or None; and the reason where it cannot be read: it may be deleted or changed.
    """
    if not method(request.method).needs_model:
        return None, ()
    try:
        return find_model(request.model), ()
    except UserError as error:
        return None, (str(error),)


def factor_for_model(scan: Volume, axis: Axis, request: Request) -> int:
    """Suggest a factor for an axis.

    Args:
        scan: The scan.
        axis: Array axis to refine.
        request: Its model limits the factors.

    Returns:
        The factor; that of the request where its model cannot be used.
    """
    try:
        return suggested_request(scan, axis, request.model).factor
    except UserError:
        return request.factor


def offered_factors(model: Model | None) -> list[int]:
    """List the factors that a model can reach.

    Args:
        model: None for interpolation, which reaches any.

    Returns:
        Factors from 2 to 8, in ascending order.
    """
    factors = range(2, LARGEST_FACTOR_OFFERED + 1)
    return [factor for factor in factors if model is None or reachable(factor, model.factors)]


def finer_factor(scan: Volume, request: Request, model: Model | None) -> int | None:
    """The factor that would make the voxels as fine as in the plane, where the request stays below.

    Args:
        scan: The scan.
        request: The settings of the reconstruction.
        model: None for interpolation, which reaches any.

    Returns:
        A factor above ``LARGEST_MEASURED``; None where the suggested factor is as fine.
    """
    known = MEASURED if model is None else model.factors
    cubes = factor_of_cubes(scan.geometry, request.axis, known)
    return cubes if cubes > LARGEST_MEASURED >= request.factor else None


def _lines(unreadable: tuple[UnreadableModel, ...]) -> tuple[str, ...]:
    """The reason for each of the first files, and the number of the others."""
    lines = tuple(model.reason for model in unreadable[:MOST_SHOWN])
    more = len(unreadable) - len(lines)
    rest = tr("{count} more: 'srviewer models' lists them all.", count=more)
    return (*lines, rest) if more else lines


def _tip_of(card: ModelCard) -> str:
    """The size of a model, what it gained, and whether it can state what it gains on a scan."""
    lines = [tr("{millions:.2g} million parameters", millions=card.parameters / 1e6)]
    for factor, gain in card.mean_gains.items():
        text = mark("{gain:+.1f} dB over cubic at factor {factor}, on people it was not trained on")
        lines.append(tr(text, gain=gain, factor=factor))
    if not any(row.name == card.name and row.gain_calibrated for row in SHIPPED):
        lines.append(tr("It can state no expected gain for a scan."))
    return "\n".join(lines)


def _time(scan: ScanHeader, request: Request, model: str) -> str:
    """The estimated time of a model; "" where there is none."""
    try:
        seconds = model_seconds(scan, request, model)
    except UserError:  # a file that is gone: a note says so once it is chosen
        return ""
    if seconds is None:
        return ""
    count, unit = rounded_time(seconds)
    return tr(TIMES[unit], count=count)


def _with_time(name: str, time: str) -> str:
    return f"{name}{SEPARATOR}{time}" if time else name
