"""A thick scan made from a thin one, with its truth."""

from dataclasses import dataclass, replace

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.job import Job, Progress


@dataclass(frozen=True, eq=False)
class Simulation:
    """``thick``: what the acquisition would give. ``truth``: the thin volume that it covers."""

    thick: Volume
    truth: Volume

    @property
    def meaning(self) -> str:
        """What scores against the truth mean."""
        return f"the thin scan '{self.truth.name}' before it was thickened"


def simulate(thin: Volume, degradation: Degradation) -> Job[Simulation]:
    """Thicken ``thin``; UserError when it has fewer slices than two thick ones need."""
    yield Progress(0.0, "Thickening")
    check_slices(thin, degradation)
    thick = degradation.thick_volume(thin)
    named = replace(thick, name=f"{thin.name} (thick, simulated)", stored_as="float32")
    return Simulation(thick=named, truth=degradation.covered(thin))


def check_slices(thin: ScanHeader, degradation: Degradation) -> None:
    """Raise UserError when ``thin`` has fewer slices than two thick ones need."""
    slices = thin.geometry.shape[degradation.axis]
    if slices < 2 * degradation.factor:
        raise UserError(
            f"'{thin.name}' has {slices} slices along {AXIS_NAMES[degradation.axis]}; factor "
            f"{degradation.factor} needs at least {2 * degradation.factor}."
        )
