"""Tiled images of United Imaging: slices where their own positions say."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import ImplicitVRLittleEndian

import phantoms
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.job import run

Same = Callable[[Volume, Volume], None]
Edit = Callable[[Dataset], None]
COUNT, ACROSS, DOWN = 7, 3, 3
LPS = np.diag([-1.0, -1.0, 1.0])


@pytest.fixture
def made() -> Volume:
    affine = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (1.8, 1.4, 4.4))
    return phantoms.numbered((5, 4, COUNT), affine)


def tile(dataset: Dataset, volume: Volume) -> None:
    """Make an image of all slices of ``volume``, in an order of their own."""
    columns, rows, _ = volume.geometry.shape
    tiles = np.zeros((DOWN, rows, ACROSS, columns), np.int16)
    items = []
    for number in range(COUNT):
        k = (number * 3) % COUNT
        tiles[number // ACROSS, :, number % ACROSS] = volume.voxels[:, :, k].T
        item = Dataset()
        item.ImagePositionPatient = [f"{v:.9g}" for v in LPS @ volume.geometry.world((0, 0, k))]
        item.AcquisitionTime = f"1200{k:02d}.5"
        items.append(item)
    del dataset.ImagePositionPatient
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "VFRAME"]
    dataset.add_new((0x0065, 0x0010), "LO", "Image Private Header")
    dataset.add_new((0x0065, 0x1050), "DS", str(COUNT))
    dataset.add_new((0x0065, 0x1051), "SQ", Items(items))
    pixels = tiles.reshape(DOWN * rows, ACROSS * columns)
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OW"


@pytest.fixture
def write_tiled(write_dicom: Callable[..., list[Path]], made: Volume) -> Callable[..., Path]:
    """Write two tiled images, one a time, the second 1000 higher; ``edit`` changes each."""

    def write(edit: Edit = lambda dataset: None) -> Path:
        def tiled(dataset: Dataset, k: int) -> None:
            tile(dataset, made.derived(made.voxels + 1000 * k, made.geometry, "later"))
            dataset.AcquisitionNumber = k + 1
            edit(dataset)

        template = phantoms.numbered((5, 4, 2), made.geometry.affine)
        return write_dicom(template, edit=tiled)[0].parent

    return write


def implicit(dataset: Dataset) -> None:
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian


def without_the_word(dataset: Dataset) -> None:
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M"]


@pytest.mark.parametrize("edit", [lambda dataset: None, implicit, without_the_word])
def test_tiles_lie_where_their_positions_say(
    write_tiled: Callable[..., Path], made: Volume, same_in_patient: Same, edit: Edit
) -> None:
    (series,) = run(scan([write_tiled(edit)])).series
    assert series.frames == 2
    assert {w.code for w in series.warnings} == {"oblique"}
    for frame in range(2):
        later = made.derived(made.voxels + 1000 * frame, made.geometry, "later")
        same_in_patient(run(series.read(frame)), later)


def without_items(dataset: Dataset) -> None:
    del dataset[0x0065, 0x1051]


def without_one_item(dataset: Dataset) -> None:
    dataset[0x0065, 0x1051].value.pop()


def without_one_position(dataset: Dataset) -> None:
    del dataset[0x0065, 0x1051].value[2].ImagePositionPatient


def without_private(dataset: Dataset) -> None:
    dataset.remove_private_tags()


def of_another_size(dataset: Dataset) -> None:
    dataset.Columns -= 1
    dataset.PixelData = bytes(2 * dataset.Rows * dataset.Columns)


@pytest.mark.parametrize(
    "edit",
    [without_items, without_one_item, without_one_position, without_private, of_another_size],
)
def test_tiles_that_nothing_places_are_refused_by_name(
    write_tiled: Callable[..., Path], edit: Edit
) -> None:
    with pytest.raises(UserError, match=r"\.dcm' is a mosaic of many slices in one image"):
        run(scan([write_tiled(edit)]))


def test_a_real_tiled_series(shared_data: Path) -> None:
    folder = shared_data / "cases" / "uih_vframe"
    if not folder.is_dir():
        pytest.skip("needs the tiled series of cases/uih_vframe, which is absent")
    (plain,) = run(scan([folder])).series
    assert plain.frames == 17 and {w.code for w in plain.warnings} == {"oblique"}
    header = dcmread(folder / "00000001.dcm")
    volume = run(plain.read(0))
    assert volume.geometry.shape == (64, 64, 20)
    assert volume.geometry.spacing == pytest.approx((3.5, 3.5, 4.2), abs=1e-3)
    # The affine of dcm2niix 1.0.20260724, which counts rows from below.
    flipped = np.array(
        [
            [-3.17335105, 1.47294724, 0.121610962, 61.8518295],
            [1.47356510, 3.17468190, 0.0, -141.426270],
            [0.0919228941, -0.0426670648, 4.19823885, -6.53058386],
        ]
    )
    for corner in ((0, 0, 0), (63, 0, 0), (0, 63, 0), (63, 63, 19)):
        i, j, k = corner
        expected = flipped @ (i, 63 - j, k, 1)
        np.testing.assert_allclose(volume.geometry.world(corner), expected, atol=0.01)
    pixels = header.pixel_array
    for k in range(20):
        down, across = divmod(k, 5)
        image = pixels[64 * down : 64 * down + 64, 64 * across : 64 * across + 64]
        np.testing.assert_array_equal(volume.voxels[:, :, k], image.T)
