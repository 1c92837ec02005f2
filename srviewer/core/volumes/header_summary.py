"""Patient, date and times of a DICOM series, for the corner of a pane."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from srviewer.core.volumes.dicom_origin import DicomOrigin

PATIENT_NAME, PATIENT_ID = "00100010", "00100020"
STUDY_DATE = "00080020"
REPETITION_MS, ECHO_MS, INVERSION_MS = "00180080", "00180081", "00180082"
KEPT = 8  # summaries: the studies that are open at once are few


@dataclass(frozen=True)
class HeaderSummary:
    """The elements that a viewer writes into the corner of a pane; "" and None where unknown.

    Attributes:
        patient: Name and number of the patient.
        date: Of the study, as YYYY-MM-DD.
        repetition_ms: TR.
        echo_ms: TE.
        inversion_ms: TI.
    """

    patient: str = ""
    date: str = ""
    repetition_ms: float | None = None
    echo_ms: float | None = None
    inversion_ms: float | None = None


def header_summary(origin: DicomOrigin | None) -> HeaderSummary:
    """Summarise the header of a series.

    Args:
        origin: Of the volume; None for one from another format.

    Returns:
        The summary; empty where there is no header.
    """
    return HeaderSummary() if origin is None else _summary(origin.header)


@lru_cache(maxsize=KEPT)
def _summary(header: str) -> HeaderSummary:
    elements = json.loads(header)
    name = _text(elements, PATIENT_NAME).replace("^", " ").strip()
    number = _text(elements, PATIENT_ID)
    date = _text(elements, STUDY_DATE)
    known = f"{name} ({number})" if name and number not in ("", name) else name or number
    return HeaderSummary(
        patient=known,
        date=f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 else date,
        repetition_ms=_number(elements, REPETITION_MS),
        echo_ms=_number(elements, ECHO_MS),
        inversion_ms=_number(elements, INVERSION_MS),
    )


def _value(elements: Mapping[str, Any], tag: str) -> Any:
    """The first value of an element of DICOM's JSON; None where there is none."""
    values = elements.get(tag, {}).get("Value") or [None]
    return values[0]


def _text(elements: Mapping[str, Any], tag: str) -> str:
    value = _value(elements, tag)
    if isinstance(value, dict):  # a name in several scripts
        value = value.get("Alphabetic") or next(iter(value.values()), "")
    return "" if value is None else str(value)


def _number(elements: Mapping[str, Any], tag: str) -> float | None:
    value = _value(elements, tag)
    return float(value) if isinstance(value, int | float) else None
