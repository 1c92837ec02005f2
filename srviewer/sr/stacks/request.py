"""The settings of a join: several stacks of one person to one volume."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from srviewer.codec import one_of
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import ScanHeader
from srviewer.errors import UserError
from srviewer.nn.devices.precisions import PRECISIONS
from srviewer.sr.inputs.segmentations import check_is_scan
from srviewer.sr.models.available_models import DEFAULT_MODEL
from srviewer.sr.models.devices import DEVICES
from srviewer.sr.requests.request import LONGEST_REASON, ModelName, Request, suggested_request

Grid = Literal["reference", "union"]
GRIDS: tuple[Grid, ...] = ("reference", "union")
Register = Literal["none", "rigid"]
REGISTERS: tuple[Register, ...] = ("none", "rigid")
Motion = Literal["none", "slices"]
MOTIONS: tuple[Motion, ...] = ("none", "slices")
PRIORS = ("cross-plane", "cubic")
FEWEST_STACKS, MOST_STACKS = 2, 8
FINEST_MM, COARSEST_MM = 0.1, 10.0


@dataclass(frozen=True)
class JoinRequest:
    """All settings of a join.

    Attributes:
        reference: The number of the stack, from 0, whose grid, unit and position the result has.
        grid: "reference" for exactly the grid that a reconstruction gives that stack, "union" for
            the same lattice extended by whole voxels over all stacks.
        spacing_mm: Isotropic voxels of this size in the same box; None for those of ``grid``.
        register: "rigid" to move stacks where there is evidence that they moved, "none" to leave
            each where its header puts it.
        motion: "slices" to move single slices back where there is evidence that the slices of a
            stack moved against each other, "none" to leave each in its stack.
        method: The method of the single results, the prior: "cross-plane" or "cubic".
        model: The network, by name or by file; unused by interpolation.
        device: One of ``DEVICES``.
        precision: One of ``PRECISIONS``, of the network.
        left_out: Whether each stack is predicted from the others and scored, which decides whether
            joining gains anything; it takes about as long as the join.
        model_reason: As of ``Request``.
    """

    reference: Annotated[int, Meta(ge=0, lt=MOST_STACKS)] = 0
    grid: Grid = "reference"
    spacing_mm: Annotated[float, Meta(ge=FINEST_MM, le=COARSEST_MM)] | None = None
    register: Register = "rigid"
    motion: Motion = "none"
    method: Annotated[str, one_of(PRIORS)] = "cross-plane"
    model: ModelName = DEFAULT_MODEL
    device: Annotated[str, one_of(DEVICES)] = "auto"
    precision: Annotated[str, one_of(PRECISIONS)] = "auto"
    left_out: bool = True
    model_reason: Annotated[str, Meta(max_length=LONGEST_REASON)] = ""


def single_request(stack: ScanHeader, request: JoinRequest) -> Request:
    """The reconstruction of one of the stacks by itself.

    Args:
        stack: The stack.
        request: The join.

    Returns:
        What suits the stack, with the method, model, device and precision of the join.
    """
    suggested = suggested_request(stack, model=request.model)
    return Request(
        suggested.axis,
        suggested.factor,
        method=request.method,
        model=request.model,
        device=request.device,
        precision=request.precision,
    )


def check_join(stacks: Sequence[ScanHeader], request: JoinRequest) -> None:
    """Check that stacks can be joined, whoever they belong to.

    Args:
        stacks: The stacks, in the order in which they are numbered.
        request: The join.

    Raises:
        UserError: There are too few or too many, one is no stack of regular slices, or a setting
            cannot be.
        Unsupported: One is no scan.
    """
    count = len(stacks)
    if not FEWEST_STACKS <= count <= MOST_STACKS:
        raise UserError(
            f"{FEWEST_STACKS} to {MOST_STACKS} stacks of one person can be joined, and {count} "
            f"{'was' if count == 1 else 'were'} given."
        )
    if not 0 <= request.reference < count:
        raise UserError(
            f"There is no stack {request.reference}: the {count} stacks are numbered from 0 to "
            f"{count - 1}. Give one of them as the reference."
        )
    if request.method not in PRIORS:
        raise UserError(f"A join starts from {' or '.join(PRIORS)}, not from '{request.method}'.")
    spacing = request.spacing_mm
    if spacing is not None and not FINEST_MM <= spacing <= COARSEST_MM:
        raise UserError(
            f"Voxels of {spacing:g} mm cannot be: give {FINEST_MM:g} to {COARSEST_MM:g} mm."
        )
    for stack in stacks:
        _check_stack(stack, request)


def _check_stack(stack: ScanHeader, request: JoinRequest) -> None:
    check_is_scan(stack, "joined")
    axis = single_request(stack, request).axis
    slices = stack.geometry.shape[axis]
    if slices < 2:
        raise UserError(
            f"'{stack.name}' has {slices} slice along {AXIS_NAMES[axis]}: a stack that is joined "
            "has at least 2. Leave it out."
        )
    if stack.planes is not None and stack.planes.axis == axis:
        raise UserError(
            f"Slices of '{stack.name}' are missing or lie at uneven distances, and only stacks of "
            "regular slices are joined. Leave it out, or look for the missing files."
        )
