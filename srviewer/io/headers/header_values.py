"""The values of a header by DICOM's keywords, whether it is of DICOM or in a JSON sidecar."""

from collections.abc import Iterable
from dataclasses import dataclass

from srviewer.io.header_rows import HeaderRow
from srviewer.io.headers.shown_value import SEPARATOR

# The keywords of enhanced objects that say the same.
ENHANCED = {
    "EchoTime": "EffectiveEchoTime",
    "InversionTime": "InversionTimes",
    "SequenceName": "PulseSequenceName",
}
# BIDS has these in seconds, DICOM in milliseconds.
TIMES = ("RepetitionTime", "EchoTime", "InversionTime")


@dataclass(frozen=True)
class Timing:
    """The times of a pulse sequence, None where the header does not say.

    Attributes:
        repetition: TR in ms.
        echo: TE in ms.
        inversion: TI in ms.
        flip: The flip angle in degrees.
    """

    repetition: float | None
    echo: float | None
    inversion: float | None
    flip: float | None


class HeaderValues:
    """Looks values up by keyword; the header itself comes first, then what its sequences hold."""

    def __init__(self, rows: Iterable[HeaderRow]) -> None:
        self._own: dict[str, str] = {}
        self._nested: dict[str, str] = {}
        self._sidecar: dict[str, str] = {}
        for row in rows:
            values = self._nested if row.depth else self._own
            if row.section == "sidecar":
                values = self._sidecar
            if row.value and row.section != "private":
                values.setdefault(row.key, row.value)

    def text(self, keyword: str, nested: bool = False) -> str:
        """A value as text.

        Args:
            keyword: DICOM's, such as "PatientName".
            nested: Whether the sequences of an enhanced object are looked into.

        Returns:
            The value as DICOM writes it; "" where there is none.
        """
        from pydicom.datadict import tag_for_keyword  # lazy, for a quick start
        from pydicom.tag import Tag

        number = tag_for_keyword(keyword)
        key = "" if number is None else str(Tag(number))
        value = self._own.get(key) or (self._nested.get(key) if nested else None)
        return value or self._sidecar.get(keyword, "")

    def number(self, keyword: str) -> float | None:
        """A value as a number, also from within the sequences of an enhanced object.

        Args:
            keyword: DICOM's, such as "MagneticFieldStrength".

        Returns:
            The first of its values; None where there is none, or where it is no number.
        """
        for known in (keyword, ENHANCED.get(keyword)):
            first = self.text(known, nested=True).split(SEPARATOR)[0].split(",")[0] if known else ""
            try:
                value = float(first)
            except ValueError:
                continue
            if abs(value) < 1e9:  # NaN is not
                return value
        return None

    @property
    def timing(self) -> Timing:
        """The times of the sequence."""
        times = [self._milliseconds(keyword) for keyword in TIMES]
        return Timing(times[0], times[1], times[2], self.number("FlipAngle"))

    def _milliseconds(self, keyword: str) -> float | None:
        value = self.number(keyword)
        seconds = bool(self._sidecar.get(keyword)) and not self.text("Rows")
        return value if value is None else 1000 * value if seconds else value
