"""The facts of a series by which it is found to be joinable with others; no voxel is read."""

import re
from dataclasses import dataclass

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import is_segmentation
from srviewer.errors import UserError
from srviewer.io.header_rows import HeaderRow
from srviewer.io.headers.header_values import HeaderValues
from srviewer.io.scans.series import Series
from srviewer.job import Job, within
from srviewer.sr.stacks.joinable.contrast import StackContrast, contrast_of_stack
from srviewer.sr.stacks.joinable.whose import Whose, whose_of

MOMENT = ("AcquisitionDateTime", "AcquisitionDate", "AcquisitionTime")
LOCALIZER = re.compile(r"loc|localizer|localiser|scout|survey|topogram|3plane|threeplane")
MASK = re.compile(r"\w*(mask|seg|dseg|label|labels|roi|lesion)")
COMPUTED = re.compile(
    r"adc|fa|map|mip|minip|mpr|subtraction|sub|projection|projectionimage|resampled|csamip|"
    r"trace|tracew|tensor|exp|cbf|cbv|mtt|ttp|reformatted|screensave"
)


@dataclass(frozen=True, eq=False)
class StackFacts:
    """The facts of a series that decide what it can be joined with.

    Attributes:
        series: The series.
        no_stack: Why it is no acquired stack, as a part of a sentence; "" where it is one.
        whose: The person and the examination.
        contrast: The contrast.
        taken: The date and time of its acquisition as the header has it, or "".
    """

    series: Series
    no_stack: str
    whose: Whose
    contrast: StackContrast
    taken: str

    @property
    def geometry(self) -> Geometry:
        """The grid by the header."""
        return self.series.geometry

    @property
    def is_thin(self) -> bool:
        """Whether its voxels are nearly cubes, so that nothing is missing between slices."""
        return self.geometry.thick_axis is None


def stack_facts(series: Series) -> Job[StackFacts]:
    """Read the header of one file of a series.

    Args:
        series: The series.

    Returns:
        A job with the facts; of an archive, whose members are not at hand, only those of the
        listing.
    """
    rows = yield from _rows(series)
    values = HeaderValues(rows)
    return StackFacts(
        series=series,
        no_stack=_no_stack(series, values),
        whose=whose_of(series, values, is_read=bool(rows)),
        contrast=contrast_of_stack(series, values),
        taken=" ".join(filter(None, map(values.text, MOMENT))),
    )


def plainly_no_stack(series: Series) -> str:
    """Why a series is no stack, from the listing alone.

    Args:
        series: The series.

    Returns:
        A part of a sentence, as "it is a mask"; "" where its header must be read.
    """
    words = re.split(r"[^a-z0-9]+", series.name.lower())
    if series.view_only or any(map(LOCALIZER.fullmatch, words)):
        return "it is a localizer or a single image"
    if is_segmentation(series.warnings) or MASK.fullmatch(words[-1]):
        return "it is a mask or label map"
    if series.modality not in ("MR", ""):
        return f"it is {series.modality}, and only MR stacks are joined"
    if series.frames > 1:
        return f"it has {series.frames} volumes"
    return ""


def _no_stack(series: Series, values: HeaderValues) -> str:
    plainly = plainly_no_stack(series)
    if plainly:
        return plainly
    if _is_own_result(values):
        return "it is a result of srviewer"
    types = re.split(r"[^A-Z0-9]+", values.text("ImageType", nested=True).upper())
    is_computed = any(COMPUTED.fullmatch(word.lower()) for word in types[2:])
    if types[:2] == ["DERIVED", "SECONDARY"] or is_computed:
        return "it was computed from other images"
    return ""


def _is_own_result(values: HeaderValues) -> bool:
    """Whether this program reconstructed or joined it."""
    if values.text("software.name") == "srviewer":
        return bool(values.text("provenance.method"))
    return values.text("ManufacturerModelName") == "srviewer"


def _rows(series: Series) -> Job[tuple[HeaderRow, ...]]:
    # Lazy: the window starts without pydicom.
    from srviewer.io.header_view import header_rows

    try:
        return (yield from within(header_rows(series.sources[0]), 0.0, 1.0))
    except (UserError, OSError):
        return ()
