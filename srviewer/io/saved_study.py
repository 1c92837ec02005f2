"""One study of a session file: what was open and how it was looked at, to JSON and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from srviewer.core.roi import Roi
from srviewer.io.saved_looks import (
    SavedComparing,
    SavedLayer,
    SavedLoaded,
    SavedView,
    comparing_document,
    comparing_of,
    layer_document,
    layer_of,
    loaded_document,
    loaded_of,
    view_document,
    view_of,
)
from srviewer.io.session_fields import (
    Fields,
    Place,
    Scalars,
    place_document,
    roi_document,
)

MOST_PLACES = 100_000


@dataclass(frozen=True)
class SavedScan:
    """What was opened: the paths together, the series among what they hold, its volume.

    ``uid``, ``name``: as in ``Series``; ``name`` is "" in a file of an earlier version, which did
    not say. ``index``: the series' number where several have both.
    ``frame``: counts along the fourth dimension, from 0.
    """

    places: tuple[Place, ...]
    uid: str
    index: int
    frame: int
    name: str = ""


@dataclass(frozen=True)
class SavedResult:
    """A result by its NIfTI file; ``name``: as the user calls it; ``current``: it is scored.

    ``maps``: the files of the maps that go with it, by the id of their kind.
    """

    image: Place
    maps: Mapping[str, Place]
    name: str
    current: bool


@dataclass(frozen=True)
class SavedReference:
    """A ground truth by its file; ``thin``: the scan before it was thickened, if it was."""

    image: Place
    meaning: str
    thin: bool


@dataclass(frozen=True)
class SavedStudy:
    """One study of a session file.

    ``scan``: None only while it is open and no file holds it, which writing refuses.
    ``request``: the settings of the next reconstruction by the names of ``Request``'s fields.
    ``shown``: what is compared, A and B first: "original", "cubic", "reference", "result-0" for the
    first of ``results``, "loaded-0" for the first of ``loaded``. ``locked``: which of
    ``rois`` keeps learned detail out, from 0. ``loaded``: what was opened only to be compared.
    ``comparing``: None in a file of an earlier version, which did not say.
    """

    scan: SavedScan | None
    results: tuple[SavedResult, ...]
    reference: SavedReference | None
    request: Scalars
    acknowledged: bool
    view: SavedView
    rois: tuple[Roi, ...] = field(default=())
    layers: tuple[SavedLayer, ...] = ()
    shown: tuple[str, ...] = ()
    locked: int | None = None
    loaded: tuple[SavedLoaded, ...] = ()
    comparing: SavedComparing | None = None


def study_document(study: SavedStudy, folder: Path) -> dict[str, object]:
    """``study`` as JSON, for a session file in ``folder``."""
    scan = study.scan
    if scan is None:
        raise ValueError("a study without a scan")
    return {
        "scan": {
            "files": [place_document(place, folder) for place in scan.places],
            "uid": scan.uid,
            "index": scan.index,
            "frame": scan.frame,
            "name": scan.name,
        },
        "results": [_result_document(result, folder) for result in study.results],
        "reference": _reference_document(study.reference, folder),
        "request": dict(study.request),
        "acknowledged": study.acknowledged,
        "view": view_document(study.view),
        "rois": [roi_document(roi) for roi in study.rois],
        "locked": study.locked,
        "layers": [layer_document(layer, folder) for layer in study.layers],
        "loaded": [loaded_document(one, folder) for one in study.loaded],
        "shown": [{"key": key} for key in study.shown],
        "comparing": None if study.comparing is None else comparing_document(study.comparing),
    }


def study_of(fields: Fields, folder: Path) -> SavedStudy:
    """The study in ``fields`` of a session file in ``folder``. Raises ValueError for damage."""
    scan = fields.inner("scan")
    places = scan.places("files", folder)
    if not 0 < len(places) <= MOST_PLACES:
        raise ValueError("it names no scan")
    reference = fields.optional("reference")
    rois = tuple(one.roi() for one in fields.several("rois"))
    return SavedStudy(
        scan=SavedScan(
            places,
            scan.text("uid"),
            scan.whole("index"),
            scan.whole("frame"),
            scan.text("name") if scan.has("name") else "",
        ),
        results=tuple(_result(one, folder) for one in fields.several("results")),
        reference=None if reference is None else _reference(reference, folder),
        request=fields.inner("request").scalars(),
        acknowledged=fields.flag("acknowledged"),
        view=view_of(fields.inner("view")),
        rois=rois,
        layers=tuple(layer_of(one, folder) for one in _later(fields, "layers")),
        loaded=tuple(loaded_of(one, folder) for one in _later(fields, "loaded")),
        shown=tuple(one.text("key") for one in _later(fields, "shown")),
        locked=_locked(fields, rois),
        comparing=_comparing(fields),
    )


def _result(fields: Fields, folder: Path) -> SavedResult:
    return SavedResult(
        image=fields.place("image", folder),
        maps=fields.inner("maps").named_places(folder),
        name=fields.text("name"),
        current=fields.flag("current"),
    )


def _later(fields: Fields, name: str) -> tuple[Fields, ...]:
    """A list that the first sessions did not have."""
    return fields.several(name) if fields.has(name) else ()


def _locked(fields: Fields, rois: tuple[Roi, ...]) -> int | None:
    if not fields.has("locked") or fields.values["locked"] is None:
        return None
    number = fields.whole("locked")
    if number >= len(rois) or not rois[number].has_values:
        raise ValueError("'locked' is no measurement with an inside")
    return number


def _comparing(fields: Fields) -> SavedComparing | None:
    said = fields.optional("comparing") if fields.has("comparing") else None
    return None if said is None else comparing_of(said)


def _reference(fields: Fields, folder: Path) -> SavedReference:
    return SavedReference(
        fields.place("image", folder), fields.text("meaning"), fields.flag("thin")
    )


def _result_document(result: SavedResult, folder: Path) -> dict[str, object]:
    return {
        "image": place_document(result.image, folder),
        "maps": {kind: place_document(place, folder) for kind, place in result.maps.items()},
        "name": result.name,
        "current": result.current,
    }


def _reference_document(reference: SavedReference | None, folder: Path) -> dict[str, object] | None:
    if reference is None:
        return None
    return {
        "image": place_document(reference.image, folder),
        "meaning": reference.meaning,
        "thin": reference.thin,
    }
