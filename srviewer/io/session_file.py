"""Session files: what was open and how it was looked at, as JSON that is checked when read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import write_text
from srviewer.core.roi import Roi
from srviewer.errors import UserError
from srviewer.io.provenance import plain
from srviewer.io.session_fields import (
    Fields,
    Place,
    Scalars,
    fields_of,
    place_document,
    roi_document,
)

FORMAT = "srviewer session"
VERSION = 1
SUFFIX = ".srviewer"
LARGEST = 4 * 2**20  # bytes; a session of a thousand measurements has a twentieth of it
MOST_PLACES = 100_000


@dataclass(frozen=True)
class SavedScan:
    """What was opened: the paths together, the series among what they hold, its volume.

    ``uid``: as in ``Series``. ``index``: the series' number where several have that uid.
    ``frame``: counts along the fourth dimension, from 0.
    """

    places: tuple[Place, ...]
    uid: str
    index: int
    frame: int


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
class SavedView:
    """As ``View`` of the window: mm in RAS+, grey levels in the scan's unit.

    ``only``: "axial", "coronal", "sagittal" or None. ``layout``: its name.
    """

    cursor_mm: tuple[float, float, float]
    window: tuple[float, float]
    centre_mm: tuple[float, float, float] | None
    zoom: float
    only: str | None
    layout: str


@dataclass(frozen=True)
class SavedLayer:
    """A mask, label map or volume over the slices, by its file.

    ``opacity``: 0..1. ``threshold``: values below it are not drawn; None for labels.
    """

    image: Place
    opacity: float
    threshold: float | None


@dataclass(frozen=True)
class SavedSession:
    """Everything in a session file.

    ``scan``: None only while it is open and no file holds it, which writing refuses.
    ``request``: the settings of the next reconstruction by the names of ``Request``'s fields.
    ``shown``: what is compared, A and B first: "original", "cubic", "reference", or "result-0" for
    the first of ``results``. ``locked``: which of ``rois`` keeps learned detail out, from 0.
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


def read_session(path: Path) -> SavedSession:
    """The session in ``path``. Raises UserError for anything that is not one of ours.

    Nothing that it names is opened or looked for.
    """
    document = _document(path)
    try:
        return _session(document, path.absolute().parent)
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise UserError(
            f"'{path.name}' is damaged or was not written by srviewer: {_reason(error)}. Open the "
            "scan itself."
        ) from error


def write_session(path: Path, session: SavedSession) -> None:
    """Write ``session`` to ``path``, whole or not at all. Raises UserError when it cannot be."""
    folder = path.absolute().parent
    scan, view = session.scan, session.view
    if scan is None:
        raise ValueError("a session without a scan")
    content = {
        "format": FORMAT,
        "version": VERSION,
        "software": f"srviewer {__version__}",
        "notice": RESEARCH_USE_ONLY,
        "scan": {
            "files": [place_document(place, folder) for place in scan.places],
            "uid": scan.uid,
            "index": scan.index,
            "frame": scan.frame,
        },
        "results": [_result_document(result, folder) for result in session.results],
        "reference": _reference_document(session.reference, folder),
        "request": dict(session.request),
        "acknowledged": session.acknowledged,
        "view": {
            "cursor_mm": view.cursor_mm,
            "window": view.window,
            "centre_mm": view.centre_mm,
            "zoom": view.zoom,
            "only": view.only,
            "layout": view.layout,
        },
        "rois": [roi_document(roi) for roi in session.rois],
        "locked": session.locked,
        "layers": [_layer_document(layer, folder) for layer in session.layers],
        "shown": [{"key": key} for key in session.shown],
    }
    write_text(path, json.dumps(plain(content), indent=1, ensure_ascii=False) + "\n")


def _document(path: Path) -> Any:
    """The JSON value in ``path``, once it is small enough to be one."""
    try:
        if not path.is_file():
            raise UserError(f"There is no session file '{path}'. Choose another.")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UserError(f"'{path.name}' is too large for a session file. Choose another.")
        return json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except OSError as error:
        raise UserError(
            f"'{path}' cannot be read: {error.strerror or error}. Check who may read it."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"'{path.name}' is no session file: it is cut short, damaged, or something else "
            f"({_reason(error)}). Open the scan itself."
        ) from error


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _session(document: Any, folder: Path) -> SavedSession:
    top = fields_of(document, "the file")
    if top.text("format") != FORMAT:
        raise ValueError("it is of another format")
    if (version := top.whole("version")) != VERSION:
        raise ValueError(f"it has version {version}, and this srviewer reads version {VERSION}")
    scan = top.inner("scan")
    places = scan.places("files", folder)
    if not 0 < len(places) <= MOST_PLACES:
        raise ValueError("it names no scan")
    reference = top.optional("reference")
    rois = tuple(one.roi() for one in top.several("rois"))
    return SavedSession(
        scan=SavedScan(places, scan.text("uid"), scan.whole("index"), scan.whole("frame")),
        results=tuple(_result(one, folder) for one in top.several("results")),
        reference=None if reference is None else _reference(reference, folder),
        request=top.inner("request").scalars(),
        acknowledged=top.flag("acknowledged"),
        view=_view(top.inner("view")),
        rois=rois,
        layers=tuple(_layer(one, folder) for one in _later(top, "layers")),
        shown=tuple(one.text("key") for one in _later(top, "shown")),
        locked=_locked(top, rois),
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


def _layer(fields: Fields, folder: Path) -> SavedLayer:
    bare = fields.values.get("threshold") is None
    threshold = None if bare else fields.number("threshold")
    opacity = min(max(fields.number("opacity"), 0.0), 1.0)
    return SavedLayer(fields.place("image", folder), opacity, threshold)


def _layer_document(layer: SavedLayer, folder: Path) -> dict[str, object]:
    return {
        "image": place_document(layer.image, folder),
        "opacity": layer.opacity,
        "threshold": layer.threshold,
    }


def _reference(fields: Fields, folder: Path) -> SavedReference:
    return SavedReference(
        fields.place("image", folder), fields.text("meaning"), fields.flag("thin")
    )


def _view(fields: Fields) -> SavedView:
    low, high = fields.numbers("window", 2)
    if not low < high:
        raise ValueError("'window' does not grow")
    centre = fields.point_or_none("centre_mm")
    return SavedView(
        cursor_mm=fields.point("cursor_mm"),
        window=(low, high),
        centre_mm=centre,
        zoom=fields.number("zoom"),
        only=fields.text_or_none("only"),
        layout=fields.text("layout"),
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


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
