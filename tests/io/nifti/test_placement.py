"""Codes and qform of what is written: every kind of program finds it where the scan was."""

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

import phantoms
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.space_codes import SpaceCodes
from srviewer.core.resampling.deskew import deskewed
from srviewer.core.resampling.reorient import corner_distances
from srviewer.core.resampling.rigid_grid import itk_advice, nearest_rigid, refused_by_itk
from srviewer.core.volumes.volume import Volume, blocking_warnings
from srviewer.io.bids.names import given_name
from srviewer.io.export.bids import write_derivative
from srviewer.io.export.image import write_image
from srviewer.io.formats import read, scan
from srviewer.job import run
from srviewer.sr.reconstruction.cautions import cautions
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.label_maps import label_map
from srviewer.sr.requests.request import Request
from srviewer.sr.scores.simulate import simulate
from srviewer.sr.slabs.files import SlabFiles, written_in_slabs

SHAPE = (12, 10, 6)
REQUEST = Request(axis=2, factor=2, method="cubic")
FIXTURES = Path(__file__).parents[2] / "fixtures" / "version-0.1.0"
LPS = np.diag([-1.0, -1.0, 1.0])


def affine(skew: float = 0.0) -> np.ndarray:
    """Oblique voxels of 1 x 1.2 x 4 mm; k leans by ``skew`` (mm for each mm)."""
    made = phantoms.affine_of(phantoms.rotation((12, -7, 21)), (1.0, 1.2, 4.0))
    made[:3, 2] += 4 * skew * made[:3, 1]
    return made


def save(path: Path, codes: tuple[int, int], place: np.ndarray, labels: bool = False) -> Path:
    random = np.random.default_rng(3).integers(0, 900, SHAPE).astype(np.int16)
    image = nib.Nifti1Image(
        np.where(random > 400, 3, 0).astype(np.int16) if labels else random, place
    )
    image.header.set_sform(place, codes[0])
    image.header.set_qform(place, codes[1])
    image.header.set_xyzt_units("mm")
    nib.save(nib.Nifti1Image(image.dataobj, None, image.header), path)
    return path


def written_codes(path: Path) -> tuple[int, int]:
    header = nib.load(path).header
    return int(header["sform_code"]), int(header["qform_code"])


def assert_read_by_itk(path: Path, geometry: Geometry) -> None:
    """SimpleITK puts every corner within half a thin voxel of where it is."""
    image = sitk.ReadImage(str(path))
    directions = np.reshape(image.GetDirection(), (3, 3)) * image.GetSpacing()
    found = np.eye(4)
    found[:3, :3], found[:3, 3] = LPS @ directions, LPS @ image.GetOrigin()
    assert image.GetSize() == geometry.shape
    apart = corner_distances(Geometry(geometry.shape, found), geometry)
    assert apart.max() <= 0.5 * min(geometry.spacing)


def every_export(source: Path, labels: Path, folder: Path) -> dict[str, tuple[Path, Geometry]]:
    """Every kind of image that is written, with the grid that it has."""
    (series,) = run(scan([source])).series
    scanned = run(series.read(0))
    made = run(reconstruct(scanned, REQUEST))
    simulation = run(simulate(scanned, Degradation(2, 2)))
    volumes: dict[str, Volume] = {
        "result": made.volume,
        **made.maps(),
        "thick": simulation.thick,
        "truth": simulation.truth,
        "labels": run(label_map(run(read(labels)), scanned, REQUEST)),
    }
    files = {}
    for name, volume in volumes.items():
        run(write_image(volume, folder / f"{name}.nii.gz", {}))
        files[name] = (folder / f"{name}.nii.gz", volume.geometry)
    (folder / "bids").mkdir()
    (folder / "bids" / "dataset_description.json").write_text("{}")
    name = given_name("01", "T2w")
    bids, _ = run(write_derivative(made.volume, folder / "bids", name, source, {}))
    files["bids"] = (bids, made.volume.geometry)
    assert series.stream is not None
    slabs = SlabFiles(
        folder / "slabs.nii", lambda scan, made: {}, maps={"residual": folder / "map.nii"}
    )
    run(written_in_slabs(series.stream(0), REQUEST, slabs))
    files["slabs"] = (folder / "slabs.nii", made.volume.geometry)
    files["slabs map"] = (folder / "map.nii", scanned.geometry)
    return files


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ((1, 1), (1, 1)),
        ((4, 1), (4, 1)),
        ((2, 2), (2, 2)),
        ((5, 4), (5, 4)),
        ((4, 0), (4, 4)),
        ((0, 3), (3, 3)),
        ((0, 0), (2, 2)),
    ],
)
def test_every_export_keeps_the_codes(
    tmp_path: Path, stated: tuple[int, int], kept: tuple[int, int]
) -> None:
    source = save(tmp_path / "scan.nii", stated, affine())
    labels = save(tmp_path / "labels.nii", (stated[0] and 1, stated[1] and 1), affine(), True)
    for name, (path, geometry) in every_export(source, labels, tmp_path).items():
        assert written_codes(path) == kept, name
        assert_read_by_itk(path, geometry)
        again = run(read(path))
        assert again.space == SpaceCodes(*kept)
        assert again.geometry.matches(geometry), name


def test_a_slight_shear_is_exact_as_sform_and_has_a_qform(tmp_path: Path) -> None:
    place = affine(skew=4e-3)
    source = save(tmp_path / "scan.nii", (4, 0), place)
    labels = save(tmp_path / "labels.nii", (1, 0), place, labels=True)
    for name, (path, geometry) in every_export(source, labels, tmp_path).items():
        assert written_codes(path) == (4, 4), name
        assert_read_by_itk(path, geometry)
        again = run(read(path))
        np.testing.assert_allclose(again.geometry.affine, geometry.affine, atol=1e-5)
        assert not {"qform_sform_conflict"} & {warning.code for warning in again.warnings}


@pytest.mark.parametrize("share", [0.2, 0.98])
def test_a_qform_within_half_a_thin_voxel_is_no_conflict(tmp_path: Path, share: float) -> None:
    shape = (300, 250, 40)

    def moved(skew: float) -> float:
        sheared = Geometry(shape, affine(skew))
        return float(corner_distances(nearest_rigid(sheared), sheared).max())

    skew = 1e-3 * share * 0.5 / moved(1e-3)
    geometry = Geometry(shape, affine(skew))
    assert moved(skew) == pytest.approx(share * 0.5, rel=0.01)
    volume = Volume(np.zeros(shape, np.float32), geometry, "flat")
    run(write_image(volume, path := tmp_path / "a.nii", {}))
    assert written_codes(path) == (1, 1)
    assert "qform_sform_conflict" not in {one.code for one in run(read(path)).warnings}


def test_a_qform_that_lies_elsewhere_lends_no_code(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.ones(SHAPE, np.int16), affine())
    image.header.set_sform(affine(), 4)
    image.header.set_qform(np.diag([1, 1.2, 4, 1]), 1)
    nib.save(nib.Nifti1Image(image.dataobj, None, image.header), path := tmp_path / "scan.nii")
    assert run(read(path)).space == SpaceCodes(4, 4)


def test_a_tilted_stack_has_no_qform_and_is_straightened(tmp_path: Path) -> None:
    volume = Volume(np.ones(SHAPE, np.float32), Geometry(SHAPE, affine(0.3)), "tilted")
    assert refused_by_itk(volume.geometry)
    run(write_image(volume, path := tmp_path / "tilted.nii", {}))
    assert written_codes(path) == (1, 0)
    with pytest.raises(RuntimeError, match="orthonormal"):
        sitk.ReadImage(str(path))
    assert "--deskew" in itk_advice(volume.geometry)
    assert itk_advice(volume.geometry) in cautions(volume, REQUEST, None)
    square = run(deskewed(volume, 2))
    assert cautions(square, REQUEST, None) == ()
    assert not refused_by_itk(square.geometry)
    run(write_image(square, path := tmp_path / "square.nii", {}))
    assert_read_by_itk(path, square.geometry)


def test_half_a_turn_is_no_reason_to_leave_the_qform_out(tmp_path: Path) -> None:
    """A quaternion of nearly half a turn is wrong by a thousandth in float32."""
    shape = (256, 256, 160)
    turned = phantoms.affine_of(phantoms.rotation((0, 0, 179.97)), (0.9, 0.9, 1.0))
    volume = Volume(np.zeros(shape, np.float32), Geometry(shape, turned), "turned")
    run(write_image(volume, path := tmp_path / "turned.nii", {}))
    assert written_codes(path) == (1, 1)
    assert_read_by_itk(path, volume.geometry)


def test_a_real_stack_of_rounded_positions(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "dicom" / "ge_pd_oblique_5mm_gap2mm_wrong_tag"
    scanned = run(read(source))
    thin = scanned.geometry.refined(2, 8)
    for name, geometry in (("thick", scanned.geometry), ("thin", thin)):
        path = tmp_path / f"{name}.nii"
        volume = scanned.derived(np.zeros(geometry.shape, np.float32), geometry, "made")
        run(write_image(volume, path, {}))
        assert written_codes(path) == (1, 1)
        assert_read_by_itk(path, geometry)
        np.testing.assert_allclose(nib.load(path).affine, geometry.affine, atol=1e-4)
        assert "qform_sform_conflict" not in {w.code for w in run(read(path)).warnings}


def test_dicom_lies_in_the_space_of_the_scanner(
    tmp_path: Path, write_dicom: Callable[..., list[Path]], thick: Volume
) -> None:
    scanned = run(read(write_dicom(thick)[0].parent))
    run(write_image(scanned, path := tmp_path / "a.nii", {}))
    assert written_codes(path) == (1, 1)


def test_images_of_version_0_1_0_still_open() -> None:
    paths = sorted(FIXTURES.rglob("*.nii.gz"))
    assert len(paths) > 2
    for path in paths:
        assert not blocking_warnings(run(read(path)).warnings)
