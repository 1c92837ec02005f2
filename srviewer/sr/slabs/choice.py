"""Whether a scan is rebuilt in memory or slab by slab."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.io.scans.series import PlaneByPlane, Series
from srviewer.sr.requests.memory import fits, memory_told
from srviewer.sr.requests.request import Request
from srviewer.sr.slabs.slab_wise import unstreamable

SlabsWanted = Literal["auto", "always", "never"]
SLABS_WANTED: tuple[SlabsWanted, ...] = get_args(SlabsWanted)


@dataclass(frozen=True, eq=False)
class SlabChoice:
    """``source``: the scan plane by plane, None where it is rebuilt in memory.

    ``told``: why it goes slab by slab though nobody asked, for people; "" otherwise.
    """

    source: PlaneByPlane | None
    told: str = ""


@dataclass(frozen=True)
class SlabOffer:
    """What is said of a rebuild that may not fit into memory; ``possible``: slab by slab it can."""

    text: str
    possible: bool


def slab_offer(
    scan: ScanHeader, series: Series | None, request: Request, locked: bool, room: float
) -> SlabOffer | None:
    """What to offer for an open scan, None where its rebuild fits into ``room`` bytes.

    ``series``: what it was read from, None where it was made. ``locked``: whether nothing learned
    is to be added to a part of it.
    """
    if fits(scan.geometry, request, room):
        return None
    told = memory_told(scan.geometry, request, room)
    if series is None or series.stream is None:
        more = "Only NIfTI and MGH files, as they were opened, can be rebuilt slab by slab."
        return SlabOffer(f"{told} {more}", False)
    reasons = (*(("locked region",) if locked else ()), *unstreamable(scan, request))
    if reasons:
        more = f"Slab by slab, straight into a file, there is no {', no '.join(reasons)}."
        return SlabOffer(f"{told} {more}", False)
    more = "Slab by slab, straight into a file, it takes far less and gives the same numbers."
    return SlabOffer(f"{told} {more}", True)


def choose_slabs(
    series: Series,
    frame: int,
    wanted: SlabsWanted,
    request_for: Callable[[ScanHeader], Request],
    room: float,
) -> SlabChoice:
    """What ``wanted`` means for this scan, of whose header ``request_for`` makes the request.

    ``room``: bytes that a rebuild may take. Raises UserError for a scan that would not fit, or
    should not be in memory, and cannot be read plane by plane.
    """
    if wanted == "never":
        return SlabChoice(None)
    request = request_for(ScanHeader(series.geometry, series.name))
    if wanted == "auto" and fits(series.geometry, request, room):
        return SlabChoice(None)
    told = memory_told(series.geometry, request, room)
    if series.stream is None:
        raise UserError(
            f"{told} Only NIfTI and MGH files can be rebuilt slab by slab: convert it, or try it "
            "in memory all the same (--slabs never)."
        )
    said = f"{told} '{series.name}' is rebuilt slab by slab." if wanted == "auto" else ""
    return SlabChoice(series.stream(frame), said)
