"""Several stacks joined to one volume, with all that is reported of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.acquisition.degradation import Consistency
from srviewer.core.geometry.grid import Matrix
from srviewer.core.stacks.rigid import numbers_of
from srviewer.core.stacks.slice_motion import SliceMotion
from srviewer.core.volumes.source_files import ScanSource, SourceFile, common_folder, source_of
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.nn.devices.precisions import UsedPrecision
from srviewer.nn.models.model_file import Model
from srviewer.sr.stacks.left_out import LeftOut, gains_of
from srviewer.sr.stacks.request import JoinRequest


@dataclass(frozen=True, eq=False)
class JoinedStack:
    """The findings on one of the stacks.

    Attributes:
        index: Its number in the order in which the stacks were given, from 0.
        name: The name that users see.
        moved: (4, 4) RAS+ mm: from the position that its header gives to that in the patient frame
            of the reference.
        rotation_deg: The rotation vector of ``moved``: its direction is the axis in RAS+, its
            length the angle in degrees.
        translation_mm: The shift of the stack's centre by ``moved``, RAS+ mm.
        gain: A voxel of the reference is ``gain * voxel + offset``.
        offset: In the unit of the reference.
        weight: Its share of the volume where it covers the foreground of it, 0..1.
        agreement: The size of the residual, joined volume degraded minus stack, as shares of the
            stack's intensity range; None where it covers nothing of the volume.
        left_out: Its scores as predicted from the others; None where that was not asked for or
            they do not reach it.
        down_weighted: The numbers, from 0, of slices that fit the others too badly to be used in
            full.
        slices: The motion of its slices against its place; None where that was not asked for, or
            where one stack alone is the result.
    """

    index: int
    name: str
    moved: Matrix
    rotation_deg: tuple[float, float, float]
    translation_mm: tuple[float, float, float]
    gain: float
    offset: float
    weight: float
    agreement: Consistency | None
    left_out: LeftOut | None
    down_weighted: tuple[int, ...]
    slices: SliceMotion | None = None

    def values(self) -> dict[str, Any]:
        """Plain JSON values."""
        agreement = self.agreement
        return {
            "index": self.index,
            "name": self.name,
            "rotation_deg": list(self.rotation_deg),
            "translation_mm": list(self.translation_mm),
            "moved": self.moved.tolist(),
            "gain": self.gain,
            "offset": self.offset,
            "weight": self.weight,
            "agreement": agreement and {"rms": agreement.rms, "max": agreement.max},
            "left_out": self.left_out and self.left_out.values(),
            "down_weighted": list(self.down_weighted),
            "slice_motion": self.slices and slice_values(self.slices),
        }


@dataclass(frozen=True, eq=False)
class Joined:
    """A joined volume with all that is reported with it.

    Attributes:
        volume: The result; its frame, unit and DICOM origin are those of the reference.
        request: The request, as it was given.
        model: The network; None for interpolation.
        stacks: What was found of each, in the order in which they were given.
        single: The number of the stack whose own result ``volume`` is, since joining gained
            nothing and that stack predicts the others best; None where they were joined.
        joint_step: The share of the joint step that was used, 0..1.
        device: The title of the device.
        precision: That of the network in the reference's own result; None for interpolation.
        seconds: Wall time.
        peak_memory_mb: The largest memory of the process, 10^6 bytes; None where not known.
        warnings: One line each, for the user.
    """

    volume: Volume
    request: JoinRequest
    model: Model | None
    stacks: tuple[JoinedStack, ...]
    single: int | None
    joint_step: float
    device: str
    precision: UsedPrecision | None
    seconds: float
    peak_memory_mb: float | None
    warnings: tuple[str, ...]

    @property
    def is_single(self) -> bool:
        """Whether joining gained nothing, so that ``volume`` is one stack's own result."""
        return self.single is not None

    @property
    def gains(self) -> tuple[float, ...]:
        """By how many dB joining predicts stacks better than the best other alone."""
        return gains_of([stack.left_out for stack in self.stacks])

    @property
    def header(self) -> ScanHeader:
        """The header of ``volume``."""
        return self.volume

    def values(self) -> dict[str, Any]:
        """Plain JSON values, as the verb prints them, without the name of the output."""
        return {
            "reference": self.request.reference,
            "grid": self.request.grid,
            "spacing_mm": self.request.spacing_mm,
            "voxel_mm": list(self.volume.geometry.spacing),
            "method": self.request.method,
            "model": self.model.name if self.model else None,
            "model_reason": (self.request.model_reason or None) if self.model else None,
            "precision": self.precision.name if self.precision else None,
            "stacks": [stack.values() for stack in self.stacks],
            "is_single": self.is_single,
            "single": self.single,
            "joint_step": self.joint_step,
            "device": self.device,
            "seconds": round(self.seconds, 3),
            "peak_memory_mb": self.peak_memory_mb,
            "warnings": list(self.warnings),
        }

    def provenance(self) -> dict[str, Any]:
        """The provenance as plain JSON values; it is exported in the sidecar."""
        source, origin = self.volume.source, self.volume.origin
        images = () if origin is None else origin.images
        return {
            **({"sources": []} if source is None else source.described()),
            "software": f"srviewer {__version__}",
            "notice": RESEARCH_USE_ONLY,
            "model_sha256": self.model.sha256 if self.model else None,
            "register": self.request.register,
            "motion": self.request.motion,
            "source_images": [
                [image.sop_class, image.sop_instance, image.series, image.study] for image in images
            ],
            "scores": None,  # there is no reference to score against
            **self.values(),
        }


def slice_values(found: SliceMotion) -> dict[str, Any]:
    """The motion of the slices of a stack as plain JSON values.

    Args:
        found: The motion.

    Returns:
        The largest turn and shift, the slices that are moved, and the motion of each slice.
    """
    return {
        "max_deg": float(found.degrees.max(initial=0.0)),
        "max_mm": float(found.mm.max(initial=0.0)),
        "moved": list(found.moved),
        "held": list(found.held),
        "evidence": found.evidence,
        "deg": found.degrees.tolist(),
        "mm": found.mm.tolist(),
        "motions": found.motions.tolist(),
    }


def motion_values(
    motion: Matrix, centre: Matrix
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """A motion as people read it.

    Args:
        motion: (4, 4) RAS+ mm.
        centre: (3,) RAS+ mm, the centre of the stack by its header.

    Returns:
        The rotation vector in degrees, and the shift of the centre in mm.
    """
    numbers = numbers_of(motion, centre)
    x, y, z, right, anterior, superior = (round(float(n), 6) + 0.0 for n in numbers)
    degrees = 57.29577951308232
    return (x * degrees, y * degrees, z * degrees), (right, anterior, superior)


def joined_source(stacks: Sequence[ScanHeader], reference: int) -> ScanSource | None:
    """The files that a joined volume is made from.

    Args:
        stacks: The stacks, in the order in which they were given.
        reference: The number of the reference.

    Returns:
        All their files, with an identity that depends on which is the reference but not on the
        order of the others; None where one has no files.
    """
    sources = [stack.source for stack in stacks]
    known = [source for source in sources if source is not None]
    return source_of_join(known, reference) if len(known) == len(sources) else None


def source_of_join(sources: Sequence[ScanSource], reference: int) -> ScanSource:
    """As ``joined_source``, from the sources of the stacks.

    Args:
        sources: Of the stacks, in the order in which they were given.
        reference: The number of the reference.

    Returns:
        All their files, with the identity of the join.
    """
    files = tuple(file for source in sources for file in source.files)
    folder = common_folder(source.root for source in sources)
    return source_of(files, _joined_onto(sources[reference].sha256), folder)


def joined_identity(files: tuple[SourceFile, ...], reference: str) -> str:
    """The identity of the source of a join, from the digests of its files alone.

    Args:
        files: Of all stacks.
        reference: The identity of the reference, as ``ScanSource.sha256``.

    Returns:
        As ``joined_source(...).sha256``.
    """
    return source_of(files, _joined_onto(reference), Path()).sha256


def _joined_onto(reference: str) -> str:
    return f"joined onto {reference}"
