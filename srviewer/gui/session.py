"""What is open and how it is looked at: the one object of the window that changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srviewer.core.roi import Roi, followed
from srviewer.core.volume import Volume
from srviewer.core.window import rounded_down
from srviewer.gui.comparables import Comparable, Comparables
from srviewer.gui.comparing import DIFFERENCE_SHARE, Comparing
from srviewer.gui.layer import Layer
from srviewer.gui.looking import Looking
from srviewer.gui.preview import Preview
from srviewer.gui.view import Point as Point
from srviewer.gui.view import View as View
from srviewer.sr.evaluate import ScoredPair
from srviewer.sr.models import default_model, is_at_hand
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import Request, suggested_request
from srviewer.sr.self_test import SelfTest

# What a user chose for one scan and is kept for the next, beside the model. The rest is of the scan
# itself (axis, factor, second axis, thickness, profile), of its kind (gaps), or less faithful or
# less exact, so that it is to be chosen each time (texture, isotropic voxels).
CHOICES = ("method", "fusion", "device", "adaptation", "flips", "minimum")


@dataclass(frozen=True, eq=False)
class Reference:
    """A ground truth and what it is, in the words that stand beside every score.

    ``thin``: the scan that was thickened, where the open one was simulated from it.
    """

    volume: Volume
    meaning: str
    thin: Volume | None


class Session(Looking):
    """The open study. Each field has one signal, sent after all fields agree with each other."""

    original_changed = Signal()
    result_changed = Signal()
    reference_changed = Signal()
    scores_changed = Signal()
    comparables_changed = Signal()  # what can be compared, its names, which of it is shown
    comparing_changed = Signal()  # how it is compared
    preview_changed = Signal()
    request_changed = Signal()
    acknowledged_changed = Signal()
    layers_changed = Signal()
    rois_changed = Signal()
    tested_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sources: tuple[Path, ...] = ()
        self.comparables = Comparables()
        self.comparing = Comparing()
        self.preview: Preview | None = None  # of the result that is being made of ``original``
        self.reference: Reference | None = None
        self.request: Request | None = None
        self.acknowledged = False  # whether the scan's warnings were read
        self.layers: tuple[Layer, ...] = ()  # over every pane, the last on top
        self.rois: tuple[Roi, ...] = ()  # measurements, oldest first
        self.locked: Roi | None = None  # the one of them inside which nothing learned is added
        self.tested: Mapping[Request, SelfTest] = {}  # what the scan said about each request
        self.preferred_device = "auto"  # of the first request

    def open(self, original: Volume, sources: Sequence[Path], reference: Reference | None) -> None:
        """Show another scan; what belonged to the one before goes with it.

        ``sources``: the files it came from, which an export never overwrites. ``reference``: its
        ground truth, where it comes with one.
        """
        self._look_at(original)
        self.sources = tuple(sources)
        self.comparables, self.reference = Comparables(), reference
        self.comparing = replace(self.comparing, difference_range=0.0, swapped=False)
        self.request = self._suggested(original)
        self.acknowledged, self.layers, self.rois, self.locked = False, (), (), None
        self.tested = {}
        self.tell_all()

    def tell_all(self) -> None:
        """Send every signal: the fields are those of another study."""
        self.original_changed.emit()
        self.acknowledged_changed.emit()
        self.request_changed.emit()
        self.result_changed.emit()
        self.reference_changed.emit()
        self.scores_changed.emit()
        self.layers_changed.emit()
        self.comparables_changed.emit()
        self.comparing_changed.emit()
        self.rois_changed.emit()
        self.tested_changed.emit()
        self.view_changed.emit()

    @property
    def result(self) -> Reconstruction | None:
        """The current result: the one that is scored, plotted and exported."""
        current = self.comparables.result
        return None if current is None else current.made

    @property
    def scores(self) -> ScoredPair | None:
        """The scores of the current result."""
        current = self.comparables.result
        return None if current is None else current.scores

    def set_result(self, result: Reconstruction) -> None:
        """Show a reconstruction of the open scan; earlier ones are kept in ``comparables``."""
        self.keep(self.comparables.with_result(result))

    def set_reference(self, reference: Reference | None) -> None:
        """Give the results something real to be scored against, or take it away."""
        self.reference = reference
        self.comparables = self.comparables.unscored()
        self.reference_changed.emit()
        self.scores_changed.emit()
        self.comparables_changed.emit()

    def set_scores(self, scores: ScoredPair, key: str | None = None) -> None:
        """Keep what scoring a result (the current one without a key) found."""
        key = self.comparables.current if key is None else key
        self.comparables = self.comparables.scored(key, scores)
        self.scores_changed.emit()

    def keep(self, comparables: Comparables) -> None:
        """Take over changed ``comparables``: shown, renamed, removed, chosen, loaded ones."""
        before, self.comparables = self.comparables.result, comparables
        after = comparables.result
        if (before and before.made) is not (after and after.made):
            self.result_changed.emit()
            self.scores_changed.emit()
        self.comparables_changed.emit()

    def difference_span(self) -> float:
        """The end of the difference's colour scale, in the scan's unit."""
        wanted = self.comparing.difference_range
        return wanted or rounded_down(DIFFERENCE_SHARE * self.auto_window.width)

    def compare(self, comparing: Comparing) -> None:
        """Change how A and B are compared."""
        if comparing != self.comparing:
            self.comparing = comparing
            self.comparing_changed.emit()

    def set_preview(self, preview: Preview | None) -> None:
        """Show this where the result will be, while there is none."""
        if preview is not self.preview:
            self.preview = preview
            self.preview_changed.emit()

    def offered(self) -> tuple[Comparable, ...]:
        """Everything that can be compared, in the order of the lists."""
        reference = None if self.reference is None else self.reference.volume
        return self.comparables.offered(self.original, reference)

    def shown(self) -> tuple[Comparable, ...]:
        """What is compared, A and B first."""
        offered = {one.key: one for one in self.offered()}
        return tuple(offered[key] for key in self.comparables.shown if key in offered)

    def acknowledge(self) -> None:
        """The user has read the warnings about the open scan."""
        self.acknowledged = True
        self.acknowledged_changed.emit()

    def set_request(self, request: Request) -> None:
        """Set what the next reconstruction will do."""
        if request != self.request:
            self.request = request
            self.request_changed.emit()

    def set_tested(self, tested: Mapping[Request, SelfTest]) -> None:
        """Keep what the scan said about requests."""
        self.tested = tested
        self.tested_changed.emit()

    def prefer_device(self, device: str) -> None:
        """Compute on ``device`` from now on."""
        self.preferred_device = device
        if self.request is not None:
            self.set_request(replace(self.request, device=device))

    def set_layers(self, layers: Sequence[Layer]) -> None:
        """Lay these over the slices of every pane, in this order."""
        self.layers = tuple(layers)
        self.layers_changed.emit()

    def set_rois(self, rois: Sequence[Roi]) -> None:
        """Show these measurements in every pane; a lock goes with its measurement."""
        if (wanted := tuple(rois)) != self.rois:
            self.locked = followed(self.locked, self.rois, wanted)
            self.rois = wanted
            self.rois_changed.emit()

    def lock(self, roi: Roi | None) -> None:
        """Add nothing learned inside this one of ``rois`` from now on."""
        if roi != self.locked:
            self.locked = roi
            self.rois_changed.emit()

    def _suggested(self, original: Volume) -> Request:
        """The axis and factor that suit the scan, with the choices that the user made before."""
        kept = self.request
        if kept is None:
            device = self.preferred_device
            suggested = suggested_request(original, model=default_model(device))
            return replace(suggested, device=device)
        model = kept.model if is_at_hand(kept.model) else default_model(kept.device)
        suggested = suggested_request(original, model=model)
        return replace(suggested, **{name: getattr(kept, name) for name in CHOICES})
