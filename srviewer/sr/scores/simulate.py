"""Simulation of a thick scan from a thin one, which is its ground truth."""

from dataclasses import dataclass, replace

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.job import Job, Progress


@dataclass(frozen=True, eq=False)
class Simulation:
    """A simulated scan.

    Attributes:
        thick: The degraded scan.
        truth: The part of the thin volume that it covers.
    """

    thick: Volume
    truth: Volume

    @property
    def meaning(self) -> str:
        """The sentence on the ground truth that stands beside scores."""
        return f"the thin scan '{self.truth.name}' before it was degraded"


def simulate(thin: Volume, degradation: Degradation) -> Job[Simulation]:
    """Degrade a thin volume to a thick scan.

    Args:
        thin: The thin volume.
        degradation: The acquisition model.

    Returns:
        A job whose result is the scan with its ground truth.

    Raises:
        UserError: The volume has too few slices, as in ``check_slices``.
    """
    yield Progress(0.0, "Simulating")
    check_slices(thin, degradation)
    thick = degradation.thick_volume(thin)
    named = replace(thick, name=f"{thin.name} (thick, simulated)", stored_as="float32")
    return Simulation(thick=named, truth=degradation.covered(thin))


def check_slices(thin: ScanHeader, degradation: Degradation) -> None:
    """Check that a thin volume has enough slices to be degraded to two thick ones.

    Args:
        thin: The thin volume.
        degradation: The acquisition model.

    Raises:
        UserError: It has fewer.
    """
    slices = thin.geometry.shape[degradation.axis]
    if slices < 2 * degradation.factor:
        raise UserError(
            f"'{thin.name}' has {slices} slices along {AXIS_NAMES[degradation.axis]}; factor "
            f"{degradation.factor} needs at least {2 * degradation.factor}."
        )
