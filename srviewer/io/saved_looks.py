"""How a study of a session file was looked at and compared, to JSON and back."""

from dataclasses import asdict, dataclass
from pathlib import Path

from srviewer.io.session_fields import Fields, Place, place_document


@dataclass(frozen=True)
class SavedView:
    """As ``View`` of the window: mm in RAS+, grey levels in the scan's unit.

    ``only``: "axial", "coronal", "sagittal" or None. ``layout``: its name. ``colours``: the id of
    a colour map; None in a file of an earlier version, which did not say.
    """

    cursor_mm: tuple[float, float, float]
    window: tuple[float, float]
    centre_mm: tuple[float, float, float] | None
    zoom: float
    only: str | None
    layout: str
    colours: str | None = None
    inverted: bool = False


@dataclass(frozen=True)
class SavedLayer:
    """A mask, label map or volume over the slices, by its file.

    ``opacity``: 0..1. ``threshold``: values below it are not drawn; None for labels.
    """

    image: Place
    opacity: float
    threshold: float | None


@dataclass(frozen=True)
class SavedLoaded:
    """A volume that was opened only to be compared, by what it was opened from."""

    image: Place
    name: str


@dataclass(frozen=True)
class SavedComparing:
    """As ``Comparing`` of the window, but for its layout, which the view names.

    ``divider``: 0..1. ``tile_mm``: above 0. ``difference_range``: in the scan's unit, 0 for one
    that suits the scan. ``map``: the id of the map over the slices, "" for none; ``threshold``: a
    share of the intensity range; ``opacity``: 0..1.
    """

    divider: float
    upright: bool
    tile_mm: float
    difference_range: float
    map: str
    threshold: float
    opacity: float


def layer_of(fields: Fields, folder: Path) -> SavedLayer:
    """What ``layer_document`` wrote."""
    bare = fields.values.get("threshold") is None
    threshold = None if bare else fields.number("threshold")
    opacity = _share(fields, "opacity")
    return SavedLayer(fields.place("image", folder), opacity, threshold)


def layer_document(layer: SavedLayer, folder: Path) -> dict[str, object]:
    """``layer`` as JSON."""
    return {
        "image": place_document(layer.image, folder),
        "opacity": layer.opacity,
        "threshold": layer.threshold,
    }


def view_of(fields: Fields) -> SavedView:
    """What ``view_document`` wrote. Raises ValueError for damage."""
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
        colours=fields.text_or_none("colours") if fields.has("colours") else None,
        inverted=fields.has("inverted") and fields.flag("inverted"),
    )


def view_document(view: SavedView) -> dict[str, object]:
    """``view`` as JSON."""
    return {
        "cursor_mm": view.cursor_mm,
        "window": view.window,
        "centre_mm": view.centre_mm,
        "zoom": view.zoom,
        "only": view.only,
        "layout": view.layout,
        "colours": view.colours,
        "inverted": view.inverted,
    }


def loaded_of(fields: Fields, folder: Path) -> SavedLoaded:
    """What ``loaded_document`` wrote."""
    return SavedLoaded(fields.place("image", folder), fields.text("name"))


def loaded_document(loaded: SavedLoaded, folder: Path) -> dict[str, object]:
    """``loaded`` as JSON."""
    return {"image": place_document(loaded.image, folder), "name": loaded.name}


def comparing_of(fields: Fields) -> SavedComparing:
    """What ``comparing_document`` wrote; shares are brought into 0..1."""
    tile, span = fields.number("tile_mm"), fields.number("difference_range")
    if tile <= 0 or span < 0:
        raise ValueError("'tile_mm' or 'difference_range' is too small")
    return SavedComparing(
        divider=_share(fields, "divider"),
        upright=fields.flag("upright"),
        tile_mm=tile,
        difference_range=span,
        map=fields.text("map"),
        threshold=_share(fields, "threshold"),
        opacity=_share(fields, "opacity"),
    )


def comparing_document(comparing: SavedComparing) -> dict[str, object]:
    """``comparing`` as JSON."""
    return asdict(comparing)


def _share(fields: Fields, name: str) -> float:
    return min(max(fields.number(name), 0.0), 1.0)
