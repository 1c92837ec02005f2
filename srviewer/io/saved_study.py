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
    place_document,
    roi_document,
)

MOST_PLACES = 100_000


@dataclass(frozen=True)
class SavedScan:
    """What was opened: the paths together, the series among what they hold, its volume.

    ``uid``: as in ``Series``. ``index``: the series' number where several have that uid.
    ``frame``: counts along the fourth dimension, from 0. ``sha256``: the identity of its source, as
    ``ScanSource.sha256``; None where it is not known, as in files of version 0.1.0.
    """

    places: tuple[Place, ...]
    uid: str
    index: int
    frame: int
    sha256: str | None = None


@dataclass(frozen=True)
class SavedResult:
    """A result by its NIfTI file; ``name``: as the user calls it; ``current``: it is scored.

    ``maps``: the files of the maps that go with it, by the id of their kind. ``model``: the name or
    the file of its model, "" in files of version 0.1.0; the JSON beside it has the name alone.
    """

    image: Place
    maps: Mapping[str, Place]
    name: str
    current: bool
    model: str = ""


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
    ``request``: the settings of the next reconstruction by the names of ``Request``'s fields, JSON
    values that nobody has checked.
    ``shown``: what is compared, A and B first: "original", "cubic", "reference", "result-0" for the
    first of ``results``, "loaded-0" for the first of ``loaded``. ``locked``: which of
    ``rois`` keeps learned detail out, from 0. ``loaded``: what was opened only to be compared.
    ``comparing``: None in a file of an earlier version, which did not say.
    """

    scan: SavedScan | None
    results: tuple[SavedResult, ...]
    reference: SavedReference | None
    request: Mapping[str, object]
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
            "sha256": scan.sha256,
        },
        "results": [_result_document(result, folder) for result in study.results],
        "reference": _reference_document(study.reference, folder),
        # Version 0.1.0 reads this object, and refuses a file that has more than scalars in it.
        "request": {name: value for name, value in study.request.items() if _is_scalar(value)},
        "settings": dict(study.request),
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
            places=places,
            uid=scan.text("uid"),
            index=scan.whole("index"),
            frame=scan.whole("frame"),
            sha256=scan.text_or_none("sha256") if scan.has("sha256") else None,
        ),
        results=tuple(_result(one, folder) for one in fields.several("results")),
        reference=None if reference is None else _reference(reference, folder),
        request=_request(fields),
        acknowledged=fields.flag("acknowledged"),
        view=view_of(fields.inner("view")),
        rois=rois,
        layers=tuple(layer_of(one, folder) for one in _later(fields, "layers")),
        loaded=tuple(loaded_of(one, folder) for one in _later(fields, "loaded")),
        shown=tuple(one.text("key") for one in _later(fields, "shown")),
        locked=_locked(fields, rois),
        comparing=_comparing(fields),
    )


def _request(fields: Fields) -> Mapping[str, object]:
    """All of it is in "settings", which version 0.1.0 did not write."""
    later = fields.inner("settings").values if fields.has("settings") else {}
    return {**fields.inner("request").values, **later}


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _result(fields: Fields, folder: Path) -> SavedResult:
    return SavedResult(
        image=fields.place("image", folder),
        maps=fields.inner("maps").named_places(folder),
        name=fields.text("name"),
        current=fields.flag("current"),
        model=fields.text("model") if fields.has("model") else "",
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
        "model": result.model,
    }


def _reference_document(reference: SavedReference | None, folder: Path) -> dict[str, object] | None:
    if reference is None:
        return None
    return {
        "image": place_document(reference.image, folder),
        "meaning": reference.meaning,
        "thin": reference.thin,
    }
