"""The models that a panel offers, and notes on files that cannot be used."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox

from srviewer.core.geometry.grid import Axis
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import choice, set_entries
from srviewer.gui.widgets.notice import Notice
from srviewer.nn.models.model_file import Model
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.cross_plane.refinement import reachable
from srviewer.sr.models.available_models import (
    ModelCard,
    UnreadableModel,
    find_model,
    models_at_hand,
)
from srviewer.sr.models.texture_pairs import is_texture
from srviewer.sr.requests.request import (
    LARGEST_MEASURED,
    Request,
    factor_of_cubes,
    suggested_request,
)

LARGEST_FACTOR_OFFERED = 8
MEASURED = tuple(range(2, LARGEST_FACTOR_OFFERED + 1))
MOST_SHOWN = 3  # files that cannot be used


class ModelChoice:
    """The list of models for reconstruction, without texture models.

    Attributes:
        box: The list; the data of an entry is the name or the file of a model.
        left_out: A note on model files that cannot be used.
    """

    def __init__(self) -> None:
        self.box: QComboBox = choice(
            tr("Model"), tr("The trained network that is used; the time goes by its parameters")
        )
        self.left_out = Notice("note", tr("Models that cannot be used"))

    def offer(self, elsewhere: list[tuple[str, str]]) -> None:
        """Fill the list.

        Args:
            elsewhere: (name, file) of models outside the folders of models; listed last.
        """
        models = models_at_hand()
        self.left_out.show_text(_lines(models.unreadable))
        entries = [
            (_title(card), card.name)
            for card in models.cards
            if card.plan.layout == "axis" and not is_texture(card)
        ]
        set_entries(self.box, [*entries, *elsewhere], None)

    def show(self, name_or_file: str) -> None:
        """Choose a model.

        Args:
            name_or_file: A file that is not in the list, as of a session or a result, is added.
        """
        if self.box.findData(name_or_file) < 0:
            self.box.addItem(Path(name_or_file).stem, name_or_file)
        self.box.setCurrentIndex(self.box.findData(name_or_file))


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


def _title(card: ModelCard) -> str:
    """Name and number of parameters, on which the time depends."""
    millions = card.parameters / 1e6
    return tr("{name} ({millions:.2g} million parameters)", name=card.name, millions=millions)
