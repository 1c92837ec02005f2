"""The state in which a scan is opened."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from srviewer.core.acquisition.noise import scan_noise
from srviewer.core.intensity.padding import measured_limits
from srviewer.core.intensity.window import automatic_window
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume, view_only_reason
from srviewer.job import Job, Progress, within
from srviewer.sr.models.available_models import is_at_hand
from srviewer.sr.requests.automatic_model import with_automatic_model
from srviewer.sr.requests.request import Request, suggested_axis, suggested_request
from srviewer.study.state.held_drawings import drawings_also_held
from srviewer.study.state.layouts import PLANES
from srviewer.study.state.origin import Origin
from srviewer.study.state.reference import Reference
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import View

# What a user chose for one scan and is kept for the next, beside the model. The rest is of the scan
# itself (axis, factor, second axis, thickness, profile), of its kind (gaps), or less faithful or
# less exact, so that it is to be chosen each time (texture, isotropic voxels).
CHOICES = ("method", "fusion", "device", "precision", "adaptation", "flips", "minimum")


def prepared(job: Job[Volume]) -> Job[Volume]:
    """Read a scan, and compute in the same thread what a window asks about it at once.

    Args:
        job: The reading.

    Returns:
        A job with the scan, whose window, limits and noise are known by then.
    """
    scan = yield from within(job, 0.0, 0.97)
    step = Progress(0.97, f"Reading {scan.name}")
    yield step
    automatic_window(scan)
    yield step
    measured_limits(scan)
    yield step
    scan_noise(scan, suggested_axis(scan.geometry))
    return scan


def opened(
    scan: Volume,
    before: StudyState,
    device: str,
    origin: Origin | None = None,
    sources: Sequence[Path] = (),
    reference: Reference | None = None,
) -> StudyState:
    """A new study of a scan, with the user's choices for the study before.

    Args:
        scan: what was read.
        before: the study that was shown; its colours, comparison and settings go on, but no map.
        device: of the first request, in the words of ``DEVICES``.
        origin: which image of which files it is; None for a scan that was made here.
        sources: the files that it came from, which an export never overwrites.
        reference: its ground truth, where it comes with one.

    Returns:
        The study, with the first request and the grey-level window that suit the scan.
    """
    window = automatic_window(scan)
    return StudyState(
        scan=scan,
        origin=origin,
        sources=tuple(sources),
        auto_window=window,
        request=suggested(scan, before.request, device),
        reference=reference,
        comparing=replace(
            before.comparing, layout=PLANES, difference_range=0.0, swapped=False, map=""
        ),
        view=replace(before.view.whole(scan, window), main=None, only=_only_plane(scan)),
    )


def _only_plane(scan: Volume) -> Plane | None:
    """The acquired plane of a localizer or single slice, which is shown alone; None for a scan."""
    if not view_only_reason(scan.warnings):
        return None
    geometry = scan.geometry
    axis = geometry.shape.index(1) if 1 in geometry.shape else geometry.slice_axis
    return next(plane for plane in Plane if plane.normal_axis(geometry) == axis)


def emptied(before: StudyState) -> StudyState:
    """Close a study.

    Args:
        before: The study that was shown.

    Returns:
        A state with nothing open, which keeps the user's choices for ``before`` and the window.
    """
    return StudyState(
        request=before.request,
        comparing=before.comparing,
        view=View().with_conventions(before.view),
    )


def another_frame(state: StudyState, scan: Volume, frame: int, device: str) -> StudyState:
    """A new study of another time point of the same series.

    Args:
        state: The study that is shown, of a scan with an origin.
        scan: The volume of the time point.
        frame: Its number, from 0.
        device: Of the suggested request, which is not kept.

    Returns:
        The study, with request, view, measurements, annotations, overlays, acknowledgement and
        second study of ``state``. Results, references and tests are of the volume of ``state`` and
        stay there.
    """
    assert state.origin is not None
    origin = replace(state.origin, frame=frame)
    if state.scan is not None:
        drawings_also_held(state.scan, scan)
    return replace(
        opened(scan, state, device, origin, state.sources),
        request=state.request,
        view=state.view,
        rois=state.rois,
        annotations=state.annotations,
        locked=state.locked,
        overlays=state.overlays,
        acknowledged=state.acknowledged,
        second_study=state.second_study,
    )


def suggested(scan: Volume, kept: Request | None, device: str) -> Request:
    """Suggest the request for a scan, with the user's choices for the scan before.

    Args:
        scan: The scan, which decides axis and factor.
        kept: The request whose ``CHOICES`` and model go on; None where there is none yet.
        device: Of a first request, in the words of ``DEVICES``.

    Returns:
        The request; its model is chosen automatically where that of the scan before was, or is not
        available any more.
    """
    if kept is None:
        return with_automatic_model(scan, replace(suggested_request(scan), device=device))
    choices = {name: getattr(kept, name) for name in CHOICES}
    if kept.model_reason or not is_at_hand(kept.model):
        return with_automatic_model(scan, replace(suggested_request(scan), **choices))
    return replace(suggested_request(scan, model=kept.model), **choices)
