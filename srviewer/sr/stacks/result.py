"""A result of a scan: its reconstruction, or several stacks joined onto it."""

from dataclasses import replace

from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.resampling.resample import resampled
from srviewer.core.stacks.rigid import moved
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import Request
from srviewer.sr.results.doubts import Doubts, shown_maps
from srviewer.sr.results.maps import LEFT_OUT
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.left_out import LeftOut
from srviewer.sr.stacks.request import single_request

Result = Reconstruction | Joined


def agreement_of(result: Result) -> Consistency | None:
    """The agreement of a result with the scan of its study.

    Args:
        result: The result.

    Returns:
        The size of the residual as shares of the intensity range; of a join that with its
        reference, None where the reference covers nothing of the volume.
    """
    if isinstance(result, Joined):
        return result.stacks[result.request.reference].agreement
    return result.consistency


def request_of(result: Result, scan: Volume) -> Request:
    """The reconstruction of the scan alone that leads to the grid of a result.

    Args:
        result: The result.
        scan: The scan of its study.

    Returns:
        The request of a reconstruction; for a join that of the single result of its reference.
    """
    if isinstance(result, Joined):
        return single_request(scan, result.request)
    return result.request


def on_refined_grid(result: Result) -> bool:
    """Whether a result lies on the grid that ``request_of`` leads to.

    Args:
        result: The result.

    Returns:
        False for a join onto all stacks or with voxels of its own size.
    """
    if not isinstance(result, Joined):
        return True
    return result.request.grid == "reference" and result.request.spacing_mm is None


def cubic_beside(result: Result, scan: Volume) -> Job[Volume]:
    """The scan by cubic interpolation on the grid of a result.

    Args:
        result: The result.
        scan: The scan of its study.

    Returns:
        A job with the volume.
    """
    if not on_refined_grid(result):
        return (yield from resampled(scan, result.volume.geometry)).volume
    request = replace(request_of(result, scan), method="cubic")
    return (yield from reconstruct(scan, request)).volume


def stored_maps(result: Result) -> dict[str, Volume]:
    """All volumes that belong to a result beside its own.

    Args:
        result: The result.

    Returns:
        The maps of a reconstruction by the id of their kind; of a join "left-out-0" and so on, the
        residual of each stack that was left out, on the grid by its header.
    """
    if isinstance(result, Joined):
        return {
            left_out_key(stack.index): stack.left_out.residual
            for stack in result.stacks
            if stack.left_out is not None
        }
    return result.maps()


def left_out_key(number: int) -> str:
    """The key of a residual among ``stored_maps``.

    Args:
        number: Of the stack, from 0.

    Returns:
        Such as "left-out-0".
    """
    return f"{LEFT_OUT.id}-{number}"


def left_out_of(result: Result | None, number: int) -> LeftOut | None:
    """The scores of a stack as it is predicted from the others.

    Args:
        result: The result; None for none.
        number: Of the stack, from 0.

    Returns:
        The scores; None for a reconstruction, and where the stack was not predicted.
    """
    if not isinstance(result, Joined) or number >= len(result.stacks):
        return None
    return result.stacks[number].left_out


def map_of(
    result: Result, doubts: Doubts | None, kind: str, number: int
) -> tuple[Volume, float] | None:
    """A map of a result where it is shown, and the intensity range that it is a share of.

    Args:
        result: The result.
        doubts: Of the result; None where it has no disagreement, or while that is not smoothed yet.
        kind: The id of the kind of map.
        number: The stack whose residual is shown as left out, from 0.

    Returns:
        The map at its true position, and the range in its unit; None where the result has none.
    """
    if not isinstance(result, Joined):
        volume = shown_maps(result, doubts).get(kind)
        return None if volume is None else (volume, result.data_range)
    left_out = left_out_of(result, number)
    if kind != LEFT_OUT.id or left_out is None:
        return None
    residual = left_out.residual
    placed = moved(residual.geometry, result.stacks[number].moved)
    return replace(residual, geometry=placed), left_out.data_range
