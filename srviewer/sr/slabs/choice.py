"""The choice between reconstruction in memory and slab-wise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.sr.requests.memory import fits, memory_message
from srviewer.sr.requests.request import Request
from srviewer.sr.slabs.slab_wise import unstreamable

SlabsWanted = Literal["auto", "always", "never"]
SLABS_WANTED: tuple[SlabsWanted, ...] = get_args(SlabsWanted)


@dataclass(frozen=True, eq=False)
class SlabChoice:
    """The way in which a scan is reconstructed.

    Attributes:
        source: The scan plane by plane; None where it is reconstructed in memory.
        message: A sentence for the user where slab-wise was chosen automatically; "" otherwise.
    """

    source: PlaneByPlane | None
    message: str = ""


@dataclass(frozen=True)
class SlabOffer:
    """The message on a reconstruction that may not fit into memory.

    Attributes:
        text: The message, for the user.
        possible: Whether it can be done slab-wise.
    """

    text: str
    possible: bool


def slab_offer(
    scan: ScanHeader, series: Series | None, request: Request, room: float
) -> SlabOffer | None:
    """The offer to reconstruct an open scan slab-wise.

    Args:
        scan: The scan.
        series: The series that it was read from; None where it was computed.
        request: The reconstruction.
        room: Free memory, bytes.

    Returns:
        The offer; None where the reconstruction fits into memory.
    """
    if fits(scan.geometry, request, room):
        return None
    warning = memory_message(scan.geometry, request, room)
    if series is None or series.stream is None:
        more = "Only NIfTI and MGH files, as they were opened, can be reconstructed slab by slab."
        return SlabOffer(f"{warning} {more}", False)
    reasons = unstreamable(request)
    if reasons:
        more = f"Slab by slab, straight into a file, there is no {', no '.join(reasons)}."
        return SlabOffer(f"{warning} {more}", False)
    more = "Slab by slab, straight into a file, it takes far less and gives the same numbers."
    return SlabOffer(f"{warning} {more}", True)


def choose_slabs(
    series: Series,
    frame: int,
    wanted: SlabsWanted,
    request_for: Callable[[ScanHeader], Request],
    room: float,
) -> SlabChoice:
    """Choose between memory and slab-wise for one scan.

    Args:
        series: The scan's series.
        frame: The time point to reconstruct, from 0.
        wanted: The user's choice; "auto" goes slab-wise where the scan does not fit.
        request_for: Makes the request from a header.
        room: The bytes that a reconstruction may take.

    Returns:
        The choice.

    Raises:
        UserError: The scan would have to go slab-wise, and its file cannot be read plane by plane.
    """
    if wanted == "never":
        return SlabChoice(None)
    request = request_for(ScanHeader(series.geometry, series.name))
    if wanted == "auto" and fits(series.geometry, request, room):
        return SlabChoice(None)
    warning = memory_message(series.geometry, request, room)
    if series.stream is None:
        raise UserError(
            f"{warning} Only NIfTI and MGH files can be reconstructed slab by slab: convert it, or "
            "try it in memory all the same (--slabs never)."
        )
    message = f"{warning} '{series.name}' is reconstructed slab by slab."
    return SlabChoice(series.stream(frame), message if wanted == "auto" else "")
