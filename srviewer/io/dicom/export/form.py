"""The form of a DICOM export: its objects and its transfer syntax."""

from dataclasses import dataclass
from typing import Literal

Objects = Literal["classic", "enhanced"]
Syntax = Literal["uncompressed", "rle"]
OBJECTS: tuple[Objects, ...] = ("classic", "enhanced")
SYNTAXES: tuple[Syntax, ...] = ("uncompressed", "rle")


@dataclass(frozen=True)
class DicomForm:
    """The form of a DICOM export.

    Attributes:
        objects: "classic": an MR or CT image for each slice; "enhanced": one Enhanced MR image with
            a frame for each slice.
        syntax: Explicit little endian without compression, or RLE lossless.
    """

    objects: Objects = "classic"
    syntax: Syntax = "uncompressed"


CLASSIC = DicomForm()
