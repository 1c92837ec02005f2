"""Texts for axes, spacings, scores, measurements and devices."""

from collections.abc import Sequence
from pathlib import Path

from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.geometry.grid import AXIS_NAMES, Axis, Geometry
from srviewer.core.intensity.window import Window
from srviewer.core.regions.labels import Label
from srviewer.core.regions.roi import Kind, Roi, values_inside
from srviewer.core.slices.planes import LETTERS
from srviewer.core.slices.thick_slab import SlabKind
from srviewer.core.visible_text import visible_line
from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.values import value_text
from srviewer.nn.devices.precisions import PRECISIONS
from srviewer.sr.models.devices import device_choices
from srviewer.sr.results.doubts import DoubtfulRegion
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.result import Result, agreement_of

# The largest difference, as a share of the intensity range, that still counts as agreement.
CONSISTENT = 0.005
NO_REFERENCE = mark("no reference: agreement with the scan only")
NOT_SCORED = mark("no reference: not scored")  # of a volume that is no result
OBLIQUE = 1.0  # degrees: up to this nobody would call it oblique


def axis_title(geometry: Geometry, axis: Axis) -> str:
    """Describe an array axis: "k (I-S)  4.00 mm".

    Args:
        geometry: Of the volume.
        axis: Array axis, 0 to 2.

    Returns:
        Its name, its ends in the patient (low index first) and its spacing.
    """
    return f"{axis_ends(geometry, axis)}  {geometry.spacing[axis]:.2f} mm"


def axis_ends(geometry: Geometry, axis: Axis) -> str:
    """Describe the direction of an array axis: "k (I-S)".

    Args:
        geometry: Of the volume.
        axis: Array axis, 0 to 2.

    Returns:
        Its name and its ends in the patient (low index first).
    """
    world = geometry.world_axes.index(axis)
    low, high = LETTERS[world]
    grows = geometry.directions[world, axis] > 0
    ends = f"{low}\u2013{high}" if grows else f"{high}\u2013{low}"
    return f"{AXIS_NAMES[axis]} ({ends})"


def orientation(geometry: Geometry) -> str:
    """Orientation code of a grid: "RAS", "LPS" and so on.

    Args:
        geometry: Of the volume.

    Returns:
        For i, j and k the patient's direction in which the index increases most.
    """
    letters = []
    for axis in range(3):
        world = geometry.world_axes.index(axis)
        low, high = LETTERS[world]
        letters.append(high if geometry.directions[world, axis] > 0 else low)
    return "".join(letters)


def grid_words(geometry: Geometry) -> str:
    """Describe a grid: "320 x 320 x 36 voxels of 0.72 x 0.72 x 4 mm".

    Args:
        geometry: Of the volume.

    Returns:
        The translated text, in the order (i, j, k).
    """
    size, spacing = counts(geometry.shape), millimetres(geometry.spacing)
    return tr("{size} voxels of {spacing}", size=size, spacing=spacing)


def file_names(paths: Sequence[Path]) -> str:
    """The name of one file, or the number of several.

    Args:
        paths: At least one.

    Returns:
        The translated text.
    """
    return paths[0].name if len(paths) == 1 else tr("{count} files", count=len(paths))


def millimetres(values: Sequence[float]) -> str:
    """Format lengths to the hundredth: "0.72 x 0.72 x 4 mm".

    Args:
        values: In mm.

    Returns:
        The lengths with the multiplication sign between them.
    """
    return " \u00d7 ".join(f"{round(mm, 2):g}" for mm in values) + " mm"


def slab_text(kind: SlabKind, mm: float) -> str:
    """Describe a thick slab: "mean over 5 mm".

    Args:
        kind: What of the slices is drawn.
        mm: The thickness.

    Returns:
        The translated text.
    """
    return tr("{kind} over {length}", kind=tr(SLAB_WORDS[kind]), length=millimetres([mm]))


def counts(values: Sequence[int]) -> str:
    """Format whole numbers: "320 x 320 x 36".

    Args:
        values: Of a shape.

    Returns:
        The numbers with the multiplication sign between them.
    """
    return " \u00d7 ".join(map(str, values))


def counted(index: int, count: int) -> str:
    """The number of a slice or a voxel among all: "12 / 40".

    Args:
        index: Its index, from 0.
        count: The number of slices.

    Returns:
        The number from 1 and the count.
    """
    return f"{index + 1} / {count}"


def percent(share: float) -> str:
    """Format a share with two significant digits: "0.02 %", "15 %".

    Args:
        share: 0 to 1.

    Returns:
        The percentage; "under 0.001 %" for less than that, unless it is 0.
    """
    rounded = float(f"{100 * share:.2g}")  # 100, not 1e+02
    return f"{rounded:g} %" if share >= 1e-5 or share == 0 else tr("under 0.001 %")


def region_share(region: DoubtfulRegion) -> str:
    """The disagreement in a region in the unit of the map's colour scale: "6.8 %".

    Args:
        region: The region.

    Returns:
        The share of the intensity range, with one decimal.
    """
    return f"{100 * region.share:.1f} %"


def region_text(region: DoubtfulRegion, unit: str) -> str:
    """Describe a region that is most likely wrong, as one line.

    Args:
        region: The region.
        unit: Of the scan; "" where it is not known.

    Returns:
        The translated text: the slices through it, and the disagreement in % and in the unit.
    """
    axial, coronal, sagittal = region.slices
    return tr(
        "Axial {axial}, coronal {coronal}, sagittal {sagittal} of the result. The two planes "
        "differ by {share} of the range ({value}).",
        axial=axial,
        coronal=coronal,
        sagittal=sagittal,
        share=region_share(region),
        value=f"{region.disagreement:.4g} {unit}".rstrip(),
    )


def agreement(
    consistency: Consistency, repaired: Sequence[str] = (), noise: float | None = None
) -> str:
    """Describe the agreement of a result with the scan, as one line.

    Args:
        consistency: The residual as a share of the intensity range.
        repaired: The repairs of the scan, with which the result is compared then.
        noise: The noise within which it agrees, a share of the range; None for exact agreement.

    Returns:
        The translated text, with the largest residual in percent.
    """
    if noise is not None and agrees(consistency, noise):
        return tr(
            "agrees with the scan to within its noise of {noise}: {share} (rms)",
            noise=percent(noise),
            share=percent(consistency.rms),
        )
    share = percent(consistency.max)
    if agrees(consistency):
        if repaired:
            return tr("agrees with the repaired scan: {share} (max)", share=share)
        return tr("agrees with the scan: {share} (max)", share=share)
    if repaired:
        return tr("differs from the repaired scan by up to {share}", share=share)
    return tr("differs from the scan by up to {share}", share=share)


def result_agreement(result: Result) -> str:
    """Describe the agreement of a result with the scan of its study, as one line.

    Args:
        result: The result.

    Returns:
        The translated text; "" for a join whose reference covers nothing of it.
    """
    if not isinstance(result, Joined):
        return agreement(result.consistency, result.repaired, result.noise_removed)
    consistency = agreement_of(result)
    if consistency is None:
        return ""
    share = percent(consistency.rms)
    return tr("differs from the reference stack by {share} (rms)", share=share)


def agrees(consistency: Consistency, noise: float | None = None) -> bool:
    """Whether a result is as consistent as data consistency makes it.

    Args:
        consistency: The residual as a share of the intensity range.
        noise: The noise within which it agrees, a share of the range; None for exact agreement.

    Returns:
        True for a largest residual of at most 0.5 % of the intensity range, or a root mean square
        of at most the noise.
    """
    if noise is not None:
        return consistency.rms <= noise
    return consistency.max <= CONSISTENT


def roi_title(roi: Roi, number: int) -> str:
    """The name of a measurement.

    Args:
        roi: The measurement.
        number: Its index among all measurements of the study, from 0.

    Returns:
        Its own name; where it has none, its kind and its number from 1.
    """
    return roi.name or f"{kind_title(roi)} {number + 1}"


def kind_title(roi: Roi) -> str:
    """The kind of a measurement: "Distance".

    Args:
        roi: The measurement.

    Returns:
        The translated text.
    """
    return tr(KIND_TITLES[roi.kind])


def size_text(roi: Roi) -> str:
    """The length, angle or area of a measurement with its unit.

    Args:
        roi: The measurement.

    Returns:
        In mm, degrees or square mm; empty when it has none of them.
    """
    if roi.length_mm is not None:
        return f"{roi.length_mm:.1f} mm"
    if roi.area_mm2 is not None:
        return f"{roi.area_mm2:.0f} mm\u00b2"
    return "" if roi.degrees is None else f"{roi.degrees:.1f}\u00b0"


def measurement_text(roi: Roi, volume: Volume, scale: Window) -> str:
    """The values of a measurement in a volume, as one line.

    Args:
        roi: The measurement.
        volume: Its voxels inside the measurement are used.
        scale: The automatic window of the scan, which decides the number of decimals.

    Returns:
        Mean, standard deviation and number of voxels; for a distance or an angle its size.
    """
    if not roi.has_values:
        return size_text(roi)
    values = values_inside(roi, volume)
    if values is None:
        return tr("no voxel inside")
    one, several = (
        mark("{mean} \u00b1 {sd}  (1 voxel)"),
        mark("{mean} \u00b1 {sd}  ({count} voxels)"),
    )
    message = one if values.count == 1 else several
    mean, sd = value_text(values.mean, scale), value_text(values.sd, scale)
    return tr(message, mean=mean, sd=sd, count=values.count)


def label_text(label: Label) -> str:
    """The name of a label with its value: "Hippocampus (17)".

    Args:
        label: Of a mask or label map.

    Returns:
        One line; "label 17" where no file names it.
    """
    if not label.name:
        return tr("label {value}", value=label.value)
    return f"{visible_line(label.name)} ({label.value})"


def device_entries() -> list[tuple[str, str]]:
    """(title, name) of each device that can compute, for a list."""
    return [(tr(DEVICE_TITLES.get(name, name)), name) for name in device_choices()]


def precision_entries() -> list[tuple[str, str]]:
    """(title, name) of each precision of a network, for a list."""
    return [(tr(PRECISION_TITLES[name]), name) for name in PRECISIONS]


SLAB_TITLES: dict[SlabKind, str] = {
    "mean": mark("Mean"),
    "maximum": mark("Maximum"),
    "minimum": mark("Minimum"),
}
SLAB_WORDS: dict[SlabKind, str] = {
    "mean": mark("mean"),
    "maximum": mark("maximum"),
    "minimum": mark("minimum"),
}
PRECISION_TITLES = {
    "auto": mark("Auto precision"),  # beside the device, which is automatic too
    "float32": mark("Float32"),
    "int8": mark("8-bit integers"),
}
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
