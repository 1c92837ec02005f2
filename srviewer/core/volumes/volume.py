"""Scans and results: the header, which is known before the voxels are read, and the volume."""

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.slice_runs import Planes
from srviewer.core.geometry.space_codes import SCANNER_SPACE, SpaceCodes
from srviewer.core.volumes.dicom_origin import DicomOrigin, ImagePlane
from srviewer.core.volumes.source_files import ScanSource

Voxels = npt.NDArray[np.float32]
Extension = tuple[int, bytes]  # code and content of a header extension of NIfTI


@dataclass(frozen=True)
class ScanWarning:
    """A fact about a scan that a user must know before trusting it.

    Attributes:
        code: One of the stable words of the command line's JSON.
        message: A sentence for people.
        where_mm: The positions concerned, in mm along the slice normal.
    """

    code: str
    message: str
    where_mm: tuple[float, ...] = ()


# These say that voxels are marks or labels and no measured intensities: by a name or header, and by
# the voxels themselves.
SEGMENTATION_CODES = ("segmentation", "label_like")
# The volume is a localizer or a single image, which is never reconstructed.
VIEW_ONLY = "view_only"
CONSTANT = "constant"  # one value everywhere, also where no voxel is a number
# With one of these the grid, or a voxel on it, may not be what was measured, or is none of a scan:
# a reconstruction must be confirmed.
BLOCKING_CODES = frozenset(
    {
        *SEGMENTATION_CODES,
        "missing_slices",
        "uneven_gaps",
        "duplicate_positions",
        "gantry_tilt",
        "mixed_orientation",
        "spacing_unknown",
        "orientation_unknown",
        "qform_sform_conflict",
        "truncated",
        "non_finite",
        "joined_series",
        "mixed_contrasts",
        "incomplete_volume",
    }
)


def blocking_warnings(warnings: tuple[ScanWarning, ...]) -> tuple[ScanWarning, ...]:
    """The warnings that a user must acknowledge before the scan is reconstructed.

    Args:
        warnings: All of the scan.

    Returns:
        Those with a code of ``BLOCKING_CODES``, in their order.
    """
    return tuple(warning for warning in warnings if warning.code in BLOCKING_CODES)


def view_only_reason(warnings: tuple[ScanWarning, ...]) -> str:
    """The reason why a volume can be viewed but not reconstructed.

    Args:
        warnings: All of the volume.

    Returns:
        A sentence for people; "" where the volume may be reconstructed.
    """
    return next((w.message for w in warnings if w.code == VIEW_ONLY), "")


def constant_reason(warnings: tuple[ScanWarning, ...]) -> str:
    """The reason why a reconstruction of a volume can give nothing: it has one value everywhere.

    Args:
        warnings: All of the volume.

    Returns:
        A sentence for people; "" where its voxels differ.
    """
    return next((w.message for w in warnings if w.code == CONSTANT), "")


def is_segmentation(warnings: tuple[ScanWarning, ...]) -> bool:
    """Whether warnings say that a volume is a mask, label map or other segmentation, not a scan.

    Args:
        warnings: All of the volume.

    Returns:
        True where one has a code of ``SEGMENTATION_CODES``.
    """
    return any(warning.code in SEGMENTATION_CODES for warning in warnings)


@dataclass(frozen=True, eq=False)
class ScanHeader:
    """All that is known of an image before its voxels are read.

    Attributes:
        geometry: The grid.
        name: The name that users see.
        unit: The unit of the voxels, "" where it is unknown.
        modality: DICOM's word ("MR", "CT"), or "" where the file does not say.
        stored_as: numpy's name of the data type that the file held.
        frame: DICOM's FrameOfReferenceUID, or "" where unknown; points of two frames differ.
        history: The steps of processing, oldest first; exported with the image.
        warnings: What a user must know before trusting it.
        origin: The DICOM series that it was read or made from; None for other files.
        planes: The true positions of its slices, where the grid is not what was measured; else
            None.
        slice_thickness: mm along the thick axis, or None where the file does not say; it may be
            less than the spacing (gaps) or more (overlaps).
        source: The files that it was read or made from; None where there are none.
        space: The space that its coordinates mean.
        padding: The value of voxels that are no image; None where all of them are.
        body_part: DICOM's word for what was examined ("BRAIN"), or "" where the file does not say.
        patient: A digest that is equal for images of one patient, "" where the file names none; it
            goes into no file.
        outside: The value outside of the grid by the format of the file, which leaves empty slices
            out; None where nothing is known of voxels there.
        extensions: The header extensions of NIfTI that results repeat.
        drawn_on: The planes of a DICOM segmentation whose frames name the images that they were
            drawn on.
    """

    geometry: Geometry
    name: str
    unit: str = ""
    modality: str = ""
    stored_as: str = "float32"
    frame: str = ""
    history: tuple[str, ...] = ()
    warnings: tuple[ScanWarning, ...] = ()
    origin: DicomOrigin | None = None
    planes: Planes | None = None
    slice_thickness: float | None = None
    source: ScanSource | None = None
    space: SpaceCodes = SCANNER_SPACE
    padding: float | None = None
    body_part: str = ""
    patient: str = ""
    outside: float | None = None
    extensions: tuple[Extension, ...] = ()
    drawn_on: tuple[ImagePlane, ...] = ()

    @property
    def header(self) -> "ScanHeader":
        """The header alone: of a Volume, without its voxels."""
        return ScanHeader(**_header_fields(self))

    def derived_header(
        self, geometry: Geometry, step: str, name: str | None = None
    ) -> "ScanHeader":
        """The header of an image that is made from this one.

        Args:
            geometry: The grid of the new image.
            step: A sentence that is added to the history.
            name: The new name; None for the same.

        Returns:
            The new header; ``planes`` are kept only on the very same grid.
        """
        return replace(
            self.header,
            geometry=geometry,
            name=self.name if name is None else name,
            history=(*self.history, step),
            planes=self.planes if geometry is self.geometry else None,
        )

    def with_voxels(self, voxels: Voxels) -> "Volume":
        """The volume of this header.

        Args:
            voxels: (i, j, k) on its grid, in its unit.

        Returns:
            The volume.

        Raises:
            ValueError: The voxels are not on its grid.
        """
        return Volume(voxels, **_header_fields(self))


def _header_fields(header: ScanHeader) -> dict[str, Any]:
    return {name: getattr(header, name) for name in _header_names()}


@cache  # a slab that moves makes volumes in each frame
def _header_names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(ScanHeader))


@dataclass(frozen=True, eq=False)
class _HasVoxels:
    """Puts ``voxels`` before the fields of the header, some of which have defaults."""

    voxels: Voxels


@dataclass(frozen=True, eq=False)
class Volume(ScanHeader, _HasVoxels):
    """A three-dimensional image: a header and its voxels.

    Attributes:
        voxels: (i, j, k) float32, in ``unit`` and not writable, so that threads may share it.

    Raises:
        ValueError: Voxels and geometry differ in shape.
    """

    def __post_init__(self) -> None:
        if self.voxels.shape != self.geometry.shape:
            raise ValueError(f"{self.voxels.shape} voxels on a grid of {self.geometry.shape}")
        # A view, so that the caller's own array keeps its flags.
        voxels = np.asarray(self.voxels, dtype=np.float32).view()
        voxels.flags.writeable = False
        object.__setattr__(self, "voxels", voxels)

    @property
    def padded(self) -> npt.NDArray[np.bool_] | None:
        """(i, j, k) mask of the padding; None where there is no padding."""
        return None if self.padding is None else self.voxels == np.float32(self.padding)

    def derived(
        self, voxels: Voxels, geometry: Geometry, step: str, name: str | None = None
    ) -> "Volume":
        """A new volume that is made from this one.

        Args:
            voxels: (i, j, k) on the new grid, in the unit of this volume.
            geometry: The new grid.
            step: A sentence that is added to the history.
            name: The new name; None for the same.

        Returns:
            The new volume.
        """
        return self.derived_header(geometry, step, name).with_voxels(voxels)
