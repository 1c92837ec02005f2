"""Values of headers as a reader expects them: dates, times, names of persons, UIDs, codes."""

import re
from collections.abc import Mapping

from srviewer.io.header_rows import HeaderRow
from srviewer.io.nifti import nib

SEPARATOR = "\\"  # between the values of one DICOM element
DATE = re.compile(r"(\d{4})\.?(\d\d)\.?(\d\d)")
TIME = re.compile(r"(\d\d):?(\d\d)(?::?(\d\d)(?:\.(\d+))?)?")
DATE_TIME = re.compile(r"(\d{8})(\d{2,6}(?:\.\d+)?)?([+-]\d{4})?")
AGE = re.compile(r"0*(\d+)([DWMY])")
AGE_UNITS = {"D": "days", "W": "weeks", "M": "months", "Y": "years"}
# The fields of a NIfTI header that hold a code, each with the names of nibabel.
CODES: Mapping[str, object] = {
    "datatype": nib.nifti1.data_type_codes,
    "qform_code": nib.nifti1.xform_codes,
    "sform_code": nib.nifti1.xform_codes,
    "intent_code": nib.nifti1.intent_codes,
}


def shown_value(row: HeaderRow) -> str:
    """The value of a row for people.

    Args:
        row: The row.

    Returns:
        Dates as 2024-01-31, times as 13:05:09, names as "Doe, John", ages in words, UIDs and codes
        with what they mean; any other value as it is.
    """
    form = FORMS.get(row.vr)
    if form is not None:
        return SEPARATOR.join(map(form, row.value.split(SEPARATOR)))
    return _with_meaning(row) if row.section == "header" and not row.vr else row.value


def shown_date(value: str) -> str:
    """A date of DICOM for people.

    Args:
        value: As DICOM writes it: 20240131.

    Returns:
        2024-01-31; any other text as it is.
    """
    date = DATE.fullmatch(value.strip())
    return value if date is None else "-".join(date.groups())


def shown_time(value: str) -> str:
    """A time of DICOM for people.

    Args:
        value: As DICOM writes it: 130509.250000.

    Returns:
        13:05:09.25; any other text as it is.
    """
    time = TIME.fullmatch(value.strip())
    if time is None:
        return value
    hours, minutes, seconds, fraction = time.groups()
    rest = (fraction or "").rstrip("0")
    whole = ":".join(filter(None, (hours, minutes, seconds)))
    return f"{whole}.{rest}" if rest else whole


def shown_person(value: str) -> str:
    """The name of a person in DICOM for people.

    Args:
        value: As DICOM writes it: family^given^middle^prefix^suffix, in up to three scripts with
            "=" between them.

    Returns:
        "Family, Given Middle, Prefix, Suffix"; other scripts in brackets.
    """
    first, *others = [_one_script(script) for script in value.split("=")]
    rest = [script for script in others if script]
    if not first:
        return ", ".join(rest)
    return f"{first} ({', '.join(rest)})" if rest else first


def shown_age(value: str) -> str:
    """An age of DICOM for people.

    Args:
        value: As DICOM writes it: 045Y.

    Returns:
        "45 years"; any other text as it is.
    """
    age = AGE.fullmatch(value.strip())
    return value if age is None else f"{age[1]} {AGE_UNITS[age[2]]}"


def _one_script(name: str) -> str:
    family, given, middle, prefix, suffix = ([part.strip() for part in name.split("^")] + 5 * [""])[
        :5
    ]
    return ", ".join(filter(None, (family, f"{given} {middle}".strip(), prefix, suffix)))


def _shown_date_time(value: str) -> str:
    whole = DATE_TIME.fullmatch(value.strip())
    if whole is None:
        return value
    date, time, zone = whole.groups()
    return " ".join(filter(None, (shown_date(date), shown_time(time or ""), zone)))


def _shown_uid(value: str) -> str:
    from pydicom.uid import UID  # lazy, for a quick start

    name = UID(value).name
    return value if name == value else f"{value}  {name}"


FORMS = {
    "DA": shown_date,
    "TM": shown_time,
    "DT": _shown_date_time,
    "PN": shown_person,
    "AS": shown_age,
    "UI": _shown_uid,
}


def _with_meaning(row: HeaderRow) -> str:
    """A code of NIfTI with its name."""
    if not row.value.isdecimal():
        return row.value
    if row.key == "xyzt_units":
        code = int(row.value)
        names = [_label(nib.nifti1.unit_codes, part) for part in (code & 7, code & 56) if part]
        return f"{code}  {', '.join(filter(None, names))}".rstrip()
    codes = CODES.get(row.key)
    name = "" if codes is None else _label(codes, int(row.value))
    return f"{row.value}  {name}".rstrip()


def _label(codes: object, code: int) -> str:
    try:
        return str(codes.label[code])  # type: ignore[attr-defined]
    except KeyError:
        return ""
