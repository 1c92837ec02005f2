"""Restoring a result from its files, with its residual measured again."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from srviewer.core.acquisition.degradation import Consistency, consistency_of
from srviewer.core.comparison.grid_difference import grid_difference
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.intensity.intensity_range import volume_intensity
from srviewer.core.intensity.padding import marked
from srviewer.core.resampling.reorient import on_grid, same_grid
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.core.volumes.voxel_sources import KeptVolume, Memory, kept
from srviewer.documents import LARGEST_NUMBER, is_text
from srviewer.errors import UserError
from srviewer.io import formats
from srviewer.io.sidecars.exported_image import described, own_document
from srviewer.job import Job, within
from srviewer.nn.devices.precisions import read_precision
from srviewer.nn.models.model_file import Model
from srviewer.nn.plans.adaptation import MOST_SECONDS, USUAL_SECONDS, Adaptation, Adapted
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.cross_plane.padding_restored import thin_padding
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import against_scan
from srviewer.sr.reconstruction.repair import repaired_as
from srviewer.sr.references.same_scan import check_agreement, check_source, check_voxels
from srviewer.sr.references.truth import refined_grid
from srviewer.sr.requests.request import (
    LARGEST_FACTOR,
    Repair,
    Request,
    used_thickness,
    with_profile,
)
from srviewer.sr.requests.request_document import known_settings, read_field
from srviewer.sr.results.estimated_profile import read_profile_estimate
from srviewer.sr.results.expected_gain import read_expected_gain
from srviewer.sr.results.maps import DISAGREEMENT, RESIDUAL, SPREAD, TEXTURE_CHANGE, map_header
from srviewer.sr.results.reconstruction import Reconstruction

LONGEST_TEXT = 10_000  # characters
# Settings that a provenance has always had by the names of Request's fields.
FURTHER = ("gaps", "profile", "thickness_mm", "texture", "flips", "minimum", "repair", "agreement")


def restored(
    scan: Volume, image: Path, maps: Mapping[str, Path], model_file: str = ""
) -> Job[Reconstruction]:
    """Restore a result that srviewer wrote from a scan.

    The residual is computed again, but for a result that was resampled, where the stored map is
    read.

    Args:
        scan: The scan.
        image: The file of the result, with its sidecar.
        maps: The files of its maps, by the id of their kind (see ``MAPS``).
        model_file: The path of its model, of which the sidecar holds the name alone; "" to look for
            the name.

    Returns:
        A job whose result is the reconstruction.

    Raises:
        UserError: Files are missing, damaged, or belong to another scan.
    """
    document = own_document(image)
    check_source(scan, document, image)
    request = _request(document, image)
    if model_file and Path(model_file).name == request.model:
        request = replace(request, model=model_file)
    volume = yield from within(_volume(scan, image, document, request), 0.0, 0.6)
    read = yield from within(_read_maps(scan, volume, maps), 0.6, 1.0)
    provenance = document["provenance"]
    repairs = known_settings({"repair": provenance.get("repaired")}).get("repair", ())
    estimate = read_profile_estimate(provenance.get("profile_estimate"))
    used = with_profile(scan, request, estimate)
    residual_map, consistency, data_range = yield from within(
        _agreement(scan, volume, used, read, repairs), 1.0, 1.0
    )
    check_agreement(scan, consistency, document, image)
    model, missing = known_model(provenance, request.model)
    return Reconstruction(
        volume=volume,
        disagreement=read.get(DISAGREEMENT.id),
        spread=read.get(SPREAD.id),
        texture_change=read.get(TEXTURE_CHANGE.id),
        residual=residual_map,
        consistency=consistency,
        data_range=data_range,
        request=request,
        model=model,
        adapted=_adapted(provenance.get("adaptation")),
        region=_text(provenance.get("locked_region")),
        device=str(provenance.get("device", "unknown")),
        seconds=_number(provenance.get("seconds")) or 0.0,
        peak_memory_mb=_number(provenance.get("peak_memory_mb")),
        warnings=(*_lines(provenance.get("warnings")), *missing),
        warning_codes=_lines(provenance.get("warning_codes")),
        thickness_mm=_number(provenance.get("thickness_mm")) or used_thickness(scan, used),
        slice_profile=estimate,
        slab_by_slab=provenance.get("slab_by_slab") is True,
        repaired=repairs,
        noise_removed=_number(provenance.get("noise_removed")),
        expected_gain=read_expected_gain(provenance.get("expected_gain")),
        precision=None
        if model is None
        else read_precision(provenance.get("precision"), provenance.get("precision_reason")),
    )


def _volume(
    scan: Volume, image: Path, document: Mapping[str, Any], request: Request
) -> Job[Volume]:
    """The stored volume of a result, on the grid that ``request`` leads to."""
    stored = yield from within(formats.read(image), 0.0, 0.8)
    yield from within(check_voxels(stored, document, image), 0.8, 0.9)
    stored = yield from within(_on_refined_grid(scan, stored, request, image), 0.9, 1.0)
    stored = _with_padding(scan, stored, request)
    thin = replace(scan, voxels=stored.voxels, geometry=stored.geometry, name=stored.name)
    return described(thin, document)


def _read_maps(scan: Volume, volume: Volume, maps: Mapping[str, Path]) -> Job[dict[str, Volume]]:
    """The stored maps of a result by their kinds, on its grid; the residual on that of the scan."""
    read: dict[str, Volume] = {}
    for number, (kind, path) in enumerate(maps.items()):
        span = ((number + n) / len(maps) for n in (0, 1))
        check_source(scan, own_document(path), path)
        map_volume = yield from within(formats.read(path), *span)
        yield from check_voxels(map_volume, own_document(path), path)
        own = scan.geometry if kind == RESIDUAL.id else volume.geometry
        map_volume = (yield from on_grid(map_volume, own)) or map_volume
        read[kind] = replace(
            volume,
            voxels=map_volume.voxels,
            geometry=map_volume.geometry,
            name=map_volume.name,
            padding=None,
        )
    return read


def _agreement(
    scan: Volume,
    volume: Volume,
    used: Request,
    read: Mapping[str, Volume],
    repairs: tuple[Repair, ...],
) -> Job[tuple[Volume, Consistency, float]]:
    """The residual of a result, its agreement, and the intensity range that this is a share of."""
    corrected = yield from repaired_as(scan, repairs)
    data_range = volume_intensity(corrected.scan).range
    if not used.isotropic and corrected.scan.planes is None:
        result, source = kept(volume).voxels, kept(corrected.scan)
        job = against_scan(result, source, used, data_range, Memory())
        found, consistency = yield from job
        header = map_header(scan, scan.name, RESIDUAL)
        residual_map = KeptVolume(header, found).in_memory()
    elif RESIDUAL.id in read and same_grid(read[RESIDUAL.id].geometry, scan.geometry):
        residual_map = read[RESIDUAL.id]
        consistency = consistency_of(residual_map.voxels, data_range)
    else:
        raise UserError(
            f"How well '{volume.name}' agrees with the scan is not known any more, and it does not "
            "follow from the two: it was resampled, or the scan has gaps. Reconstruct the scan."
        )
    if repairs and same_grid(residual_map.geometry, scan.geometry):
        settled, judged = corrected.agreement(residual_map.voxels)
        residual_map = replace(residual_map, voxels=settled)
        consistency = consistency_of(judged, data_range)
    return residual_map, consistency, data_range


def _request(document: Mapping[str, Any], image: Path) -> Request:
    """The request of a result: whole, or from the other keys of a sidecar of version 0.1.0."""
    provenance = document["provenance"]
    try:
        request = Request(
            axis=read_field("axis", AXIS_NAMES.index(provenance["axis"])),
            factor=read_field("factor", provenance["factor"]),
            method=method(str(provenance["method"])).id,
            model=str(provenance["model"] or Request.model),
            fusion=str(provenance["fusion"] or Request.fusion),
            isotropic=provenance["isotropic"] is True,
            also=read_field("also", _steps(provenance.get("also"))),
        )
    except (ValueError, LookupError, TypeError, UserError) as error:
        raise UserError(
            f"'{image.name}' is no reconstruction of a scan, or what is known of it is damaged. "
            "Open the image itself, or reconstruct the scan."
        ) from error
    further = {name: provenance.get(name) for name in FURTHER}
    adaptation = _asked_of(_adapted(provenance.get("adaptation")))
    request = replace(request, **known_settings(further), adaptation=adaptation)
    return replace(request, **known_settings(provenance.get("request")))


def _steps(also: object) -> list[tuple[int, object]]:
    """Axes and factors of ``also`` in a provenance."""
    if also is not None and not isinstance(also, Mapping):
        raise TypeError(f"also {also!r}")
    return [(AXIS_NAMES.index(axis), factor) for axis, factor in (also or {}).items()]


def _asked_of(tried: Adapted | None) -> Adaptation | None:
    """The adaptation that was most likely requested, by its measured effect.

    Version 0.1.0 took whole seconds and ended with the first step after them, so the seconds that
    it took, rounded down, are those that were requested. They are not known where the scan was too
    small: then the window's own.
    """
    if tried is None:
        return None
    seconds = min(max(tried.seconds, 0.0), MOST_SECONDS)
    return Adaptation(seconds=math.floor(seconds) or seconds or USUAL_SECONDS)


def _on_refined_grid(
    scan: ScanHeader, stored: Volume, request: Request, image: Path
) -> Job[Volume]:
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
        "belongs to another scan. Reconstruct the scan."
    )


def _with_padding(scan: Volume, stored: Volume, request: Request) -> Volume:
    """``stored`` with padding where the scan has it, as rounded values may equal it elsewhere."""
    if scan.padding is None or request.isotropic or scan.planes is not None:
        return stored
    padded = scan.padded
    assert padded is not None
    thin = thin_padding(padded, request.steps)
    return replace(stored, voxels=marked(np.array(stored.voxels), thin, scan.padding))


def known_model(provenance: Mapping[str, Any], name: str) -> tuple[Model | None, tuple[str, ...]]:
    """The network that made a result, where it still exists unchanged.

    Args:
        provenance: Of the result.
        name: The name or the file of the model.

    Returns:
        The network and no line; or None and a line for the user, which is left out for a result
        that no network made.
    """
    if not provenance.get("model"):
        return None, ()
    try:
        model = find_model(name)
    except UserError:
        return None, (f"Made by model '{name}', which is not here any more.",)
    if model.sha256 != provenance.get("model_sha256"):
        return None, (f"Made by another model of the name '{name}' than the one here.",)
    return model, ()


def _adapted(value: object) -> Adapted | None:
    if not isinstance(value, Mapping):
        return None
    before, after, steps, seconds, share = (
        _number(value.get(name)) or 0.0 for name in ("before", "after", "steps", "seconds", "share")
    )
    return Adapted(value.get("kept") is True, before, after, int(steps), seconds, share)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= LARGEST_NUMBER else None  # not a number is not either


def _text(value: object) -> str | None:
    return str(value) if is_text(value, LONGEST_TEXT) else None


def _lines(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
