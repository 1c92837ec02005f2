"""The settings of a batch."""

import hashlib
import json
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

from srviewer import __version__
from srviewer.core.geometry.grid import Axis
from srviewer.io.bids.derivative import DataSetLink
from srviewer.io.bids.names import OF_RESULTS
from srviewer.io.dicom.export.form import CLASSIC, DicomForm
from srviewer.io.export.image import DataType
from srviewer.io.targets import NIFTI, target
from srviewer.nn.devices.precisions import Precision
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.models.available_models import find_model
from srviewer.sr.requests.request import Request
from srviewer.sr.slabs.choice import SlabsWanted
from srviewer.sr.stacks.request import Motion


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
        links: The BIDS data sets of the scans, as the folder of the results names them.
        form: The objects and transfer syntax of DICOM.
        entities: Those of BIDS that the names of results have, as pairs of key and label.
        precision: That of all networks, settled before workers start, which may be of several
            machines; None to take the request's.
        join: Whether stacks that belong together are joined; of the request, joins take method,
            model and device.
        motion: That of ``JoinRequest``, of the slices of stacks that are joined.
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
    links: tuple[DataSetLink, ...] = ()
    form: DicomForm = CLASSIC
    entities: tuple[tuple[str, str], ...] = tuple(OF_RESULTS.items())
    precision: Precision | None = None
    join: bool = False
    motion: Motion = "none"

    def identity(self) -> str:
        """A digest of all on which an outcome depends: also what makes a volume fail."""
        words = [self.fingerprint(), self.acknowledge, self.slabs, self.overwrite]
        if self.motion != "none":  # records of earlier versions stay valid
            words.append(self.motion)
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()

    def link_of(self, data_set: Path | None) -> DataSetLink | None:
        """The data set of which a result is a derivative.

        Args:
            data_set: That of its scan; None without one.

        Returns:
            That data set, or the one that the results are written to; None where the result is no
            derivative.
        """
        own = next((link for link in self.links if link.root == data_set), None)
        return self.links[0] if own is None and target(self.target).place == "data set" else own

    def fingerprint(self) -> str:
        """JSON of all that changes a result: settings, weights, version of the program."""
        needs_model = method(self.request.method).needs_model
        model = find_model(self.request.model).sha256 if needs_model else ""
        request = {**asdict(self.request), "model": model, "axis": None, "factor": None}
        del request["model_reason"]  # the results of a model do not depend on who chose it
        if self.request.minimum == "none":
            del request["minimum"]  # version 0.1.0 had no such setting: its records stay valid
        if not self.request.repair:
            del request["repair"]  # nor this
        if self.request.agreement == "exact":
            del request["agreement"]
        if self.request.precision == "auto":
            del request["precision"]
        if self.request.profile != "slr":
            del request["time_bandwidth"]
        settings = [__version__, request, self.axis, self.factor, self.store]
        if self.target != NIFTI.id:  # the records of earlier versions stay valid
            settings.append(self.target)
        if self.form != CLASSIC:
            settings.append(asdict(self.form))
        return json.dumps(settings, sort_keys=True)

    @property
    def naming(self) -> str:
        """The chosen entities as text, where a source has a name of its own for them; else ""."""
        chosen = sorted(self.entities)
        return "" if chosen == sorted(OF_RESULTS.items()) else json.dumps(chosen)
