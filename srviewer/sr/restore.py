"""A result that was written to a file, made into one that can be judged again."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from srviewer.core.degrade import Consistency, Degradation, residual, size_of
from srviewer.core.geometry import AXIS_NAMES
from srviewer.core.metrics import intensity_range
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.checksum import crc32_of
from srviewer.io.own_image import described, made_from, own_document, stated_checksum
from srviewer.job import Job, within
from srviewer.nn.adaptation import Adapted
from srviewer.nn.model_file import Model
from srviewer.sr.maps import DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE, made_map
from srviewer.sr.methods import method
from srviewer.sr.models import find_model
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import LARGEST_FACTOR, Request, degradation_of

# Of the intensity range: what rounding to the scan's data type may add, and another scan exceeds.
AGREEMENT_TOLERANCE = 0.01


def restored(scan: Volume, image: Path, maps: Mapping[str, Path]) -> Job[Reconstruction]:
    """The result in ``image`` and the JSON beside it, which srviewer wrote from ``scan``.

    ``maps``: the files of its maps, by the id of their kind. The agreement with the scan is
    measured again, but for a result that was resampled afterwards. Raises UserError when the
    files are missing, damaged, or belong to another scan.
    """
    document = own_document(image)
    _check_source(scan, document, image)
    request = _request(document, image)
    stored = yield from within(formats.read(image), 0.0, 0.5)
    yield from within(_check_voxels(stored, document, image), 0.5, 0.55)
    _check_grid(scan, stored, request, image)
    volume = described(
        replace(scan, voxels=stored.voxels, geometry=stored.geometry, name=stored.name), document
    )
    read: dict[str, Volume] = {}
    for number, (kind, path) in enumerate(maps.items()):
        span = (0.6 + 0.4 * (number + n) / len(maps) for n in (0, 1))
        _check_source(scan, own_document(path), path)
        one = yield from within(formats.read(path), *span)
        read[kind] = replace(volume, voxels=one.voxels, geometry=one.geometry, name=one.name)
    off = _residual(scan, volume, request, read)
    data_range = intensity_range(scan.voxels)
    made = document["provenance"]
    consistency = size_of(off.voxels, data_range)
    if made_from(document) is None:
        _check_agreement(scan, consistency, made.get("consistency"), image)
    model, missing = _model(made, request)
    return Reconstruction(
        volume=volume,
        disagreement=read.get(DISAGREEMENT.id),
        spread=read.get(SPREAD.id),
        texture_change=read.get(TEXTURE_CHANGE.id),
        residual=off,
        consistency=consistency,
        data_range=data_range,
        request=request,
        model=model,
        adapted=_adapted(made.get("adaptation")),
        region=made.get("locked_region"),
        device=str(made.get("device", "unknown")),
        seconds=_number(made.get("seconds")) or 0.0,
        peak_memory_mb=_number(made.get("peak_memory_mb")),
        warnings=(*_lines(made.get("warnings")), *missing),
        slab_by_slab=made.get("slab_by_slab") is True,
    )


def _check_source(scan: Volume, document: Mapping[str, Any], image: Path) -> None:
    """Raise UserError when the scan is not, by content, what the image was made from."""
    known = made_from(document)
    if known is not None and (scan.source is None or scan.source.sha256 != known):
        raise _of_another_scan(scan, image)


def _check_voxels(stored: Volume, document: Mapping[str, Any], image: Path) -> Job[None]:
    """Raise UserError when the image does not hold what the JSON beside it was written about."""
    stated = stated_checksum(document)
    try:
        same = stated and stated[1] == f"{(yield from crc32_of(stored.voxels, stated[0])):08x}"
    except TypeError:  # no data type
        same = False
    if not same:
        raise UserError(
            f"'{image.name}' is not the image that the JSON beside it describes: its voxels are "
            "others. Open the image itself, or rebuild the scan."
        )


def _check_agreement(scan: Volume, measured: Consistency, stated: object, image: Path) -> None:
    """Raise UserError when a result agrees with the scan less than when it was made.

    For results of version 0.1.0, which do not say by content what they were made from.
    """
    rms = _number(stated.get("rms")) if isinstance(stated, Mapping) else None
    if rms is None or measured.rms > rms + AGREEMENT_TOLERANCE:
        raise _of_another_scan(scan, image)


def _of_another_scan(scan: Volume, image: Path) -> UserError:
    return UserError(
        f"'{scan.name}' is not the scan that '{image.name}' was made from, so the two are not "
        "shown together. Open the image itself, or rebuild the scan."
    )


def _request(document: Mapping[str, Any], image: Path) -> Request:
    made = document["provenance"]
    try:
        factor = made["factor"]
        if not isinstance(factor, int):
            raise TypeError(f"factor {factor!r}")
        return Request(
            axis=AXIS_NAMES.index(made["axis"]),
            factor=factor,
            method=method(str(made["method"])).id,
            model=str(made["model"]) if made["model"] else Request.model,
            fusion=str(made["fusion"]) if made["fusion"] else Request.fusion,
            isotropic=made["isotropic"] is True,
            gaps="run" if made.get("gaps") == "run" else "fill",
            profile="gaussian" if made.get("profile") == "gaussian" else "box",
            thickness_mm=_number(made.get("thickness_mm")),
            also=tuple((AXIS_NAMES.index(a), int(n)) for a, n in (made.get("also") or {}).items()),
            texture=_number(made.get("texture")) or 0.0,
            flips=made.get("flips") is True,
        )
    except (ValueError, LookupError, TypeError) as error:
        raise UserError(
            f"'{image.name}' is no reconstruction of a scan, or what is known of it is damaged. "
            "Open the image itself, or rebuild the scan."
        ) from error


def _check_grid(scan: Volume, stored: Volume, request: Request, image: Path) -> None:
    """A result that was resampled afterwards lies on no grid that follows from the scan's."""
    resampled = request.isotropic or scan.planes is not None
    if resampled or not 2 <= request.factor <= LARGEST_FACTOR:
        fits = resampled
    else:
        grid = scan.geometry
        for axis, factor in request.steps:
            grid = grid.refined(axis, factor)
        fits = grid.matches(stored.geometry)
    if not fits:
        raise UserError(
            f"'{image.name}' does not lie on the refined grid of '{scan.name}': it belongs to "
            "another scan. Rebuild the scan."
        )


def _residual(scan: Volume, volume: Volume, request: Request, read: Mapping[str, Volume]) -> Volume:
    if not request.isotropic and scan.planes is None:
        voxels = volume.voxels
        for axis, factor in reversed(request.also):
            voxels = Degradation(axis, factor).apply(voxels)
        off = residual(voxels, scan.voxels, degradation_of(scan, request))
        return made_map(scan, off, scan.name, RESIDUAL)
    if RESIDUAL.id in read and read[RESIDUAL.id].geometry.matches(scan.geometry):
        return read[RESIDUAL.id]
    raise UserError(
        f"How well '{volume.name}' agrees with the scan is not known any more, and it does not "
        "follow from the two: it was resampled, or the scan has gaps. Rebuild the scan."
    )


def _model(made: Mapping[str, Any], request: Request) -> tuple[Model | None, tuple[str, ...]]:
    """The model that ran, if it is still here and the same; a line for people if it is not."""
    if not made.get("model"):
        return None, ()
    try:
        model = find_model(request.model)
    except UserError:
        return None, (f"Made by model '{request.model}', which is not here any more.",)
    if model.sha256 != made.get("model_sha256"):
        return None, (f"Made by another model of the name '{request.model}' than the one here.",)
    return model, ()


def _adapted(value: object) -> Adapted | None:
    if not isinstance(value, Mapping):
        return None
    before, after, steps, seconds, share = (
        _number(value.get(name)) or 0.0 for name in ("before", "after", "steps", "seconds", "share")
    )
    return Adapted(value.get("kept") is True, before, after, int(steps), seconds, share)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _lines(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
