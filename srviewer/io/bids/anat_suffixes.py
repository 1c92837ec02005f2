"""The suffixes of anatomical images by the schema of BIDS: what each holds and needs.

Of the rules ``rules.files.raw.anat`` and ``rules.entities`` of schema 1.2.7, which is BIDS 1.11.1
(https://bids-specification.readthedocs.io/en/v1.11.1/schema.json).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

BIDS_VERSION = "1.11.1"
# The entities of an image's name in the order of the schema.
ENTITIES = (
    "sub", "tpl", "ses", "cohort", "sample", "task", "tracksys", "acq", "nuc", "voi", "ce", "trc",
    "stain", "rec", "dir", "run", "mod", "echo", "flip", "inv", "mt", "part", "proc", "hemi",
    "space", "split", "recording", "chunk", "atlas", "seg", "scale", "res", "den", "label", "desc",
)  # fmt: skip


@dataclass(frozen=True)
class AnatSuffix:
    """A suffix of images in folders ``anat``.

    Attributes:
        name: The suffix, such as "T1w".
        holds: Intensities, physical values of a quantitative map, or labels.
        needs: The entities that the name must have besides ``sub``.
        deprecated: Whether new names should have another suffix.
    """

    name: str
    holds: Literal["intensities", "values", "labels"] = "intensities"
    needs: tuple[str, ...] = ()
    deprecated: bool = False


ANAT_SUFFIXES = (
    AnatSuffix("T1w"),
    AnatSuffix("T2w"),
    AnatSuffix("FLAIR"),
    AnatSuffix("PDw"),
    AnatSuffix("T2starw"),
    AnatSuffix("inplaneT1"),
    AnatSuffix("inplaneT2"),
    AnatSuffix("PDT2"),
    AnatSuffix("angio"),
    AnatSuffix("UNIT1"),  # among the maps of the schema, but T1-weighted, without a unit
    AnatSuffix("MEGRE", needs=("echo",)),
    AnatSuffix("MESE", needs=("echo",)),
    AnatSuffix("VFA", needs=("flip",)),
    AnatSuffix("IRT1", needs=("inv",)),
    AnatSuffix("MP2RAGE", needs=("inv",)),
    AnatSuffix("MPM", needs=("flip", "mt")),
    AnatSuffix("MTS", needs=("flip", "mt")),
    AnatSuffix("MTR", needs=("mt",)),
    AnatSuffix("T2star", deprecated=True),
    AnatSuffix("FLASH", deprecated=True),
    AnatSuffix("PD", deprecated=True),
    AnatSuffix("T1map", "values"),
    AnatSuffix("T2map", "values"),
    AnatSuffix("T2starmap", "values"),
    AnatSuffix("R1map", "values"),
    AnatSuffix("R2map", "values"),
    AnatSuffix("R2starmap", "values"),
    AnatSuffix("PDmap", "values"),
    AnatSuffix("MTRmap", "values"),
    AnatSuffix("MTsat", "values"),
    AnatSuffix("T1rho", "values"),
    AnatSuffix("MWFmap", "values"),
    AnatSuffix("MTVmap", "values"),
    AnatSuffix("Chimap", "values"),
    AnatSuffix("S0map", "values"),
    AnatSuffix("M0map", "values"),
    AnatSuffix("defacemask", "labels"),
)
BY_NAME = {suffix.name: suffix for suffix in ANAT_SUFFIXES}
IMAGES = tuple(suffix.name for suffix in ANAT_SUFFIXES if suffix.holds == "intensities")
CONTRASTS = tuple(name for name in IMAGES if not BY_NAME[name].deprecated)
LABELS = "masks or label maps by their names or headers"  # the noun for those that are left out
# Components of the complex signal that are no magnitude.
PARTS = {"phase": "a phase", "real": "a real part", "imag": "an imaginary part"}


@dataclass(frozen=True)
class NoMagnitude:
    """The reason for which an image is no magnitude image.

    Attributes:
        text: The end of a sentence that begins with the image's name.
        kind: A noun in the plural, the same for all images with this reason.
    """

    text: str
    kind: str


def no_magnitude(entities: Mapping[str, str], suffix: str) -> NoMagnitude | None:
    """The reason for which an image is no magnitude image, by its name.

    Interpolation and networks are made for magnitudes: values of a phase jump from pi to -pi, and a
    physical value between two tissues is none of a mixture.

    Args:
        entities: The label of each key of its name.
        suffix: Of its name.

    Returns:
        The reason; None for magnitude images, and for suffixes that the schema does not have.
    """
    part = PARTS.get(entities.get("part", ""))
    if part is not None:
        text = f"is {part} by its name (part-{entities['part']}) and no magnitude image"
        return NoMagnitude(text, "phases and other parts of complex images")
    known = BY_NAME.get(suffix)
    if known is None or known.holds == "intensities":
        return None
    if known.holds == "labels":
        return NoMagnitude("is a mask by its name", LABELS)
    return NoMagnitude(
        f"is a quantitative map by its name ({suffix}): its values are measurements, which are not "
        "estimated between slices",
        "quantitative maps",
    )
