"""The automatic choice of a model: the best whose estimated time is under a minute."""

from dataclasses import replace
from functools import cache

from srviewer.core.intensity.intensity_range import FOREGROUND_SHARE
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.devices.arithmetic import Processor, gpu, this_processor
from srviewer.nn.inference.foreground_box import AIR_SHARE, INT8_MARGIN
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.cross_plane.refinement import mirrorings, passes, reachable
from srviewer.sr.models.available_models import DEFAULT_MODEL, DEFAULT_ON_GPU, plan_of
from srviewer.sr.models.devices import auto_device
from srviewer.sr.models.shipped_models import SHIPPED
from srviewer.sr.models.time_estimate import Work, estimated_seconds
from srviewer.sr.requests.request import ESTIMATE, Request, used_thickness
from srviewer.sr.requests.seen_share import seen_share

AUTO = "auto"  # in place of the name of a model
LIMIT = 60.0  # seconds
NAMES = frozenset(row.name for row in SHIPPED)
ON_GPU = "the largest, since there is a GPU"
NO_INT8 = "this processor has no 8-bit instructions, which larger models need to be quick"
QUICK = "the best within a minute of those that can state an expected gain"
SLOW = "the quickest of those that can state an expected gain, since none takes under a minute"

REASONS = (ON_GPU, NO_INT8, QUICK, SLOW)


def with_automatic_model(
    scan: ScanHeader, request: Request, processor: Processor | None = None
) -> Request:
    """Choose the model of a request by its estimated time.

    Args:
        scan: The scan; with its voxels, air is left out of the estimate.
        request: The reconstruction; its own model does not count.
        processor: What computes it; None for this machine.

    Returns:
        The request with a model that ships, and the reason for it.
    """
    if processor is None:
        processor = processor_of(request)
    if processor.is_gpu:
        return replace(request, model=DEFAULT_ON_GPU, model_reason=ON_GPU)
    if not processor.arithmetic.int8:
        return replace(request, model=DEFAULT_MODEL, model_reason=NO_INT8)
    names = [row.name for row in SHIPPED if row.gain_calibrated]
    times = [(name, model_seconds(scan, request, name, processor)) for name in names]
    known = [(name, seconds) for name, seconds in times if seconds is not None]
    quick = [name for name, seconds in known if seconds < LIMIT]
    chosen = quick[-1] if quick else DEFAULT_MODEL
    reason = QUICK if quick or not known else SLOW
    return replace(request, model=chosen, model_reason=reason)


def renewed(scan: ScanHeader | None, request: Request, before: Request | None) -> Request:
    """Choose the model of a request again, where it was chosen automatically.

    Args:
        scan: The scan; None where there is none.
        request: The reconstruction, of which a setting may have changed.
        before: The same before that; None where there was none.

    Returns:
        The request, unchanged where its model was named or none is needed, and without a reason
        where it is named now: a model of the user, or another than before for the reason of that
        one.
    """
    if scan is None or not request.model_reason or not method(request.method).needs_model:
        return request
    reason_before = "" if before is None else before.model_reason
    another = before is not None and before.model != request.model
    if request.model not in NAMES or (another and request.model_reason == reason_before):
        return replace(request, model_reason="")
    return with_automatic_model(scan, request)


def model_seconds(
    scan: ScanHeader, request: Request, name_or_file: str, processor: Processor | None = None
) -> float | None:
    """Estimate the time of a reconstruction with a model.

    Args:
        scan: The scan; with its voxels, air is left out.
        request: The reconstruction; its own model does not count.
        name_or_file: The model.
        processor: What computes it; None for this machine.

    Returns:
        Seconds; None where the model cannot reach a factor, or the request needs no model.

    Raises:
        UserError: The model does not exist or cannot be read.
    """
    plan = plan_of(name_or_file)
    if plan.layout != "axis" or not method(request.method).needs_model:
        return None
    if not all(reachable(factor, plan.factors) for _, factor in request.steps):
        return None
    if processor is None:
        processor = processor_of(request)
    int8 = request.precision != "float32" and processor.arithmetic.int8 > 0
    adaptation = request.adaptation
    calibrated = any(row.name == name_or_file and row.gain_calibrated for row in SHIPPED)
    work = Work(
        scan.geometry.shape,
        tuple((axis, passes(factor, plan.factors)) for axis, factor in request.steps),
        seen=_seen(scan, request, plan, int8),
        runs=_runs(scan, request),
        seconds=0.0 if adaptation is None else adaptation.seconds,
        with_gain=calibrated and not (request.flips or request.also or request.texture),
    )
    return estimated_seconds(plan, work, processor, int8)


def processor_of(request: Request) -> Processor:
    """The processor or GPU that computes a request on this machine.

    Args:
        request: Its device and precision count.

    Returns:
        The processor or the GPU.
    """
    device = request.device
    if device == "auto":
        device = "cpu" if request.precision == "int8" else _auto_device()
    return this_processor() if device == "cpu" else gpu(device)


@cache
def _auto_device() -> str:
    return auto_device()


def _seen(scan: ScanHeader, request: Request, plan: TrainingPlan, int8: bool) -> float:
    """The share of the pixels that go through the network; all where no voxels are at hand."""
    if not isinstance(scan, Volume):
        return 1.0
    if int8:
        return seen_share(scan, request.axis, FOREGROUND_SHARE, INT8_MARGIN)
    return seen_share(scan, request.axis, AIR_SHARE, 2 * plan.blocks + 4)  # the receptive field


def _runs(scan: ScanHeader, request: Request) -> int:
    """How often the network runs on the scan."""
    copies = len(mirrorings(request.axis)) if request.flips else 1
    # Not by a Degradation: what cannot be is refused later, in words.
    is_box = request.profile in ("box", ESTIMATE)
    is_block_mean = is_box and used_thickness(scan, request) == scan.geometry.spacing[request.axis]
    return (copies + (not is_block_mean)) * (2 if request.texture else 1)
