"""The study in a session as a session file keeps it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from srviewer.core.volume import Volume
from srviewer.gui.comparables import Comparables
from srviewer.gui.session import Session
from srviewer.gui.session_looks import (
    saved_comparing,
    saved_layers,
    saved_loaded,
    saved_shown,
)
from srviewer.gui.whereabouts import Whereabouts
from srviewer.io.saved_looks import SavedView
from srviewer.io.saved_study import SavedScan, SavedStudy
from srviewer.io.session_fields import Place
from srviewer.sr.request_document import request_document
from srviewer.sr.sessions import OpenResult, OpenStudy, stored_maps


def captured(
    session: Session, whereabouts: Whereabouts, fit: Callable[[Path], bool]
) -> OpenStudy | None:
    """What is open in ``session``, None for nothing; files that do not ``fit`` count as none."""

    def file(volume: Volume | None) -> Path | None:
        path = None if volume is None else whereabouts.file_of(volume)
        return path if path is not None and fit(path) else None

    original, reference, request = session.original, session.reference, session.request
    if original is None or request is None:
        return None
    origin, own = whereabouts.scans.get(original), file(original)
    if origin is None and own is not None:  # it was simulated, and written since
        origin = SavedScan((Place(own.absolute()),), own.name, 0, 0)
    if origin is not None and original.source is not None:
        origin = replace(origin, sha256=original.source.sha256)
    loaded = saved_loaded(session.comparables, whereabouts.files.get)
    saved = SavedStudy(
        scan=origin,
        results=(),
        reference=None,
        request=request_document(request),
        acknowledged=session.acknowledged,
        view=_saved_view(session),
        rois=session.rois,
        layers=saved_layers(session, whereabouts),
        loaded=tuple(loaded.values()),
        shown=saved_shown(session.comparables, loaded),
        locked=None if session.locked is None else session.rois.index(session.locked),
        comparing=saved_comparing(session.comparing),
    )
    return OpenStudy(
        saved=saved,
        scan=original if origin is None else None,
        results=_open_results(session.comparables, file),
        truth=None if reference is None else reference.volume,
        truth_file=None if reference is None else file(reference.volume),
        truth_meaning="" if reference is None else reference.meaning,
        thin=reference is not None and reference.thin is not None,
        sources=session.sources,
    )


def _open_results(
    kept: Comparables, file: Callable[[Volume], Path | None]
) -> tuple[OpenResult, ...]:
    """The results, oldest first; ``file``: which one holds a volume, if any."""
    return tuple(
        OpenResult(
            made=one.made,
            name=one.name,
            current=one.key == kept.current,
            image=file(one.volume),
            maps={k: path for k, v in stored_maps(one.made).items() if (path := file(v))},
        )
        for one in reversed(kept.results)
        if one.made is not None
    )


def _saved_view(session: Session) -> SavedView:
    view = session.view
    return SavedView(
        cursor_mm=view.cursor_mm,
        window=(view.window.low, view.window.high),
        centre_mm=view.centre_mm,
        zoom=view.zoom,
        only=None if view.only is None else view.only.name.lower(),
        layout=session.comparing.layout.value,
        colours=view.colours,
        inverted=view.inverted,
    )
