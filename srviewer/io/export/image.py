"""The writer of images with their provenance in a sidecar."""

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Literal

import numpy as np

from srviewer.atomic import encoded, flush_to_disk, staged_together
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels
from srviewer.errors import UserError
from srviewer.io.export.checksum import voxels_crc32
from srviewer.io.export.clearing import clear_abandoned
from srviewer.io.export.image_layout import ImageFormat, ImageLayout, image_format
from srviewer.io.export.replacing import WouldReplace, check_replaceable
from srviewer.io.export.stored_image import stored_image
from srviewer.io.files.content import stamp_of
from srviewer.io.files.gzip_streams import crc32, packed_into
from srviewer.io.sidecars.provenance import check_document, document, sidecar
from srviewer.job import Job, Progress, within
from srviewer.unwritable import check_target, named_file

DataType = Literal["float32", "original"]
DATA_TYPES: tuple[DataType, ...] = ("float32", "original")


def write_image(
    volume: Volume,
    path: Path,
    provenance: Mapping[str, object],
    stored_as: DataType = "float32",
    described: Mapping[str, object] = MappingProxyType({}),
    overwrite: bool = False,
) -> Job[None]:
    """Write an image and its sidecar ``<name>.json``, both or none.

    The ending of the name decides the format: NIfTI, NRRD, MetaImage or FreeSurfer. In NIfTI the
    affine is exact to float32 as sform; see ``srviewer.io.nifti.placement.place`` for the qform.
    Both have the codes of the scan. Image and sidecar are read back and compared before they take
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
    """Write an image and its sidecar as ``write_image`` does, from planes in their order.

    Args:
        volume: The result without its voxels.
        planes: (i, j) voxels for each k, in order; only one of them need be in memory.
        path: The path of the image.
        provenance: As in ``write_image``.
        stored_as: As in ``write_image``.
        described: As in ``write_image``.
        overwrite: As in ``write_image``.

    Raises:
        WouldReplace: There is a file that is no earlier result of the same scan, or one was written
            meanwhile.
        UserError: As in ``write_image``.
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
    layout = image_format(path).layout(volume, dtype)
    with staged_together(path, sidecar_path, new=new) as (image, document_file):
        checksum = yield from within(_save(volume, planes, layout, image), 0.0, 0.6)
        flush_to_disk(image)
        yield from within(_verify(image, volume, layout, checksum), 0.6, 1.0)
        text = document(volume, path, _type_name(layout), f"{checksum:08x}", provenance, described)
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
        UserError: The suffix is that of no format that is written, or a file cannot be written
            there.
    """
    image_format(path)
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


def _type_name(layout: ImageLayout) -> str:
    """Numpy's name of the data type in the file; with the order of bytes where that is foreign."""
    return layout.dtype.name if layout.dtype.isnative else layout.dtype.str


def _save(
    volume: ScanHeader, planes: Iterable[Voxels], layout: ImageLayout, path: Path
) -> Job[int]:
    """Write header and voxels; the CRC-32 of the voxels' bytes."""
    count, checksum = volume.geometry.shape[2], 0
    with _opened(path, layout, image_format(path)) as file, ThreadPoolExecutor(1) as packer:
        written: Future[int] | None = None  # of a plane, which is packed while the next is made
        for k, plane in enumerate(planes):
            if not np.isfinite(plane).all():
                raise UserError(
                    f"'{volume.name}' holds voxels that are not numbers (plane k = {k}) and is not "
                    "written. Run the reconstruction again, on another device if there is one."
                )
            content = _stored(plane, layout.dtype).tobytes(order="F")
            checksum = crc32(content, checksum)
            if written is not None:
                written.result()
            written = packer.submit(file.write, content)
            yield Progress((k + 1) / count, "Writing")
        if written is not None:
            written.result()
    return checksum


@contextmanager
def _opened(path: Path, layout: ImageLayout, row: ImageFormat) -> Iterator[BinaryIO]:
    """The file to write voxels to, behind its header."""
    name = path.name.lower()
    with named_file(path), path.open("wb") as plain:
        if name.endswith(row.packed_header or ("/",)):
            with packed_into(plain) as packed:
                packed.write(layout.header)
                yield packed
            return
        plain.write(layout.header)
        if not name.endswith(row.packed_voxels or ("/",)):
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


def _verify(path: Path, volume: ScanHeader, layout: ImageLayout, checksum: int) -> Job[None]:
    """Read the file back; raise UserError unless it holds exactly the voxels and grid written."""
    written = stored_image(path)
    written_checksum = yield from voxels_crc32(path)
    same = (
        written_checksum == checksum
        and written.shape == volume.geometry.shape
        and written.dtype == layout.dtype
        and np.allclose(written.affine, layout.affine, rtol=0, atol=1e-9)
    )
    if not same:
        raise UserError(
            f"'{path.name}' was not written correctly: it does not read back as what was meant. "
            "Nothing was saved. Check the disk, or choose another folder."
        )
