"""A result that was written to a file, made into one that can be judged again."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from srviewer.core.degrade import Degradation, residual, size_of
from srviewer.core.geometry import AXIS_NAMES
from srviewer.core.grid_difference import grid_difference
from srviewer.core.metrics import intensity_range
from srviewer.core.reorient import on_grid, same_grid
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.own_image import described, own_document
from srviewer.job import Job, Progress, within
from srviewer.nn.adaptation import Adapted
from srviewer.nn.model_file import Model
from srviewer.sr.maps import DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE, made_map
from srviewer.sr.methods import method
from srviewer.sr.models import find_model
from srviewer.sr.reconstruction import Reconstruction
from srviewer.sr.request import LARGEST_FACTOR, Request, degradation_of
from srviewer.sr.truth import refined_grid


def restored(scan: Volume, image: Path, maps: Mapping[str, Path]) -> Job[Reconstruction]:
    """The result in ``image`` and the JSON beside it, which srviewer wrote from ``scan``.

    ``maps``: the files of its maps, by the id of their kind. The agreement with the scan is
    measured again, but for a result that was resampled afterwards. Raises UserError when the
    files are missing, damaged, or belong to another scan.
    """
    document = own_document(image)
    request = _request(document, image)
    stored = yield from within(formats.read(image), 0.0, 0.5)
    yield Progress(0.5, "Checking against the scan")
    stored = yield from within(_on_refined_grid(scan, stored, request, image), 0.5, 0.6)
    volume = described(
        replace(scan, voxels=stored.voxels, geometry=stored.geometry, name=stored.name), document
    )
    read: dict[str, Volume] = {}
    for number, (kind, path) in enumerate(maps.items()):
        span = (0.6 + 0.4 * (number + n) / len(maps) for n in (0, 1))
        one = yield from within(formats.read(path), *span)
        own = scan.geometry if kind == RESIDUAL.id else volume.geometry
        one = (yield from on_grid(one, own)) or one
        read[kind] = replace(volume, voxels=one.voxels, geometry=one.geometry, name=one.name)
    off = _residual(scan, volume, request, read)
    data_range = intensity_range(scan.voxels)
    made = document["provenance"]
    model, missing = _model(made, request)
    return Reconstruction(
        volume=volume,
        disagreement=read.get(DISAGREEMENT.id),
        spread=read.get(SPREAD.id),
        texture_change=read.get(TEXTURE_CHANGE.id),
        residual=off,
        consistency=size_of(off.voxels, data_range),
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


def _on_refined_grid(scan: Volume, stored: Volume, request: Request, image: Path) -> Job[Volume]:
    """``stored`` along the axes of the scan, on the grid that ``request`` leads to.

    A result that was resampled afterwards lies on no grid that follows from the scan's.
    """
    if request.isotropic or scan.planes is not None:
        return stored
    difference = f"a scan is not refined by {request.factor}"
    if 2 <= request.factor <= LARGEST_FACTOR:
        grid = refined_grid(scan.geometry, request.steps)
        placed = yield from on_grid(stored, grid)
        if placed is not None:
            return placed
        difference = grid_difference(stored.geometry, grid)
    raise UserError(
        f"'{image.name}' does not lie on the refined grid of '{scan.name}': {difference}. It "
        "belongs to another scan. Rebuild the scan."
    )


def _residual(scan: Volume, volume: Volume, request: Request, read: Mapping[str, Volume]) -> Volume:
    if not request.isotropic and scan.planes is None:
        voxels = volume.voxels
        for axis, factor in reversed(request.also):
            voxels = Degradation(axis, factor).apply(voxels)
        off = residual(voxels, scan.voxels, degradation_of(scan, request))
        return made_map(scan, off, scan.name, RESIDUAL)
    if RESIDUAL.id in read and same_grid(read[RESIDUAL.id].geometry, scan.geometry):
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
