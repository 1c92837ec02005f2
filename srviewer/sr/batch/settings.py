"""The settings of a batch."""

import hashlib
import json
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

from srviewer import __version__
from srviewer.core.geometry.grid import Axis
from srviewer.io.export.nifti import DataType
from srviewer.io.targets import NIFTI
from srviewer.nn.devices.precisions import Precision
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.models.available_models import find_model
from srviewer.sr.requests.request import Request
from srviewer.sr.slabs.choice import SlabsWanted


@dataclass(frozen=True)
class Settings:
    """The settings of each reconstruction of a batch.

    Attributes:
        request: The request, whose axis and factor are replaced for each volume.
        axis: The axis; None for the one that suits the volume.
        factor: The factor; None for the one that suits the volume.
        store: The data type of the results.
        acknowledge: Also reconstruct scans whose geometry is in doubt.
        slabs: Whether volumes are reconstructed slab-wise, which changes no voxel.
        room: The bytes that a reconstruction may take, where as many are free.
        overwrite: Replace results that were made from another source.
        target: The id of the export target.
        data_set: The BIDS data set of the scans, where the output folder holds its derivatives;
            None where the target tells it from the output folder.
        precision: That of all networks, settled before workers start, which may be of several
            machines; None to take the request's.
        join: Whether stacks that belong together are joined; of the request, joins take method,
            model and device.
    """

    request: Request
    axis: Axis | None
    factor: int | None
    store: DataType
    acknowledge: bool
    slabs: SlabsWanted = "auto"
    room: float = inf
    overwrite: bool = False
    target: str = NIFTI.id
    data_set: Path | None = None
    precision: Precision | None = None
    join: bool = False

    def identity(self) -> str:
        """A digest of all on which an outcome depends: also what makes a volume fail."""
        words = [self.fingerprint(), self.acknowledge, self.slabs, self.overwrite]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()

    def fingerprint(self) -> str:
        """JSON of all that changes a result: settings, weights, version of the program."""
        needs_model = method(self.request.method).needs_model
        model = find_model(self.request.model).sha256 if needs_model else ""
        request = {**asdict(self.request), "model": model, "axis": None, "factor": None}
        if self.request.minimum == "none":
            del request["minimum"]  # version 0.1.0 had no such setting: its records stay valid
        if not self.request.repair:
            del request["repair"]  # nor this
        if self.request.precision == "auto":
            del request["precision"]
        if self.request.profile != "slr":
            del request["time_bandwidth"]
        settings = [__version__, request, self.axis, self.factor, self.store]
        if self.target != NIFTI.id:  # the records of earlier versions stay valid
            settings.append(self.target)
        return json.dumps(settings, sort_keys=True)
