"""The measured loss of gain by gaps, noise, large factors and other parts of the body.

The figures of gaps, noise and factors are those of ``python -m benchmarks.slice_faults``, eight
people that no network was trained on, model "fast"; see docs/trust-measured.md. Those of other
parts of the body are of an earlier measurement that no script here repeats.
"""

from srviewer.core.volumes.volume import ScanHeader
from srviewer.sr.reconstruction.body_part import other_body_part
from srviewer.sr.requests.request import LARGEST_MEASURED, Request, used_thickness

WIDE_GAP = 0.3  # of the spacing
FEW_TENTHS = 0.005  # headers are rounded
# Standard deviation, as a share of the intensity range: of 2 % that was added to clean scans the
# estimate is 1.7 to 2.1 %.
NOISY = 0.018
PEOPLE = "measured with the model 'fast' on 8 people"


def costs(scan: ScanHeader, request: Request, noise: float) -> tuple[str, ...]:
    """The reasons for which a network gains less on a scan than on a clean head.

    Args:
        scan: The header of the scan.
        request: The reconstruction.
        noise: As ``noise_level`` gives it: standard deviation as a share of the intensity range.

    Returns:
        A sentence for each reason, with the measured gains in dB; none for a clean head.
    """
    lines = (
        _of_gaps(scan, request),
        _of_noise(request, noise),
        _of_factor(request),
        _of_part(scan),
    )
    return tuple(line for line in lines if line)


def _of_gaps(scan: ScanHeader, request: Request) -> str:
    gap = 1 - used_thickness(scan, request) / scan.geometry.spacing[request.axis]
    if gap < WIDE_GAP - FEW_TENTHS:
        return ""
    return (
        f"Gaps of {100 * gap:.0f} % between the slices: {PEOPLE} at factor 4, the gain over "
        "cubic was +2.2 dB with gaps of 30 % and +0.4 dB with 50 %, in place of +2.9 dB."
    )


def _of_noise(request: Request, noise: float) -> str:
    if noise < NOISY or request.agreement == "noise":
        return ""
    return (
        f"Noise of {100 * noise:.1f} % of the range, which may be sharpened into structure: "
        f"{PEOPLE} at factor 2, the gain over cubic was +1.2 dB with 2 % of noise added and "
        "+0.4 dB with 3 %, in place of +3.5 dB. It can be removed first (agreement within "
        "the noise)."
    )


def _of_factor(request: Request) -> str:
    if request.factor <= LARGEST_MEASURED:
        return ""
    return (
        f"A factor above {LARGEST_MEASURED}: {PEOPLE}, the gain over cubic was +1.4 dB at factor "
        "8, in place of +2.9 dB at factor 4."
    )


def _of_part(scan: ScanHeader) -> str:
    part = other_body_part(scan)
    if part is None:
        return ""
    return (
        f"This seems to show another part of the body than the brain ({part}): on hip, liver, "
        "spinal cord and fetus the gain over cubic was +0.8 to +1.8 dB."
    )
