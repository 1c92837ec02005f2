"""The part of the body that a scan shows, by its header or its name."""

import re

from srviewer.core.volumes.volume import ScanHeader

BEGINNING = 4  # letters: shorter words stand for themselves alone (hip is no hippocampus)
# Words of DICOM's BodyPartExamined (PS3.16 annex L) and of names, in small letters. A word stands
# for all that begin with it.
OTHERS = {
    "hip": "hip",
    "pelvi": "pelvis",
    "femur": "femur",
    "liver": "liver",
    "abdomen": "abdomen",
    "kidney": "kidney",
    "prostat": "prostate",
    "cord": "spinal cord",
    "spine": "spine",
    "cspine": "spine",
    "tspine": "spine",
    "lspine": "spine",
    "knee": "knee",
    "ankle": "ankle",
    "shoulder": "shoulder",
    "wrist": "wrist",
    "breast": "breast",
    "heart": "heart",
    "cardiac": "heart",
    "chest": "chest",
    "uter": "uterus",
    "fetal": "fetus",
    "fetus": "fetus",
    "foetal": "fetus",
}
BRAIN = ("brain", "head", "skull")


def other_body_part(scan: ScanHeader) -> str | None:
    """The part of the body that a scan shows, where it is not an adult's head.

    The header's Body Part Examined (0018,0015) is asked before the name.

    Args:
        scan: The header.

    Returns:
        The part in English; None for a head, and where neither names a part.
    """
    for text in (scan.body_part, scan.name):
        words = re.findall("[a-z]+", text.lower())
        for word in words:
            for known, title in OTHERS.items():
                if word == known or (len(known) >= BEGINNING and word.startswith(known)):
                    return title
        if any(word.startswith(BRAIN) for word in words):
            return None
    return None
