"""A study that was read back from a session file, into a session."""

from dataclasses import replace
from pathlib import Path

from srviewer.core.planes import Plane
from srviewer.core.volume import Volume
from srviewer.core.window import Window
from srviewer.gui.autosave_folders import lasting
from srviewer.gui.colour_maps import COLOUR_MAPS
from srviewer.gui.comparing import Layout
from srviewer.gui.session import Reference, Session, View
from srviewer.gui.session_looks import (
    compared_again,
    result_word,
    show_layers,
    show_loaded,
    shown_again,
)
from srviewer.gui.whereabouts import Whereabouts
from srviewer.io.saved_looks import SavedComparing, SavedView
from srviewer.sr.request_document import request_for
from srviewer.sr.restored_sessions import Restored
from srviewer.sr.sessions import stored_maps


def fill(session: Session, whereabouts: Whereabouts, restored: Restored) -> None:
    """Put into ``session`` what was read back, and note which files hold it."""
    saved = restored.saved
    reference = None
    if restored.truth is not None and saved.reference is not None:
        # The thin scan that the open one was made from is its truth.
        thin = restored.truth if saved.reference.thin else None
        reference = Reference(restored.truth, saved.reference.meaning, thin)
        _note(whereabouts, restored.truth, saved.reference.image.find())
    session.open(restored.scan, restored.sources, reference)
    _note_scan(whereabouts, restored)
    keys: dict[str, str] = {}  # of results and loaded volumes, by what the file calls them
    for result, made in restored.results:
        session.keep(session.comparables.with_result(made))
        session.keep(session.comparables.renamed(session.comparables.current, result.name))
        keys[result_word(saved.results.index(result))] = session.comparables.current
        _note(whereabouts, made.volume, result.image.find())
        for kind, volume in stored_maps(made).items():
            if kind in result.maps:
                _note(whereabouts, volume, result.maps[kind].find())
    keys |= show_loaded(session, whereabouts, restored)
    _choose_current(session, restored)
    if saved.shown:
        session.keep(session.comparables.showing(shown_again(saved.shown, keys)))
    if saved.acknowledged:
        session.acknowledge()
    session.set_rois(saved.rois)
    session.lock(None if saved.locked is None else saved.rois[saved.locked])
    show_layers(session, whereabouts, restored.layers)
    session.set_request(request_for(restored.scan, saved.request, session.preferred_device))
    _look(session, saved.view, saved.comparing)


def _note_scan(whereabouts: Whereabouts, restored: Restored) -> None:
    scan = restored.saved.scan
    paths = [] if scan is None else [place.find() for place in scan.places]
    if scan is not None and all(path is not None and lasting(path) for path in paths):
        whereabouts.scans[restored.scan] = scan
    elif len(paths) == 1:  # an autosaved scan, which was simulated
        _note(whereabouts, restored.scan, paths[0])


def _note(whereabouts: Whereabouts, volume: Volume, path: Path | None) -> None:
    if path is not None:
        whereabouts.hold(volume, path)


def _choose_current(session: Session, restored: Restored) -> None:
    names = [result.name for result, made in restored.results if result.current]
    chosen = next((one.key for one in session.comparables.results if one.name in names), None)
    if chosen is not None:
        session.keep(session.comparables.choosing(chosen))


def _look(session: Session, saved: SavedView, compared: SavedComparing | None) -> None:
    planes = {plane.name.lower(): plane for plane in Plane}
    view: View = replace(
        session.view,
        cursor_mm=saved.cursor_mm,
        window=Window(*saved.window),
        centre_mm=saved.centre_mm,
        only=planes.get(saved.only or ""),
    )
    if saved.colours in {one.id for one in COLOUR_MAPS}:
        view = replace(view, colours=saved.colours, inverted=saved.inverted)
    session.look(view)
    session.zoom_by(saved.zoom / session.view.zoom, session.centre_mm())
    layouts = {layout.value: layout for layout in Layout}
    layout = layouts.get(saved.layout, session.comparing.layout)
    comparing = replace(session.comparing, layout=layout)
    session.compare(comparing if compared is None else compared_again(compared, comparing))
