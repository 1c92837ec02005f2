"""How the window names axes, spacings, devices."""

from collections.abc import Sequence
from pathlib import Path

from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.geometry.grid import AXIS_NAMES, Axis, Geometry
from srviewer.core.regions.roi import Kind, Roi, values_inside
from srviewer.core.slices.planes import LETTERS
from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.translation import mark, tr
from srviewer.nn.plans.adaptation import Adapted
from srviewer.sr.models.devices import device_choices

# The largest difference, as a share of the intensity range, that still counts as agreement.
CONSISTENT = 0.005
NO_REFERENCE = mark("no reference: agreement with the scan only")
NOT_SCORED = mark("no reference: not scored")  # of what was not made here
OBLIQUE = 1.0  # degrees: below this nobody would call it oblique


def axis_title(geometry: Geometry, axis: Axis) -> str:
    """An array axis with its patient direction and spacing: "k (I-S)  4.00 mm"."""
    world = geometry.world_axes.index(axis)
    low, high = LETTERS[world]
    grows = geometry.directions[world, axis] > 0
    ends = f"{low}\u2013{high}" if grows else f"{high}\u2013{low}"
    return f"{AXIS_NAMES[axis]} ({ends})  {geometry.spacing[axis]:.2f} mm"


def orientation(geometry: Geometry) -> str:
    """Where the axes (i, j, k) point: "RAS", "LPS" ..."""
    letters = []
    for axis in range(3):
        world = geometry.world_axes.index(axis)
        low, high = LETTERS[world]
        letters.append(high if geometry.directions[world, axis] > 0 else low)
    return "".join(letters)


def grid_words(geometry: Geometry) -> str:
    """ "320 x 320 x 36 voxels of 0.72 x 0.72 x 4 mm"."""
    size, spacing = counts(geometry.shape), millimetres(geometry.spacing)
    return tr("{size} voxels of {spacing}", size=size, spacing=spacing)


def file_names(paths: Sequence[Path]) -> str:
    """The name of one file, the number of several."""
    return paths[0].name if len(paths) == 1 else tr("{count} files", count=len(paths))


def millimetres(values: Sequence[float]) -> str:
    """Lengths to the hundredth: "0.72 x 0.72 x 4 mm"."""
    return " \u00d7 ".join(f"{round(mm, 2):g}" for mm in values) + " mm"


def counts(values: Sequence[int]) -> str:
    """Whole numbers: "320 x 320 x 36"."""
    return " \u00d7 ".join(map(str, values))


def percent(share: float) -> str:
    """A share with two digits that matter: "0.02 %", "15 %"; below that "under 0.001 %"."""
    return f"{100 * share:.2g} %" if share >= 1e-5 or share == 0 else tr("under 0.001 %")


def agreement(found: Consistency) -> str:
    """How well a result keeps to the scan, as one line."""
    if agrees(found):
        return tr("agrees with the scan: {share} (max)", share=percent(found.max))
    return tr("differs from the scan by up to {share}", share=percent(found.max))


def adaptation(tried: Adapted) -> str:
    """How fitting the model to the scan went, as one line."""
    if tried.kept:
        return tr("adapted: {gain:+.2f} dB on its held-out slices", gain=tried.gain)
    if not tried.steps:
        return tr("too small to adapt to: the model as it ships")
    return tr("adapting {found}: the model as it ships", found=tr(tried.found))


def agrees(found: Consistency) -> bool:
    """Whether a result is as consistent as exact data consistency makes it."""
    return found.max <= CONSISTENT


def roi_title(roi: Roi, number: int) -> str:
    """What a measurement is called; ``number`` counts all of them from 0."""
    return roi.name or f"{kind_title(roi)} {number + 1}"


def kind_title(roi: Roi) -> str:
    """What a measurement is: "Distance"."""
    return tr(KIND_TITLES[roi.kind])


def size_of(roi: Roi) -> str:
    """The length, angle or area of a measurement with its unit."""
    if roi.length_mm is not None:
        return f"{roi.length_mm:.1f} mm"
    if roi.area_mm2 is not None:
        return f"{roi.area_mm2:.0f} mm\u00b2"
    return "" if roi.degrees is None else f"{roi.degrees:.1f}\u00b0"


def measured(roi: Roi, volume: Volume) -> str:
    """What a measurement finds in a volume, as one line beside it."""
    if not roi.has_values:
        return size_of(roi)
    found = values_inside(roi, volume)
    if found is None:
        return tr("no voxel inside")
    told = mark("{mean:.4g} \u00b1 {sd:.3g}  ({count} voxels)")
    return tr(told, mean=found.mean, sd=found.sd, count=found.count)


def device_entries() -> list[tuple[str, str]]:
    """(title, name) of what may compute, for a list."""
    return [(tr(DEVICE_TITLES.get(name, name)), name) for name in device_choices()]


DEVICE_TITLES = {
    "auto": mark("Automatic"),
    "cpu": mark("Processor (CPU)"),
    "cuda": mark("NVIDIA graphics (CUDA)"),
    "mps": mark("Apple graphics (Metal)"),
}
KIND_TITLES: dict[Kind, str] = {
    "distance": mark("Distance"),
    "angle": mark("Angle"),
    "rectangle": mark("Rectangle"),
    "ellipse": mark("Ellipse"),
}
