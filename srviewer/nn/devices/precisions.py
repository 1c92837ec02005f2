"""The precisions of a network: those to ask for, and the one that it ran in. Needs no torch."""

from dataclasses import dataclass
from typing import Literal

PRECISIONS = ("auto", "float32", "int8")
Precision = Literal["float32", "int8"]


@dataclass(frozen=True)
class UsedPrecision:
    """The precision that a network ran in.

    Attributes:
        name: Of its residual blocks; all else is float32.
        reason: Why it is not "int8", to stand inside a sentence; "" where it is, or where float32
            was asked for.
    """

    name: Precision
    reason: str = ""


def read_precision(name: object, reason: object) -> UsedPrecision:
    """The precision of a stored result.

    Args:
        name: Its stored name; earlier versions stored none and had float32 alone.
        reason: Its stored reason.

    Returns:
        The precision.
    """
    if name == "int8":
        return INT8
    return UsedPrecision("float32", reason if isinstance(reason, str) else "")


FLOAT32 = UsedPrecision("float32")
INT8 = UsedPrecision("int8")
