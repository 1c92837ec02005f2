"""The numbers of DICOM pixels: inverted, signed, narrow, coloured, and what is no image at all."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
)

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read, scan
from srviewer.job import run

Writer = Callable[..., list[Path]]
Edit = Callable[[Dataset, int], None]


def voxels_of(write_dicom: Writer, volume: Volume, edit: Edit) -> Volume:
    return run(read(write_dicom(volume, edit=edit)[0].parent))


def test_bright_is_bright_in_monochrome1(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.PhotometricInterpretation = "MONOCHROME1"
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 0
        dataset.RescaleSlope, dataset.RescaleIntercept = "2", "-10"

    volume = voxels_of(write_dicom, thick, edit)
    np.testing.assert_array_equal(volume.voxels, (4095 - thick.voxels) * 2 - 10)
    assert "inverted" in {warning.code for warning in volume.warnings}


def test_signed_monochrome1_is_turned_over_about_its_own_middle(
    write_dicom: Writer, thick: Volume
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.PhotometricInterpretation = "MONOCHROME1"

    np.testing.assert_array_equal(voxels_of(write_dicom, thick, edit).voxels, -1 - thick.voxels)


@pytest.mark.parametrize("signed", [False, True])
def test_bits_beyond_the_stored_ones_are_not_read(
    write_dicom: Writer, thick: Volume, signed: bool
) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        stored = np.frombuffer(dataset.PixelData, "<i2") - (60 if signed else 0)
        overlay = np.arange(stored.size) % 16 << 12
        dataset.PixelData = ((stored & 0x0FFF) | overlay).astype("<u2").tobytes()
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, int(signed)

    volume = voxels_of(write_dicom, thick, edit)
    np.testing.assert_array_equal(volume.voxels, thick.voxels - (60 if signed else 0))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_bits_below_the_stored_ones_are_not_read(
    syntax: UID, signed: bool, write_dicom: Writer, thick: Volume
) -> None:
    less = 60 if signed else 0

    def edit(dataset: Dataset, k: int) -> None:
        stored = np.frombuffer(dataset.PixelData, "<i2").astype(int) * 17 - less
        overlay = np.arange(stored.size) % 16
        dataset.PixelData = ((stored & 0x0FFF) << 4 | overlay).astype("<u2").tobytes()
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 15, int(signed)

    files = write_dicom(thick, edit=edit)
    for path in files:
        dataset = dcmread(path)
        dataset.file_meta.TransferSyntaxUID = syntax
        if syntax == ExplicitVRBigEndian:
            dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
        dcmwrite(
            path,
            dataset,
            implicit_vr=False,
            little_endian=syntax != ExplicitVRBigEndian,
            force_encoding=True,
        )
    volume = run(read(files[0].parent))
    np.testing.assert_array_equal(volume.voxels, thick.voxels * 17 - less)


@pytest.mark.parametrize("grey", [True, False])
def test_palettes_become_brightness(write_dicom: Writer, thick: Volume, grey: bool) -> None:
    ramp = (np.arange(128, dtype=np.uint16) * 500).astype("<u2")

    def edit(dataset: Dataset, k: int) -> None:
        dataset.PhotometricInterpretation, dataset.PixelRepresentation = "PALETTE COLOR", 0
        for colour, table in (("Red", ramp), ("Green", ramp), ("Blue", ramp if grey else 0 * ramp)):
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [128, 0, 16])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", table.tobytes())

    volume = voxels_of(write_dicom, thick, edit)
    share = 1.0 if grey else 0.299 + 0.587
    np.testing.assert_allclose(volume.voxels, thick.voxels * 500 * share, rtol=1e-6)
    assert "palette_colour" in {warning.code for warning in volume.warnings}
    assert volume.stored_as == "float32"


KINDS = {
    "1.2.840.10008.5.1.4.1.1.88.11": "structured reports",
    "1.2.840.10008.5.1.4.1.1.104.1": "documents (PDF and the like)",
    "1.2.840.10008.5.1.4.1.1.11.1": "presentation states",
    "1.2.840.10008.5.1.4.1.1.66": "raw data and registrations",
}


def test_what_is_skipped_is_counted_by_its_kind(write_dicom: Writer, thick: Volume) -> None:
    folder = write_dicom(thick)[0].parent
    meta = dcmread(next(folder.iterdir())).file_meta
    for number, uid in enumerate(KINDS):
        other = Dataset()
        other.file_meta = meta
        other.SOPClassUID, other.SOPInstanceUID = uid, f"1.5.{number}"
        other.save_as(folder / f"other{number}.dcm", enforce_file_format=True)
    (folder / "README").write_text("nothing to see")
    found = run(scan([folder]))
    assert found.ignored == 5
    assert dict(found.skipped) == {
        **dict.fromkeys(KINDS.values(), 1),
        "files that are no DICOM": 1,
    }


def test_localizers_are_skipped_beside_others_and_opened_alone(
    write_dicom: Writer, thick: Volume
) -> None:
    def localizer(dataset: Dataset, k: int) -> None:
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]

    planning = write_dicom(thick, "planning", edit=localizer, series="1.2.4")[0].parent
    assert len(run(scan([planning])).series) == 1
    write_dicom(thick, "series")
    found = run(scan([planning.parent]))
    assert [one.uid for one in found.series] == ["1.2.3"]
    assert found.skipped == (("localizers", 6),)


def test_colours_are_refused_by_name(write_dicom: Writer, thick: Volume) -> None:
    def edit(dataset: Dataset, k: int) -> None:
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"

    with pytest.raises(UserError, match=r"colour images \(6\)"):
        run(scan([write_dicom(thick, edit=edit)[0].parent]))
