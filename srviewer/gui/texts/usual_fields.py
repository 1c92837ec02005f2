"""The ten fields of a header that a reader looks for first."""

from collections.abc import Iterable

from srviewer.core.geometry.grid import Geometry
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.texts.wording import counts, millimetres, orientation
from srviewer.io.header_rows import HeaderRow
from srviewer.io.headers.header_values import HeaderValues
from srviewer.io.headers.shown_value import (
    SEPARATOR,
    shown_age,
    shown_date,
    shown_person,
    shown_time,
)

SEXES = {"M": mark("male"), "F": mark("female"), "O": mark("other")}
SEQUENCES = {
    "SE": mark("spin echo"),
    "IR": mark("inversion recovery"),
    "GR": mark("gradient echo"),
    "EP": mark("echo planar"),
    "RM": mark("research mode"),
}
POSITIONS = {
    "HFS": mark("head first, supine"),
    "HFP": mark("head first, prone"),
    "HFDR": mark("head first, on the right side"),
    "HFDL": mark("head first, on the left side"),
    "FFS": mark("feet first, supine"),
    "FFP": mark("feet first, prone"),
    "FFDR": mark("feet first, on the right side"),
    "FFDL": mark("feet first, on the left side"),
}


def usual_fields(rows: Iterable[HeaderRow], scan: ScanHeader) -> tuple[tuple[str, str], ...]:
    """Collect the usual fields of a header.

    Args:
        rows: The rows of the header, of any format.
        scan: The open scan, whose grid is as it was measured from the positions of the slices.

    Returns:
        (title, value) of each, translated; the value is "" where nothing says it.
    """
    values = HeaderValues(rows)
    return (
        (tr("Patient"), _patient(values)),
        (tr("Date"), _date(values)),
        (tr("Series"), _series(values)),
        (tr("Sequence"), _sequence(values)),
        (tr("TR, TE, TI, flip"), _timing(values)),
        (tr("Thickness, spacing"), _spacing(scan)),
        (tr("Matrix"), _matrix(values, scan.geometry)),
        (tr("Field strength"), _number(values, "MagneticFieldStrength", "T")),
        (tr("Scanner"), _scanner(values)),
        (tr("Orientation"), _orientation(values, scan.geometry)),
    )


def _patient(values: HeaderValues) -> str:
    number, birth = values.text("PatientID"), values.text("PatientBirthDate")
    sex = values.text("PatientSex")
    return _joined(
        shown_person(values.text("PatientName")),
        tr("ID {number}", number=number) if number else "",
        tr(SEXES[sex]) if sex in SEXES else sex,
        shown_age(values.text("PatientAge")),
        tr("born {date}", date=shown_date(birth)) if birth else "",
    )


def _date(values: HeaderValues) -> str:
    date = values.text("StudyDate") or values.text("AcquisitionDate")
    time = values.text("AcquisitionTime") or values.text("StudyTime")
    if date:
        return f"{shown_date(date)} {shown_time(time).split('.')[0]}".strip()
    return values.text("AcquisitionDateTime") or shown_time(time)


def _series(values: HeaderValues) -> str:
    number, protocol = values.text("SeriesNumber"), values.text("ProtocolName")
    name = values.text("SeriesDescription")
    described = ": ".join(filter(None, (number, name or protocol)))
    other = protocol if name and protocol != name else ""
    return _joined(described, tr("protocol {name}", name=other) if other else "")


def _sequence(values: HeaderValues) -> str:
    codes = values.text("ScanningSequence").replace("_", SEPARATOR).split(SEPARATOR)
    kinds = " ".join(tr(SEQUENCES.get(code, code)) for code in codes if code)
    pulses = values.text("SequenceName") or values.text("PulseSequenceName", nested=True)
    return _joined(values.text("MRAcquisitionType", nested=True), kinds, pulses)


def _timing(values: HeaderValues) -> str:
    timing = values.timing
    times = (("TR", timing.repetition), ("TE", timing.echo), ("TI", timing.inversion))
    parts = [f"{name} {value:.5g} ms" for name, value in times if value is not None]
    if timing.flip is not None:
        parts.append(tr("flip {degrees:g}\u00b0", degrees=timing.flip))
    return _joined(*parts)


def _spacing(scan: ScanHeader) -> str:
    geometry, thickness = scan.geometry, scan.slice_thickness
    across = 2 if geometry.thick_axis is None else geometry.thick_axis
    inside = [mm for axis, mm in enumerate(geometry.spacing) if axis != across]
    return _joined(
        tr("{mm} thick", mm=millimetres([thickness])) if thickness else "",
        tr("{mm} from slice to slice", mm=millimetres([geometry.distance(across)])),
        tr("{mm} in the plane", mm=millimetres(inside)),
    )


def _matrix(values: HeaderValues, geometry: Geometry) -> str:
    acquired = [part for part in values.text("AcquisitionMatrix").split(SEPARATOR) if part != "0"]
    known = len(acquired) == 2 and all(map(str.isdecimal, acquired))
    return _joined(
        counts(geometry.shape),
        tr("acquired {matrix}", matrix=counts([int(part) for part in acquired])) if known else "",
    )


def _scanner(values: HeaderValues) -> str:
    model = values.text("ManufacturerModelName") or values.text("ManufacturersModelName")
    return _joined(
        f"{values.text('Manufacturer')} {model}".strip(), values.text("SoftwareVersions")
    )


def _orientation(values: HeaderValues, geometry: Geometry) -> str:
    across = 2 if geometry.thick_axis is None else geometry.thick_axis
    plane = next(plane for plane in Plane if plane.normal_axis(geometry) == across)
    position = values.text("PatientPosition")
    return _joined(
        tr("{plane} slices", plane=tr(plane.title)),
        tr("i, j, k towards {letters}", letters=", ".join(orientation(geometry))),
        tr(POSITIONS[position]) if position in POSITIONS else position,
    )


def _number(values: HeaderValues, keyword: str, unit: str) -> str:
    value = values.number(keyword)
    return "" if value is None else f"{value:g} {unit}"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
