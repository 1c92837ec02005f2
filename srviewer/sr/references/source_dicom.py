"""The DICOM series that a NIfTI scan was converted from, found by its grid and its voxels.

A file of NIfTI names nobody. The patient of a DICOM folder is taken for it only where grid and
voxels prove that the file is one of its series: never by names.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.comparison.linear_fit import LinearFit, linear_fit
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.resampling.reorient import closest_axes, on_grid, same_grid
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan as list_series
from srviewer.io.scans.series import Series
from srviewer.job import Job, within

# Of the intensity range, at each voxel: rounding to 8 bits stays below it, noise does not.
LARGEST_RESIDUAL = 0.005
LEAST_CORRELATION = 0.999  # also where the range is large beside all differences
SAME_VALUES = 1e-4  # relative: the values of both are the same numbers


@dataclass(frozen=True, eq=False)
class DicomSource:
    """The DICOM series of a scan.

    Attributes:
        header: The series, with its origin.
        fit: The scan's values of those of the series.
    """

    header: ScanHeader
    fit: LinearFit

    @property
    def note(self) -> str:
        """A sentence on values that differ from those of the series; "" where they do not."""
        if self.fit.is_identity(SAME_VALUES):
            return ""
        origin = self.header.origin
        factor = None if origin is None else origin.converted_factor
        reason = ""
        if factor is not None and abs(self.fit.slope / factor - 1) < LARGEST_RESIDUAL:
            reason = ", as dcm2niix scales values of Philips by default"
        return (
            f"The values are those of the scan: {self.fit} the values of its DICOM series "
            f"'{self.header.name}'{reason}."
        )

    def described(self) -> dict[str, object]:
        """Plain JSON values, which name nobody."""
        return {"slope": self.fit.slope, "intercept": self.fit.intercept}

    def given_to(self, result: Volume) -> Job[Volume]:
        """Give a result of the scan the patient, study and frame of reference of the series.

        Args:
            result: The result.

        Returns:
            A job whose result is the volume along the axes of the series, nothing interpolated.
        """
        header = self.header
        axes = closest_axes(result.geometry, header.geometry)
        placed = yield from on_grid(result, axes.grid(result.geometry))
        assert placed is not None  # it is the same grid
        unit = header.unit if self.fit.is_identity(SAME_VALUES) else result.unit
        return replace(
            placed,
            origin=header.origin,
            frame=header.frame,
            modality=header.modality or result.modality,
            body_part=header.body_part or result.body_part,
            unit=unit or result.unit,
        )


def source_dicom(scan: Volume, folder: Path) -> Job[DicomSource]:
    """Find the DICOM series that a scan was converted from.

    Args:
        scan: The scan, of a file that is no DICOM.
        folder: A folder, or file, with DICOM series.

    Returns:
        A job whose result is the series.

    Raises:
        UserError: The scan is DICOM itself, no series of the folder is the scan, or series of
            several people are.
    """
    if scan.origin is not None:
        raise UserError(
            f"'{scan.name}' is DICOM itself: its result is of the same patient and study by "
            "itself. Leave the DICOM folder out."
        )
    listing = yield from within(list_series([folder]), 0.0, 0.3)
    dicom = [series for series in listing.series if series.modality]
    on_same_grid = [series for series in dicom if same_grid(series.geometry, scan.geometry)]
    if not on_same_grid:
        raise UserError(f"{_none(scan, folder)}: {_grids(dicom, scan)}. {ADVICE}")
    found: list[tuple[Series, DicomSource]] = []
    for number, series in enumerate(on_same_grid):
        start = 0.3 + 0.7 * number / len(on_same_grid)
        job = _match(series, scan)
        source = yield from within(job, start, start + 0.7 / len(on_same_grid))
        if source is not None:
            found.append((series, source))
    if not found:
        raise UserError(
            f"{_none(scan, folder)}: {len(on_same_grid)} of them on the same grid, but with other "
            f"voxels. {ADVICE}"
        )
    if len({series.patient for series, _ in found}) > 1:
        raise UserError(
            f"Series of several people in '{folder}' have the voxels of '{scan.name}'. Name the "
            "folder of one of them."
        )
    return found[0][1]


ADVICE = (
    "Nobody's name is given to a scan that is not proven to be theirs. Name the folder of the "
    "series that it was converted from, and a scan whose voxels were not changed since."
)


def _none(scan: ScanHeader, folder: Path) -> str:
    return f"No DICOM series in '{folder}' is '{scan.name}'"


def _grids(dicom: list[Series], scan: ScanHeader) -> str:
    if not dicom:
        return "there is none"
    if len(dicom) == 1:
        return f"its grid differs, {grid_difference(dicom[0].geometry, scan.geometry)}"
    return f"the grids of all {len(dicom)} differ from its own"


def _match(series: Series, scan: Volume) -> Job[DicomSource | None]:
    """The series as the source of the scan, if one of its volumes has the same voxels."""
    for frame in range(series.frames):
        span = frame / series.frames, (frame + 1) / series.frames
        volume = yield from within(series.read(frame), *span)
        placed = yield from on_grid(volume, scan.geometry)
        if volume.origin is None or placed is None:
            return None
        fit = linear_fit(placed.voxels, scan.voxels)
        limit = LARGEST_RESIDUAL * volume_intensity(scan).range
        if fit is not None and fit.correlation >= LEAST_CORRELATION and fit.residual <= limit:
            return DicomSource(volume.header, fit)
    return None
