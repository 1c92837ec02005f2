"""The line on a model that was chosen automatically."""

from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.models.shipped_models import SHIPPED
from srviewer.sr.models.time_estimate import about
from srviewer.sr.requests.automatic_model import model_seconds
from srviewer.sr.requests.request import Request


def chosen_model(scan: ScanHeader, request: Request) -> list[str]:
    """The model that was taken, the reason, and the estimated time of each that ships.

    Args:
        scan: The scan; with its voxels, air is left out of the estimates.
        request: The reconstruction.

    Returns:
        One line; none where the model was named, or none is needed.
    """
    if not request.model_reason:
        return []
    times = []
    for row in SHIPPED:
        seconds = model_seconds(scan, request, row.name)
        if seconds is not None:
            times.append(f"{row.name} {about(seconds)}")
    if not times:
        return []
    (line,) = taken_automatically(request.model, request.model_reason)
    return [f"{line} (estimated: {', '.join(times)})"]


def taken_automatically(model: str, reason: str) -> list[str]:
    """The model that was taken and the reason.

    Args:
        model: Its name.
        reason: "" where it was named, or none is needed.

    Returns:
        One line; none without a reason.
    """
    return [f"model taken automatically: {model}, {reason}"] if reason else []
