"""The contrast of a scan: certain, or left open."""

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.tag import Tag

from srviewer.io.header_rows import HeaderRow
from srviewer.io.headers.contrast import contrast_of
from srviewer.io.headers.header_values import HeaderValues


def _dicom(**values: object) -> HeaderValues:
    tags = {name: tag_for_keyword(name) or 0 for name in values}
    return HeaderValues(
        HeaderRow(str(Tag(tags[name])), name, str(value), dictionary_VR(tags[name]))
        for name, value in values.items()
    )


def _times(repetition: float, echo: float, inversion: float = 0, kind: str = "SE") -> HeaderValues:
    times = {"RepetitionTime": repetition, "EchoTime": echo, "ScanningSequence": kind}
    return _dicom(**times, **({"InversionTime": inversion} if inversion else {}))


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("sub-01_T2w", "T2w"),
        ("t2_tse_tra", "T2w"),
        ("T1_MPRAGE_SAG", "T1w"),
        ("AX T2 FLAIR", "FLAIR"),
        ("t2_tirm_tra_dark-fluid", "FLAIR"),
        ("T2*_cord", "T2starw"),
        ("pd_fs_sag", "PDw"),
        ("sub-01_inplaneT2", "inplaneT2"),
        # Left open: nothing said, two said, another kind of image, vertebrae.
        ("scan", None),
        ("pd t2 dual echo", None),
        ("ax T1 FLAIR", None),
        ("t2_map", None),
        ("STIR T2 sag", None),
        ("spine T1-T12", None),
    ],
)
def test_names(name: str, suffix: str | None) -> None:
    assert contrast_of(HeaderValues(()), [name]).suffix == suffix


@pytest.mark.parametrize(
    ("values", "name", "suffix"),
    [
        (_times(4000, 100), "scan", "T2w"),
        (_times(500, 12), "scan", "T1w"),
        (_times(2500, 20), "scan", "PDw"),
        (_times(9000, 93, 2500, "SE\\IR"), "scan", "FLAIR"),
        (_times(1900, 2.5, 900, "GR\\IR"), "scan", "T1w"),
        (_times(2500, 20), "pd t2 dual echo", "PDw"),
        (_times(2000, 10, 860, "SE\\IR"), "ax T1 FLAIR", "T1w"),
        # Left open: names and times disagree, times that fit several, echo planar.
        (_times(4000, 100), "t1_tse", None),
        (_times(25, 5, 0, "GR"), "scan", None),
        (_times(4000, 100, 0, "EP\\SE"), "scan", None),
        (_dicom(Modality="CT", SeriesDescription="T1 spine"), "scan", None),
        (_dicom(SeriesDescription="t2", ImageType="DERIVED\\PRIMARY\\ADC"), "scan", None),
        (_dicom(SeriesDescription="t2_tse", ProtocolName="t1_tse"), "scan", None),
    ],
)
def test_headers(values: HeaderValues, name: str, suffix: str | None) -> None:
    found = contrast_of(values, [name])
    assert found.suffix == suffix and found.reason.endswith(".")
