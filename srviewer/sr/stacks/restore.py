"""Restoring a result from its files, whether a reconstruction or a join."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from srviewer.codec import from_plain, known_fields
from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.stacks.slice_motion import SliceMotion
from srviewer.core.volumes.dicom_origin import SourceImage
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.sidecars.exported_image import described, made_from, own_document, stated_source
from srviewer.job import Job, within
from srviewer.nn.devices.precisions import read_precision
from srviewer.sr.reconstruction.restore import known_model, restored
from srviewer.sr.references.same_scan import AnotherScan, check_voxels
from srviewer.sr.stacks.joined import Joined, JoinedStack, joined_identity
from srviewer.sr.stacks.left_out import MEANING, Coherence, LeftOut, SliceScores
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.stacks.result import Result, left_out_key

Row = tuple[float, float, float, float]
Three = tuple[float, float, float]


@dataclass(frozen=True)
class _PlainLeftOut:
    """The fields of ``LeftOut`` without its residual, as a sidecar holds them."""

    psnr: float | None
    psnr_cubic: float | None
    psnr_single: float | None
    single: int
    share: float
    data_range: float
    repeats: tuple[int, ...] = ()
    slices: tuple[SliceScores, ...] = ()
    coherence: tuple[Coherence, ...] = ()
    meaning: str = MEANING


@dataclass(frozen=True)
class _PlainSlices:
    """The fields of ``SliceMotion``, as a sidecar holds them."""

    motions: tuple[tuple[Row, Row, Row, Row], ...]
    deg: tuple[float, ...]
    mm: tuple[float, ...]
    evidence: float
    held: tuple[int, ...] = ()


@dataclass(frozen=True)
class _PlainStack:
    """The fields of ``JoinedStack``, as a sidecar holds them."""

    index: int
    name: str
    moved: tuple[Row, Row, Row, Row]
    rotation_deg: Three
    translation_mm: Three
    gain: float
    offset: float
    weight: float
    agreement: Consistency | None
    left_out: _PlainLeftOut | None
    down_weighted: tuple[int, ...]
    slice_motion: _PlainSlices | None = None


@dataclass(frozen=True)
class _PlainJoined:
    """The content of a sidecar on a join, beside its request."""

    reference: int
    stacks: tuple[_PlainStack, ...]
    is_single: bool
    device: str
    seconds: float
    warnings: tuple[str, ...]
    peak_memory_mb: float | None = None
    joint_step: float = 0.0
    precision: str | None = None
    single: int | None = None
    source_images: tuple[tuple[str, str, str, str], ...] = ()


def restored_result(
    scan: Volume, image: Path, maps: Mapping[str, Path], model_file: str = ""
) -> Job[Result]:
    """Restore a result that srviewer wrote of a scan.

    Args:
        scan: The scan; of a join its reference.
        image: The file of the result, with its sidecar.
        maps: The files of its maps, by their keys in ``stored_maps``.
        model_file: As of ``restored``.

    Returns:
        A job whose result is the reconstruction or the join.

    Raises:
        UserError: Files are missing, damaged, or belong to another scan.
    """
    document = own_document(image)
    if "stacks" not in document["provenance"]:
        return (yield from restored(scan, image, maps, model_file))
    _check_reference(scan, document, image)
    plain, request = _plain(document, image, model_file)
    stored = yield from within(formats.read(image), 0.0, 0.5)
    yield from within(check_voxels(stored, document, image), 0.5, 0.6)
    residuals = yield from within(_residuals(scan, maps, plain.stacks), 0.6, 1.0)
    header = replace(scan, voxels=stored.voxels, geometry=stored.geometry, planes=None)
    volume = described(replace(header, source=stated_source(document)), document)
    if volume.origin is not None and plain.source_images:
        images = tuple(SourceImage(*image) for image in plain.source_images)
        volume = replace(volume, origin=replace(volume.origin, images=images))
    model, missing = known_model(document["provenance"], request.model)
    return Joined(
        volume=volume,
        request=replace(request, left_out=any(stack.left_out for stack in plain.stacks)),
        model=model,
        stacks=tuple(_stack(stack, residuals.get(stack.index)) for stack in plain.stacks),
        joint_step=plain.joint_step,
        single=_single(plain),
        device=plain.device,
        precision=read_precision(plain.precision, None) if model else None,
        seconds=plain.seconds,
        peak_memory_mb=plain.peak_memory_mb,
        warnings=(*plain.warnings, *missing),
    )


def _check_reference(scan: Volume, document: Mapping[str, Any], image: Path) -> None:
    """Raise AnotherScan unless ``scan`` is the reference that the image was joined onto."""
    source, stated = scan.source, stated_source(document)
    wanted = source and stated and joined_identity(stated.files, source.sha256)
    if wanted is None or made_from(document) != wanted:
        raise AnotherScan(
            f"'{image.name}' was not joined onto '{scan.name}', so the two are not shown together. "
            "Open the image itself, or join the stacks."
        )


def _plain(
    document: Mapping[str, Any], image: Path, model_file: str
) -> tuple[_PlainJoined, JoinRequest]:
    provenance = document["provenance"]
    try:
        plain = from_plain(provenance, _PlainJoined)
        if [stack.index for stack in plain.stacks] != [*range(len(plain.stacks))]:
            raise ValueError("the stacks are not numbered in their order")
        if not 0 <= plain.reference < len(plain.stacks):
            raise ValueError(f"there is no stack {plain.reference}")
        if plain.single is not None and not 0 <= plain.single < len(plain.stacks):
            raise ValueError(f"there is no stack {plain.single}")
        for slices in (stack.slice_motion for stack in plain.stacks):
            if slices and not len(slices.motions) == len(slices.deg) == len(slices.mm):
                raise ValueError("the motions of slices are not as many as the slices")
    except (ValueError, UserError) as error:
        raise UserError(
            f"What is known of '{image.name}', of the stacks that it was joined from, is damaged. "
            "Open the image itself, or join the stacks."
        ) from error
    # The precision that it ran in is not the one that was asked for.
    request = replace(JoinRequest(**known_fields(provenance, JoinRequest)), precision="auto")
    if model_file and Path(model_file).name == request.model:
        request = replace(request, model=model_file)
    return plain, request


def _residuals(
    scan: Volume, maps: Mapping[str, Path], stacks: tuple[_PlainStack, ...]
) -> Job[dict[int, Volume]]:
    """The residuals of the stacks that were left out, as far as they were saved."""
    read: dict[int, Volume] = {}
    for number, stack in enumerate(stacks):
        path = maps.get(left_out_key(stack.index))
        if path is None or stack.left_out is None:
            continue
        span = number / len(stacks), (number + 1) / len(stacks)
        residual = yield from within(formats.read(path), *span)
        yield from check_voxels(residual, own_document(path), path)
        residual = described(residual, own_document(path))
        read[stack.index] = replace(residual, padding=None, frame=scan.frame)
    return read


def _single(plain: _PlainJoined) -> int | None:
    """The stack whose own result it is; before that was noted, it was always the reference's."""
    if not plain.is_single:
        return None
    return plain.reference if plain.single is None else plain.single


def _stack(plain: _PlainStack, residual: Volume | None) -> JoinedStack:
    known = plain.left_out
    left_out = None
    if known is not None and residual is not None:
        left_out = LeftOut(
            psnr=known.psnr,
            psnr_cubic=known.psnr_cubic,
            psnr_single=known.psnr_single,
            single=known.single,
            repeats=known.repeats,
            share=known.share,
            data_range=known.data_range,
            slices=known.slices,
            coherence=known.coherence,
            residual=residual,
            meaning=known.meaning,
        )
    return JoinedStack(
        index=plain.index,
        name=plain.name,
        moved=np.array(plain.moved, float),
        rotation_deg=plain.rotation_deg,
        translation_mm=plain.translation_mm,
        gain=plain.gain,
        offset=plain.offset,
        weight=plain.weight,
        agreement=plain.agreement,
        left_out=left_out,
        down_weighted=plain.down_weighted,
        slices=_slices(plain.slice_motion),
    )


def _slices(plain: _PlainSlices | None) -> SliceMotion | None:
    if plain is None:
        return None
    motions = np.array(plain.motions, float).reshape(-1, 4, 4)
    return SliceMotion(motions, np.array(plain.deg), np.array(plain.mm), plain.evidence, plain.held)
