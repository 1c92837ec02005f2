"""The state in which a scan is opened."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.core.intensity.window import robust_window
from srviewer.core.volumes.volume import Volume
from srviewer.sr.models.available_models import default_model, is_at_hand
from srviewer.sr.requests.request import Request, suggested_request
from srviewer.study.state.layouts import PLANES
from srviewer.study.state.origin import Origin
from srviewer.study.state.reference import Reference
from srviewer.study.state.study_state import StudyState

# What a user chose for one scan and is kept for the next, beside the model. The rest is of the scan
# itself (axis, factor, second axis, thickness, profile), of its kind (gaps), or less faithful or
# less exact, so that it is to be chosen each time (texture, isotropic voxels).
CHOICES = ("method", "fusion", "device", "adaptation", "flips", "minimum")


def opened(
    scan: Volume,
    before: StudyState,
    device: str,
    origin: Origin | None = None,
    sources: Sequence[Path] = (),
    reference: Reference | None = None,
) -> StudyState:
    """A study of ``scan`` alone, with what the user chose for the one before.

    Args:
        scan: what was read.
        before: the study that was shown; its colours, comparison and settings go on.
        device: of the first request, in the words of ``DEVICES``.
        origin: which image of which files it is; None for a scan that was made here.
        sources: the files that it came from, which an export never overwrites.
        reference: its ground truth, where it comes with one.

    """
    window = robust_window(scan.voxels, scan.padding)
    return StudyState(
        scan=scan,
        origin=origin,
        sources=tuple(sources),
        auto_window=window,
        request=suggested(scan, before.request, device),
        reference=reference,
        comparing=replace(before.comparing, layout=PLANES, difference_range=0.0, swapped=False),
        view=before.view.whole(scan, window),
    )


def another_frame(state: StudyState, scan: Volume, frame: int, device: str) -> StudyState:
    """Volume ``frame``, from 0, of the same series; view, measurements and overlays hold."""
    assert state.origin is not None
    origin = replace(state.origin, frame=frame)
    return replace(
        opened(scan, state, device, origin, state.sources),
        view=state.view,
        rois=state.rois,
        locked=state.locked,
        layers=state.layers,
        acknowledged=state.acknowledged,
    )


def suggested(scan: Volume, kept: Request | None, device: str) -> Request:
    """The axis and factor that suit ``scan``, with the choices of the request ``kept``.

    ``device``: where there is none yet.
    """
    if kept is None:
        first = suggested_request(scan, model=default_model(device))
        return replace(first, device=device)
    model = kept.model if is_at_hand(kept.model) else default_model(kept.device)
    choices = {name: getattr(kept, name) for name in CHOICES}
    return replace(suggested_request(scan, model=model), **choices)
