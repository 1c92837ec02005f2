"""The factor between values of Philips DICOM and those of NIfTI files that were made of it."""

from math import log

from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.volumes.remembered import remembered
from srviewer.core.volumes.volume import Volume

NEAR = log(1.25)  # two results of one scan have intensity ranges that are closer
FAR = log(1.5)  # a smaller factor is no other scale


def philips_note(volume: Volume, other_volume: Volume) -> str:
    """Say where two volumes differ by the private scale slope of Philips.

    One comes from Philips DICOM, the other from a file that is no DICOM, and the ratio of their
    intensity ranges is that by which dcm2niix multiplies the values by default.

    Args:
        volume: The first volume.
        other_volume: The second volume.

    Returns:
        A sentence for people; "" where that is not so.
    """
    for dicom, converted in ((volume, other_volume), (other_volume, volume)):
        factor = None if dicom.origin is None else dicom.origin.converted_factor
        if factor is None or converted.origin is not None or abs(log(factor)) < FAR:
            continue
        ranges = _intensity_range(dicom), _intensity_range(converted)
        if min(ranges) > 0 and abs(log(ranges[1] / ranges[0] / factor)) < NEAR:
            return (
                f"The values of '{converted.name}' are about {factor:.4g} times those of "
                f"'{dicom.name}': dcm2niix divides values of Philips by the private scale slope "
                "(2005,100E) unless it is called with -p n. Scores between the two mean nothing: "
                "convert with -p n, or compare files of one origin."
            )
    return ""


@remembered
def _intensity_range(volume: Volume) -> float:
    return volume_intensity(volume).range
