"""Targets of fuzzing: for each kind of file intact ones, a way to damage them, and the reader."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np
import pydicom.data
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, MRImageStorage

from segmented_series import FIXTURES
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.io.export.image import write_image
from srviewer.io.formats import read, scan
from srviewer.job import run
from srviewer.nn.inference.infer import built_network
from srviewer.nn.models.model_file import load_model
from srviewer.study.sessions.session_file import read_session
from tests.fuzz.label_targets import label_targets
from tests.fuzz.mutate import mutated, mutated_gzip
from tests.fuzz.own_targets import own_targets
from tests.fuzz.seeds import Target, model_seed, session_seed

SHAPE = (5, 4, 6)
SEGMENTATIONS = ("binary", "fractional", "labelmap")
# pydicom's own odd files that are small: compressed, enhanced, big endian, deflated, cut short.
LARGEST_SEED = 60_000


def targets() -> tuple[Target, ...]:
    """All of them, made anew."""
    slices = {f"{k}.dcm": _slice(k, ExplicitVRLittleEndian) for k in range(4)}
    implicit = {f"{k}.dcm": _slice(k, ImplicitVRLittleEndian) for k in range(4)}
    return (
        Target("nifti", _nifti(), {}, mutated, _read_volume),
        Target("nifti.gz", _packed(), {}, mutated_gzip, _read_volume),
        Target("dicom", {"0.dcm": slices.pop("0.dcm")}, slices, mutated, _read_series),
        Target("dicom implicit", {"0.dcm": implicit.pop("0.dcm")}, implicit, mutated, _read_series),
        Target("text headers", _text_headers(), {}, mutated, _read_volume),
        Target("segmentation", _segmentations(), {}, mutated, _read_volume),
        Target("dicom odd", _odd(), {}, mutated, _read_series),
        Target("model", model_seed(), {}, mutated, _load_model),
        Target("session", session_seed(), {}, mutated, _read_session),
        *own_targets(),
        *label_targets(),
    )


def _read_volume(path: Path) -> None:
    assert np.isfinite(run(read(path)).voxels).all()


def _read_series(path: Path) -> None:
    """Each file of the folder is in a series, or counted among those that are not."""
    found = run(scan([path.parent]))
    used = {source for series in found.series for source in series.sources}
    assert len(used) + found.ignored == len(list(path.parent.iterdir()))
    assert np.isfinite(run(found.series[0].read(0)).voxels).all()


def _load_model(path: Path) -> None:
    built_network(load_model(path))


def _read_session(path: Path) -> None:
    read_session(path)


def _voxels() -> np.ndarray:
    return np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)


def _nifti() -> dict[str, bytes]:
    affine = np.array([[0.8, 0, 0.1, -9], [0, 1.1, 0, 4], [-0.1, 0, 5, 2], [0, 0, 0, 1.0]])
    one = nib.Nifti1Image(_voxels(), affine)
    two = nib.Nifti2Image(_voxels().astype(np.float32), affine)
    return {"one.nii": one.to_bytes(), "two.nii": two.to_bytes()}


def _packed() -> dict[str, bytes]:
    mgh = nib.MGHImage(_voxels().astype(np.float32), np.diag([1, 1, 4, 1.0]))
    return {"one.nii.gz": _nifti()["one.nii"], "c.mgz": mgh.to_bytes()}


def _text_headers() -> dict[str, bytes]:
    volume = Volume(_voxels().astype(np.float32), Geometry(SHAPE, np.diag([1, 1, 4, 1.0])), "t")
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("a.nrrd", "b.mha")]
        for path in paths:
            run(write_image(volume, path, {}))
        return {path.name: path.read_bytes() for path in paths}


def _segmentations() -> dict[str, bytes]:
    return {f"{name}.dcm": (FIXTURES / f"{name}.dcm").read_bytes() for name in SEGMENTATIONS}


def _slice(k: int, syntax: UID) -> bytes:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = MRImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{k}")
    dataset.SOPInstanceUID, dataset.SeriesInstanceUID = f"1.2.3.{k}", "1.2.3"
    dataset.PatientName, dataset.Modality, dataset.InstanceNumber = "Secret^Name", "MR", k
    dataset.ImagePositionPatient = [1, 2, 5 * k]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing, dataset.SliceThickness = [1.1, 0.8], 5
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 4, 5, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 1
    dataset.RescaleSlope, dataset.RescaleIntercept = "1.5", "-3"
    dataset.PixelData = _voxels()[:, :, k].T.tobytes()
    dataset["PixelData"].VR = "OW"
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _odd() -> dict[str, bytes]:
    folder = Path(pydicom.data.__file__).parent / "test_files"
    small = (path for path in sorted(folder.glob("*.dcm")) if path.stat().st_size < LARGEST_SEED)
    return {path.name: path.read_bytes() for path in small}
