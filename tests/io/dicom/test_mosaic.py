"""Siemens mosaics: cut into slices that lie where they were."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

import phantoms
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.dicom.elements.csa import csa_numbers
from srviewer.io.formats import scan
from srviewer.job import run

Same = Callable[[Volume, Volume], None]
SIDE = 3
COUNT = 7
LPS = np.diag([-1.0, -1.0, 1.0])


def csa(values: dict[str, list[str]], newer: bool = True) -> bytes:
    """A CSA header as Siemens writes it, each value padded to four bytes."""
    content = b"SV10\4\3\2\1" if newer else b""
    content += struct.pack("<2I", len(values), 77)
    first = len(next(iter(values.values())))
    for name, items in values.items():
        vr = b"FD\0\0"
        content += struct.pack("<64si4s3i", name.encode(), len(items), vr, 5, len(items), 77)
        for item in items:
            text = item.encode() + b"\0"
            length = len(text)
            lengths = (0, length, 77, 77) if newer else (length + first, length, 0, 0)
            content += struct.pack("<4i", *lengths) + text + b"\0" * (-length % 4)
    return content


def mosaic(volume: Volume, against: bool, newer: bool = True) -> Dataset:
    """One image of SIDE x SIDE tiles; ``against``: slices run against rows times columns."""
    columns, rows, count = volume.geometry.shape
    tiles = np.zeros((SIDE, rows, SIDE, columns), np.int16)
    for k in range(count):
        plane = count - 1 - k if against else k
        tiles[k // SIDE, :, k % SIDE] = volume.voxels[:, :, plane].T
    steps = LPS @ volume.geometry.affine[:3, :3]
    i, j, k = steps.T / np.linalg.norm(steps, axis=0)[:, None]
    first = volume.geometry.world((0, 0, count - 1 if against else 0)) @ LPS
    # Siemens gives the corner of one large slice around the same centre.
    corner = first - steps[:, 0] * (SIDE - 1) * columns / 2 - steps[:, 1] * (SIDE - 1) * rows / 2
    normal = -k if against else k
    dataset = Dataset()
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    dataset.ImagePositionPatient = [f"{v:.10g}"[:16] for v in corner]
    dataset.ImageOrientationPatient = [f"{v:.10g}"[:16] for v in (*i, *j)]
    dataset.SpacingBetweenSlices = "4.4"
    dataset.SliceThickness = "4"
    dataset.add_new((0x0029, 0x0010), "LO", "SIEMENS CSA HEADER")
    values = {
        "NumberOfImagesInMosaic": [str(count)],
        "SliceNormalVector": [f"{v:.8f}" for v in normal],
    }
    dataset.add_new((0x0029, 0x1010), "OB", csa(values, newer))
    pixels = tiles.reshape(SIDE * rows, SIDE * columns)
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.PixelData = pixels.tobytes()
    return dataset


@pytest.fixture
def write_mosaics(
    write_dicom: Callable[..., list[Path]],
) -> Callable[..., Path]:
    """Write one mosaic a time point, the volumes of which differ by 1000."""

    def write(volume: Volume, times: int, against: bool = False, newer: bool = True) -> Path:
        def edit(dataset: Dataset, k: int) -> None:
            moved = volume.derived(volume.voxels + 1000 * k, volume.geometry, "later")
            dataset.update(mosaic(moved, against, newer))
            dataset["PixelData"].VR = "OW"
            dataset.AcquisitionNumber = k + 1

        template = phantoms.numbered((5, 4, times), np.diag([1.8, 1.4, 4.4, 1]))
        return write_dicom(template, edit=edit)[0].parent

    return write


@pytest.fixture
def made() -> Volume:
    affine = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (1.8, 1.4, 4.4))
    if np.linalg.det(LPS @ affine[:3, :3]) < 0:
        affine[:, 2] *= -1
    return phantoms.numbered((5, 4, COUNT), affine)


@pytest.mark.parametrize("against", [False, True])
@pytest.mark.parametrize("newer", [True, False])
def test_slices_of_a_mosaic_lie_where_they_were(
    write_mosaics: Callable[..., Path],
    same_in_patient: Same,
    made: Volume,
    against: bool,
    newer: bool,
) -> None:
    (series,) = run(scan([write_mosaics(made, 1, against, newer)])).series
    assert series.geometry.shape == (5, 4, COUNT)
    assert series.geometry.spacing[2] == pytest.approx(4.4, abs=1e-4)
    assert {w.code for w in series.warnings} == {"oblique"}
    same_in_patient(run(series.read(0)), made)


def test_mosaics_in_a_row_are_the_volumes_of_one_series(
    write_mosaics: Callable[..., Path], same_in_patient: Same, made: Volume
) -> None:
    (series,) = run(scan([write_mosaics(made, 4)])).series
    assert series.frames == 4
    for frame in range(4):
        volume = run(series.read(frame))
        same_in_patient(volume, made.derived(made.voxels + 1000 * frame, made.geometry, "later"))
        assert volume.name == f"T2 test (7), volume {frame + 1}"


def test_a_mosaic_that_only_the_number_of_its_tiles_names(
    write_mosaics: Callable[..., Path], same_in_patient: Same, made: Volume
) -> None:
    folder = write_mosaics(made, 1)
    changed(folder, of_siemens)
    (series,) = run(scan([folder])).series
    same_in_patient(run(series.read(0)), made)


def of_siemens(dataset: Dataset) -> None:
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]
    dataset.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
    dataset.add_new((0x0019, 0x100A), "US", COUNT)


def without_private(dataset: Dataset) -> None:
    del dataset[0x0029, 0x1010]


def with_the_count_alone(dataset: Dataset) -> None:
    of_siemens(dataset)
    without_private(dataset)


def without_position(dataset: Dataset) -> None:
    del dataset.ImagePositionPatient


@pytest.mark.parametrize("edit", [without_private, with_the_count_alone, without_position])
def test_a_mosaic_that_nothing_places_is_refused_by_name(
    write_mosaics: Callable[..., Path], made: Volume, edit: Callable[[Dataset], None]
) -> None:
    folder = write_mosaics(made, 2)
    changed(folder, edit)
    with pytest.raises(UserError, match=r"\.dcm' is a mosaic of many slices in one image"):
        run(scan([folder]))


def changed(folder: Path, edit: Callable[[Dataset], None]) -> None:
    for path in folder.glob("*.dcm"):
        dataset = dcmread(path)
        edit(dataset)
        dataset.save_as(path)


def test_frames_of_an_enhanced_object_are_no_mosaics(
    write_enhanced: Callable[..., Path], thick: Volume
) -> None:
    path = write_enhanced(thick, range(6), [1.0] * 6)
    dataset = dcmread(path)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    dataset.save_as(path)
    (series,) = run(scan([path])).series
    np.testing.assert_array_equal(run(series.read(0)).voxels, thick.voxels)


def test_damaged_private_headers_say_nothing() -> None:
    whole = csa({"NumberOfImagesInMosaic": ["7"], "Other": ["a", "b"]})
    assert csa_numbers(whole, ("NumberOfImagesInMosaic",)) == {"NumberOfImagesInMosaic": (7.0,)}
    for length in range(0, len(whole), 3):
        assert set(csa_numbers(whole[:length], ("NumberOfImagesInMosaic",))) <= {
            "NumberOfImagesInMosaic"
        }
    assert csa_numbers(b"SV10\4\3\2\1" + b"\xff" * 40, ("Other",)) == {}
