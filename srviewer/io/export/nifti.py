"""The writer of NIfTI files with their provenance in a sidecar."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Literal

import nibabel as nib
import numpy as np

from srviewer.atomic import encoded, flush_to_disk, staged_together
from srviewer.core.geometry.grid import Geometry
from srviewer.core.geometry.space_codes import SpaceCodes
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.export.checksum import voxels_crc32
from srviewer.io.export.clearing import clear_abandoned
from srviewer.io.export.replacing import WouldReplace, check_replaceable
from srviewer.io.files.content import stamp_of
from srviewer.io.files.gzip_streams import crc32, packed_into
from srviewer.io.nifti.file_pairs import NIFTI_SUFFIXES
from srviewer.io.nifti.placement import place
from srviewer.io.sidecars.provenance import check_document, document, sidecar
from srviewer.job import Job, Progress, within
from srviewer.unwritable import check_target, named_file

DataType = Literal["float32", "original"]
DATA_TYPES: tuple[DataType, ...] = ("float32", "original")
DESCRIPTION = b"srviewer research use only"


def write_nifti(
    volume: Volume,
    path: Path,
    provenance: Mapping[str, object],
    stored_as: DataType = "float32",
    described: Mapping[str, object] = MappingProxyType({}),
    overwrite: bool = False,
) -> Job[None]:
    """Write an image (.nii or .nii.gz) and its sidecar ``<name>.json``, both or none.

    The affine is exact to float32 as sform; see ``srviewer.io.nifti.placement.place`` for the
    qform. Both have the codes of the scan. Both files are read back and compared before they take
    their names.

    Args:
        volume: The result; its ``source`` is never overwritten.
        path: The path of the image.
        provenance: The source, request and model of the result; by default its source is that of
            ``volume``.
        stored_as: "original" rounds and clips to the data type that the scan was stored in.
        described: Further values of the sidecar, which come first.
        overwrite: Replace also the result of another scan.

    Raises:
        UserError: The suffix is unknown, the folder cannot be written to, or the target is a part
            of the source.
        WouldReplace: There is a file that is no earlier result of the same scan.
    """
    planes = (volume.voxels[:, :, k] for k in range(volume.geometry.shape[2]))
    return write_planes(volume, planes, path, provenance, stored_as, described, overwrite)


def write_planes(
    volume: ScanHeader,
    planes: Iterable[Voxels],
    path: Path,
    provenance: Mapping[str, object],
    stored_as: DataType = "float32",
    described: Mapping[str, object] = MappingProxyType({}),
    overwrite: bool = False,
) -> Job[None]:
    """Write an image and its sidecar as ``write_nifti`` does, from planes in their order.

    Args:
        volume: The result without its voxels.
        planes: (i, j) voxels for each k, in order; only one of them need be in memory.
        path: The path of the image.
        provenance: As in ``write_nifti``.
        stored_as: As in ``write_nifti``.
        described: As in ``write_nifti``.
        overwrite: As in ``write_nifti``.

    Raises:
        WouldReplace: There is a file that is no earlier result of the same scan, or one was written
            meanwhile.
        UserError: As in ``write_nifti``.
    """
    path = path.absolute()
    sidecar_path = sidecar(path)
    if volume.source is not None:
        provenance = {**volume.source.described(), **provenance}
    _check(path, sidecar_path, volume)
    yield from clear_abandoned(path.parent)
    new = not (overwrite or os.path.lexists(path) or os.path.lexists(sidecar_path))
    if not overwrite:
        yield from check_replaceable(path, _source_of(provenance))
    before = stamp_of(path), stamp_of(sidecar_path)
    dtype = np.dtype(volume.stored_as if stored_as == "original" else "float32")
    header = _header(volume.geometry, volume.space, dtype)
    with staged_together(path, sidecar_path, new=new) as (image, document_file):
        checksum = yield from within(_save(volume.name, planes, header, image), 0.0, 0.6)
        flush_to_disk(image)
        yield from within(_verify(image, header, checksum), 0.6, 1.0)
        text = document(volume, path, dtype.name, f"{checksum:08x}", provenance, described)
        with named_file(document_file):
            document_file.write_bytes(encoded(text))
        flush_to_disk(document_file)
        check_document(document_file, text)
        if not (overwrite or new) and (stamp_of(path), stamp_of(sidecar_path)) != before:
            raise WouldReplace(f"'{path}' was written by something else in the meantime.")


def check_image_target(path: Path) -> None:
    """Check that an image and its sidecar can be written.

    Args:
        path: The path of the image.

    Raises:
        UserError: The suffix is no NIfTI suffix, or a file cannot be written there.
    """
    if not path.name.lower().endswith(NIFTI_SUFFIXES):
        raise UserError(
            f"'{path.name}' has no ending that srviewer writes. End the name with "
            f"{' or '.join(NIFTI_SUFFIXES)}."
        )
    for target in (path, sidecar(path)):
        check_target(target)


def _source_of(provenance: Mapping[str, object]) -> str | None:
    """The digest of the source of an image, by the provenance to write into its sidecar."""
    stated = provenance.get("source_sha256")
    return stated if isinstance(stated, str) else None


def _check(path: Path, sidecar_path: Path, volume: ScanHeader) -> None:
    check_image_target(path)
    for source in () if volume.source is None else volume.source.paths:
        for target in (path, sidecar_path):
            if overwrites(target, source):
                raise UserError(
                    f"'{target}' is part of what this result was made from and is not "
                    "overwritten. Choose another name."
                )


def overwrites(target: Path, source: Path) -> bool:
    """Whether writing a file would overwrite a source or a file inside it.

    Args:
        target: The path to write.
        source: A file or folder of the source.

    Returns:
        False where either does not exist.
    """
    if not target.exists() or not source.exists():
        return False
    return target.samefile(source) or source.resolve() in target.resolve().parents


def _header(geometry: Geometry, space: SpaceCodes, dtype: np.dtype[np.generic]) -> nib.Nifti1Header:
    header = nib.Nifti1Header()
    try:
        header.set_data_dtype(dtype)
        header.set_data_shape(geometry.shape)
    except nib.spatialimages.HeaderDataError as error:
        raise UserError(
            f"NIfTI cannot hold {geometry.shape} voxels of {dtype.name} ({error}). Store float32."
        ) from error
    header.set_zooms(geometry.spacing)
    header.set_slope_inter(1.0, 0.0)
    header["descrip"] = DESCRIPTION
    place(header, geometry, space)
    header.set_data_offset(header.single_vox_offset)
    return header


def _save(name: str, planes: Iterable[Voxels], header: nib.Nifti1Header, path: Path) -> Job[int]:
    """Write header and voxels; the CRC-32 of the voxels' bytes."""
    dtype, count = header.get_data_dtype(), header.get_data_shape()[2]
    checksum = 0
    with _opened(path) as file, ThreadPoolExecutor(1) as packer:
        header.write_to(file)
        written: Future[int] | None = None  # of a plane, which is packed while the next is made
        for k, plane in enumerate(planes):
            if not np.isfinite(plane).all():
                raise UserError(
                    f"'{name}' holds voxels that are not numbers (plane k = {k}) and is not "
                    "written. Run the reconstruction again, on another device if there is one."
                )
            content = _stored(plane, dtype).tobytes(order="F")
            checksum = crc32(content, checksum)
            if written is not None:
                written.result()
            written = packer.submit(file.write, content)
            yield Progress((k + 1) / count, "Writing")
        if written is not None:
            written.result()
    return checksum


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with named_file(path), path.open("wb") as plain:
        if path.suffix.lower() != ".gz":
            yield plain
            return
        with packed_into(plain) as packed:
            yield packed


def _stored(plane: Voxels, dtype: np.dtype[np.generic]) -> np.ndarray:
    """A plane in the file's data type."""
    if dtype.kind == "f":
        return plane.astype(dtype, copy=False)
    limits = np.iinfo(dtype.name)
    # The largest 64-bit numbers have no double of their own; the next smaller one is taken.
    highest = float(limits.max)
    highest = highest if int(highest) <= limits.max else float(np.nextafter(highest, 0))
    return np.clip(np.rint(plane.astype(np.float64)), float(limits.min), highest).astype(dtype)


def _verify(path: Path, header: nib.Nifti1Header, checksum: int) -> Job[None]:
    """Read the file back; raise UserError unless it holds exactly the voxels and header written."""
    written = nib.load(path, mmap=False)
    written_checksum = yield from voxels_crc32(path)
    same = (
        written_checksum == checksum
        and written.shape == header.get_data_shape()
        and written.get_data_dtype() == header.get_data_dtype()
        and np.array_equal(written.affine, header.get_sform())
    )
    if not same:
        raise UserError(
            f"'{path.name}' was not written correctly: it does not read back as what was meant. "
            "Nothing was saved. Check the disk, or choose another folder."
        )
