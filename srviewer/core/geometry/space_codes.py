"""Codes of the space that the coordinates of an image mean, by NIfTI's numbers."""

from dataclasses import dataclass

SCANNER, ALIGNED = 1, 2
KNOWN_CODES = range(1, 6)


@dataclass(frozen=True)
class SpaceCodes:
    """NIfTI's codes of the two ways in which it places an image; results keep their scan's.

    1: the scanner's own space, 2: aligned with another image, 3: Talairach, 4: MNI 152, 5: another
    template.

    Attributes:
        sform: The code of the affine, 1..5.
        qform: The code of the quaternion, 1..5.
    """

    sform: int = SCANNER
    qform: int = SCANNER


SCANNER_SPACE = SpaceCodes()
# Of an image whose position is a guess: its results are aligned with it and with nothing else.
GUESSED_SPACE = SpaceCodes(ALIGNED, ALIGNED)


def space_of(sform: int, qform: int) -> SpaceCodes:
    """The codes of a header.

    Args:
        sform: The code as stored; 0 where it is not set, and then the other one stands for both.
        qform: The same of the qform. At least one must be set.

    Returns:
        The codes; one that NIfTI does not know becomes the scanner's space.
    """
    known = [code if code in KNOWN_CODES else SCANNER for code in (sform or qform, qform or sform)]
    return SpaceCodes(known[0], known[1])
