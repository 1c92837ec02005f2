"""The table of bad input: files that no one should have, each made in an empty folder."""

import gzip
import io
import os
import struct
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, MRImageStorage

import claims

AFFINE = np.diag([1.0, 1.0, 4.0, 1.0])
SHAPE = (8, 9, 6)
Edit = Callable[[nib.Nifti1Header], None]


@dataclass(frozen=True)
class BadFile:
    """``make(folder)``: the path to open. ``says``: what the message must hold.

    ``opens``: it may be looked at, with the warning whose code is ``says``.
    """

    id: str
    make: Callable[[Path], Path]
    says: str
    opens: bool = False


def nifti(edit: Edit = lambda header: None, voxels: np.ndarray | None = None) -> bytes:
    """The bytes of a small .nii, its header changed by ``edit``."""
    voxels = _ramp() if voxels is None else voxels
    image = nib.Nifti1Image(voxels, AFFINE)
    image.set_sform(AFFINE, 1)
    image.set_qform(AFFINE, 1)
    header = image.header
    header.set_xyzt_units("mm")
    header.set_slope_inter(1, 0)
    header["vox_offset"] = 352
    edit(header)
    return header.binaryblock + b"\0" * 4 + voxels.tobytes(order="F")


def _ramp(dtype: str = "int16") -> np.ndarray:
    return np.arange(np.prod(SHAPE)).reshape(SHAPE).astype(dtype)


def _file(name: str, content: Callable[[], bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content())
        return path

    return make


def _header(edit: Edit, name: str = "scan.nii") -> Callable[[Path], Path]:
    return _file(name, lambda: nifti(edit))


def _set(field: str, value: object) -> Edit:
    def edit(header: nib.Nifti1Header) -> None:
        header[field] = value

    return edit


def _affine(rows: list[list[float]]) -> Edit:
    def edit(header: nib.Nifti1Header) -> None:
        for name, row in zip(("srow_x", "srow_y", "srow_z"), rows, strict=True):
            header[name] = row
        header["qform_code"] = 0

    return edit


def _dims(*dims: int) -> Edit:
    return _set("dim", [*dims, *[1] * (8 - len(dims))])


def _bad_checksum() -> bytes:
    packed = bytearray(gzip.compress(nifti()))
    packed[-8] ^= 0xFF
    return bytes(packed)


def _bomb() -> bytes:
    def huge(header: nib.Nifti1Header) -> None:
        _dims(3, 2000, 2000, 2000)(header)

    return gzip.compress(nifti(huge) + bytes(20_000_000), 9)


def _zip(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def _zip_bomb() -> bytes:
    content = bytearray(_zip({"scan.nii": nifti()}))
    # The directory promises 2**31 bytes a file, of many files.
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.nii", b"\0" * 1000)
    content = bytearray(file.getvalue())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 24 : place + 28] = struct.pack("<I", 2**31)
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


def dicom_slice(k: int) -> Dataset:
    """One of six slices 4 mm apart."""
    dataset = Dataset()
    dataset.preamble = b"\0" * 128
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = MRImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{k}")
    dataset.SOPInstanceUID, dataset.SeriesInstanceUID = f"1.2.3.{k}", "1.2.3"
    dataset.PatientName, dataset.PatientID = "Secret^Name", "SecretNumber"
    dataset.Modality, dataset.SeriesDescription, dataset.InstanceNumber = "MR", "T2", k
    dataset.ImagePositionPatient = [1, 2, 4 * k]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing, dataset.SliceThickness = [1, 1], 4
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 9, 8, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 1
    dataset.PixelData = _ramp()[:, :, k].T.tobytes()
    dataset["PixelData"].VR = "OW"
    return dataset


def _series(
    edit: Callable[[Dataset, int], None] = lambda dataset, k: None,
    damage: Callable[[bytes, int], bytes] = lambda content, k: content,
) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        target = folder / "series"
        target.mkdir()
        for k in range(SHAPE[2]):
            dataset = dicom_slice(k)
            edit(dataset, k)
            file = io.BytesIO()
            dataset.save_as(file, implicit_vr=False, little_endian=True)
            (target / f"{k}.dcm").write_bytes(damage(file.getvalue(), k))
        return target

    return make


def _without(*keywords: str) -> Callable[[Dataset, int], None]:
    def edit(dataset: Dataset, k: int) -> None:
        for keyword in keywords:
            del dataset[keyword]

    return edit


def _second_at_the_first(dataset: Dataset, k: int) -> None:
    dataset.ImagePositionPatient = [1, 2, 4 * max(k, 1)]


def _nested(dataset: Dataset, k: int) -> None:
    inner = Dataset()
    for _ in range(150):
        outer = Dataset()
        outer.ReferencedImageSequence = [inner]
        inner = outer
    dataset.ReferencedImageSequence = [inner]


def _unknown_syntax(dataset: Dataset, k: int) -> None:
    dataset.file_meta.TransferSyntaxUID = UID("1.2.3.4.5.6")


def _no_numbers() -> bytes:
    voxels = _ramp("float32")
    voxels[1, 2, 3], voxels[2, 2, 3] = np.nan, np.inf
    return nifti(voxels=voxels)


def _labels() -> bytes:
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[2:6, 2:7, :] = 3
    return nifti(voxels=voxels)


def _claims(content: Callable[[Dataset], bytes]) -> Callable[[Path], Path]:
    return _file("image.dcm", lambda: content(dicom_slice(1)))


def _with_pipes(folder: Path) -> Path:
    """A scan, beside it pipes where its sidecar, its partner and other scans would be."""
    target = folder / "pipes"
    target.mkdir()
    (target / "scan.nii").write_bytes(nifti())
    for name in ("scan.json", "other.nii", "scan.hdr", "slice.dcm", "pipe.zip"):
        claims.pipe(name)(target)
    return target


COLOURS = np.zeros(SHAPE, [("R", "u1"), ("G", "u1"), ("B", "u1")])
NAN, ZERO_ROW = float("nan"), [0.0, 0, 0, 0]
REFUSED = (
    BadFile("empty file", _file("scan.nii", lambda: b""), "empty"),
    BadFile("truncated header", _file("scan.nii", lambda: nifti()[:200]), "cut short"),
    BadFile("truncated body", _file("scan.nii", lambda: nifti()[:-50]), "cut short"),
    BadFile("half a gzip", _file("s.nii.gz", lambda: gzip.compress(nifti())[:500]), "cut short"),
    BadFile("gzip named .nii", _file("scan.nii", lambda: gzip.compress(nifti())), "Rename it"),
    BadFile("plain named .nii.gz", _file("scan.nii.gz", nifti), "not compressed"),
    BadFile("bad checksum", _file("s.nii.gz", _bad_checksum), "damaged"),
    BadFile("text", _file("scan.nii", lambda: b"this is no scan\n" * 40), "no NIfTI"),
    BadFile("32 GB declared", _header(_dims(3, 2000, 2000, 4000)), "cut short"),
    BadFile("gzip bomb", _file("scan.nii.gz", _bomb), "cut short"),
    BadFile("zip bomb", _file("a.zip", _zip_bomb), "room for"),
    BadFile("zip out", _file("a.zip", lambda: _zip({"../a.nii": nifti()})), "points outside"),
    BadFile("zip absolute", _file("a.zip", lambda: _zip({"/a.nii": nifti()})), "points outside"),
    BadFile("negative dims", _header(_set("dim", [3, -8, 9, 6, 1, 1, 1, 1])), "scan.nii"),
    BadFile("zero dims", _header(_dims(3, 0, 9, 6)), "scan.nii"),
    BadFile("single slice", _header(_dims(3, 8, 9, 1)), "no volume"),
    BadFile("colours", _file("s.nii", lambda: nifti(voxels=COLOURS)), "colours"),
    BadFile("complex", _file("s.nii", lambda: nifti(voxels=_ramp("complex64"))), "complex"),
    BadFile("singular", _header(_affine([[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 4, 0]])), "singular"),
    BadFile("NaN affine", _header(_affine([[NAN, 0, 0, 0], [0, 1, 0, 0], [0, 0, 4, 0]])), "finite"),
    BadFile("zero affine", _header(_affine([ZERO_ROW] * 3)), "singular"),
    BadFile("unknown syntax", _series(_unknown_syntax), "cannot be decoded"),
    BadFile("million frames", _claims(claims.many_frames), "promises 2,000,000 frames"),
    BadFile("compressed frames", _claims(claims.many_compressed_frames), "promises 9 frames"),
    BadFile("vast frame", _claims(claims.vast_frame), "bytes of pixels, more than"),
    BadFile("deflated bomb", _claims(lambda d: claims.deflated(d, 70 << 20)), "far more than"),
    BadFile("a million items", _claims(lambda d: claims.many_items(d, 10**6)), "holds 2 frames"),
    BadFile("zips", _file("a.zip", lambda: claims.zips_in_zips(nifti(), 300)), "inside more than"),
    BadFile("one name", _file("a.zip", lambda: claims.zipped([("a.nii", b"a")] * 2)), "two files"),
    BadFile("locked", _file("a.zip", lambda: claims.zipped([("a.nii", b"a")], 1)), "encrypted"),
    BadFile("method", _file("a.zip", lambda: claims.zipped([("a", b"a")], 0, 77)), "be unpacked"),
    BadFile("no file", lambda folder: folder / "absent.nii", "does not exist"),
    BadFile("empty folder", lambda folder: folder, "no image"),
)
DOUBTFUL = (
    BadFile("not numbers", _file("s.nii", _no_numbers), "non_finite", opens=True),
    BadFile("label map", _file("s.nii", _labels), "label_like", opens=True),
    BadFile("two transforms", _header(_set("qoffset_x", 40)), "qform_sform_conflict", opens=True),
    BadFile("no spacing", _series(_without("PixelSpacing")), "spacing_unknown", opens=True),
    BadFile(
        "no orientation",
        _series(_without("ImageOrientationPatient")),
        "orientation_unknown",
        opens=True,
    ),
    BadFile(
        "no position",
        _series(_without("ImagePositionPatient")),
        "orientation_unknown",
        opens=True,
    ),
    BadFile("two at one place", _series(_second_at_the_first), "duplicate_positions", opens=True),
    BadFile(
        "a slice cut short",
        _series(damage=lambda content, k: content[:-40] if k == 2 else content),
        "truncated",
        opens=True,
    ),
)
# What is odd and must simply open.
HARMLESS = (
    BadFile(
        "constant",
        _file("s.nii", lambda: nifti(voxels=np.full(SHAPE, 7.5, "<f4"))),
        "constant",
        opens=True,
    ),
    BadFile("slope 0", _header(_set("scl_slope", 0)), "", opens=True),
    BadFile("slope NaN", _header(_set("scl_slope", NAN)), "header_assumed", opens=True),
    BadFile("damaged sform", _header(_set("srow_x", 0)), "qform_sform_conflict", opens=True),
    BadFile("in metres", _header(_set("xyzt_units", 1)), "implausible_size", opens=True),
    BadFile("seven dims", _header(_dims(7, 8, 9, 6)), "", opens=True),
    BadFile("name with #%", _file("50% #1 ü.nii", nifti), "", opens=True),
    BadFile("long name", _file("n" * 240 + ".nii", nifti), "", opens=True),
    BadFile("deep sequences", _series(_nested), "", opens=True),
    BadFile("no preamble", _series(damage=lambda content, k: content[132:]), "", opens=True),
)
if sys.platform != "win32":
    REFUSED += (BadFile("pipe", claims.pipe("scan.nii"), "is a pipe"),)
    HARMLESS += (BadFile("pipes beside", _with_pipes, "", opens=True),)
if sys.platform == "linux":  # other systems take no such names
    HARMLESS += (
        BadFile("no UTF-8", _file(os.fsdecode(b"sc\xe4n \xff.nii"), nifti), "", opens=True),
    )
BAD_FILES = (*REFUSED, *DOUBTFUL, *HARMLESS)
