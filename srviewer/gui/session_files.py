"""The open study to a session file and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from srviewer.core.planes import Plane
from srviewer.core.volume import Volume
from srviewer.core.window import Window
from srviewer.errors import UserError
from srviewer.gui.autosave_folders import root
from srviewer.gui.comparing import Layout
from srviewer.gui.session import Reference, Session, View
from srviewer.gui.session_looks import (
    result_word,
    saved_layers,
    saved_shown,
    show_layers,
    shown_again,
)
from srviewer.gui.study import OPEN, Study
from srviewer.io.session_fields import Place, Scalars
from srviewer.io.session_file import SUFFIX, SavedScan, SavedSession, SavedView
from srviewer.sr.methods import METHODS
from srviewer.sr.models import find_model
from srviewer.sr.request import Request
from srviewer.sr.sessions import OpenResult, OpenStudy, Restored, load, store, stored_maps

SAVE = "session"


class SessionFiles(QObject):
    """Saves and opens session files as jobs; a failure leaves everything as it was."""

    opened = Signal(object)  # the path of the session file
    saved = Signal(object)
    incomplete = Signal(str, object)  # what was tried, a UserError: the rest was opened

    def __init__(self, study: Study, parent: QObject) -> None:
        super().__init__(parent)
        self._study, self._session = study, study.session
        study.session_chosen.connect(self.open)

    def capture(self) -> OpenStudy | None:
        """What is open now; None when no scan is."""
        return _captured(self._study, Path.exists)

    def save(self, path: Path) -> None:
        """Write what is open to ``path``; what no file holds goes into a folder beside it."""
        study = _captured(self._study, _lasting)
        if study is not None:
            folder = path.with_name(f"{path.stem} files")
            job = store(path, study, folder)
            title = f"Saving {path.name}"
            self._study.work.start(SAVE, title, job, self._keep(path), lambda: True)

    def open(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Show what ``path`` was saved from, and call ``then``."""

        def show(restored: Restored) -> None:
            _show(self._study, restored)
            self.opened.emit(path)
            if restored.problems:
                told = UserError("\n".join(("The rest was opened.", *restored.problems)))
                self.incomplete.emit(f"Opening {path.name}", told)
            if then is not None:
                then()

        self._study.work.start(OPEN, f"Opening {path.name}", load(path), show, lambda: True)

    def remember(self, written: Mapping[Volume, Path]) -> None:
        """Keep in mind which files hold what is open, so that it is not written again."""
        self._study.whereabouts.files.update(written)

    def _keep(self, path: Path) -> Callable[[Mapping[Volume, Path]], None]:
        def keep(written: Mapping[Volume, Path]) -> None:
            self.remember(written)
            self.saved.emit(path)

        return keep


def session_filter() -> str:
    """The kind of file for a dialog, in Qt's notation."""
    return f"srviewer session (*{SUFFIX})"


def with_suffix(path: Path) -> Path:
    """``path`` with the ending of a session file."""
    return path if path.suffix == SUFFIX else path.with_name(f"{path.name}{SUFFIX}")


def _lasting(path: Path) -> bool:
    """Whether a file is there and stays there: those that were autosaved go with the window."""
    return path.exists() and not path.is_relative_to(root())


def _captured(study: Study, fit: Callable[[Path], bool]) -> OpenStudy | None:
    """What is open; files that do not ``fit`` count as none."""
    session = study.session

    def file(volume: Volume | None) -> Path | None:
        path = None if volume is None else study.whereabouts.files.get(volume)
        return path if path is not None and fit(path) else None

    original, reference, request = session.original, session.reference, session.request
    if original is None or request is None:
        return None
    origin, own = study.whereabouts.scans.get(original), file(original)
    if origin is None and own is not None:  # it was simulated, and written since
        origin = SavedScan((Place(own.absolute()),), own.name, 0, 0)
    kept = session.comparables
    results = tuple(
        OpenResult(
            made=one.made,
            name=one.name,
            current=one.key == kept.current,
            image=file(one.volume),
            maps=_present({k: file(v) for k, v in stored_maps(one.made).items()}),
        )
        for one in reversed(kept.results)
        if one.made is not None
    )
    saved = SavedSession(
        scan=origin,
        results=(),
        reference=None,
        request=_scalars(request),
        acknowledged=session.acknowledged,
        view=_saved_view(session),
        rois=session.rois,
        layers=saved_layers(session, study.whereabouts),
        shown=saved_shown(session.comparables),
        locked=None if session.locked is None else session.rois.index(session.locked),
    )
    return OpenStudy(
        saved=saved,
        scan=original if origin is None else None,
        results=results,
        truth=None if reference is None else reference.volume,
        truth_file=None if reference is None else file(reference.volume),
        truth_meaning="" if reference is None else reference.meaning,
        thin=reference is not None and reference.thin is not None,
        sources=session.sources,
    )


def _present(paths: Mapping[str, Path | None]) -> Mapping[str, Path]:
    return {kind: path for kind, path in paths.items() if path is not None}


def _saved_view(session: Session) -> SavedView:
    view = session.view
    return SavedView(
        cursor_mm=view.cursor_mm,
        window=(view.window.low, view.window.high),
        centre_mm=view.centre_mm,
        zoom=view.zoom,
        only=None if view.only is None else view.only.name.lower(),
        layout=session.comparing.layout.value,
    )


def _scalars(request: Request) -> Scalars:
    fields = asdict(request).items()
    return {name: value for name, value in fields if isinstance(value, str | int | float | bool)}


def _show(study: Study, restored: Restored) -> None:
    session, saved = study.session, restored.saved
    reference = None
    if restored.truth is not None and saved.reference is not None:
        # The thin scan that the open one was made from is its truth.
        thin = restored.truth if saved.reference.thin else None
        reference = Reference(restored.truth, saved.reference.meaning, thin)
        _note(study, restored.truth, saved.reference.image.find())
    study.about_to_show.emit()
    session.open(restored.scan, restored.sources, reference)
    _note_scan(study, restored)
    keys: dict[str, str] = {}  # of the results, by what the file calls them
    for result, made in restored.results:
        session.keep(session.comparables.with_result(made))
        session.keep(session.comparables.renamed(session.comparables.current, result.name))
        keys[result_word(saved.results.index(result))] = session.comparables.current
        _note(study, made.volume, result.image.find())
        for kind, volume in stored_maps(made).items():
            if kind in result.maps:
                _note(study, volume, result.maps[kind].find())
    _choose_current(session, restored)
    if saved.shown:
        session.keep(session.comparables.showing(shown_again(saved.shown, keys)))
    if saved.acknowledged:
        session.acknowledge()
    session.set_rois(saved.rois)
    session.lock(None if saved.locked is None else saved.rois[saved.locked])
    show_layers(study, restored.layers)
    if session.request is not None:
        session.set_request(_request(saved.request, session.request, restored.scan))
    _look(session, saved.view)


def _note_scan(study: Study, restored: Restored) -> None:
    scan = restored.saved.scan
    paths = [] if scan is None else [place.find() for place in scan.places]
    if scan is not None and all(path is not None and _lasting(path) for path in paths):
        study.whereabouts.scans[restored.scan] = scan
    elif len(paths) == 1:  # an autosaved scan, which was simulated
        _note(study, restored.scan, paths[0])


def _note(study: Study, volume: Volume, path: Path | None) -> None:
    if path is not None:
        study.whereabouts.files[volume] = path


def _choose_current(session: Session, restored: Restored) -> None:
    names = [result.name for result, made in restored.results if result.current]
    chosen = next((one.key for one in session.comparables.results if one.name in names), None)
    if chosen is not None:
        session.keep(session.comparables.choosing(chosen))


def _request(saved: Scalars, suggested: Request, scan: Volume) -> Request:
    """``suggested`` with those saved settings that mean something here."""
    known = asdict(suggested)
    fitting = {
        name: value
        for name, value in saved.items()
        if name in known and type(value) is type(known[name])
    }
    request = replace(suggested, **fitting)  # type: ignore[arg-type]
    fits = request.axis in (0, 1, 2) and 2 <= request.factor <= max(scan.geometry.shape)
    if not fits or request.method not in {row.id for row in METHODS}:
        return suggested
    try:
        find_model(request.model)
    except UserError:  # a model that was removed since
        return replace(request, model=suggested.model)
    return request


def _look(session: Session, saved: SavedView) -> None:
    planes = {plane.name.lower(): plane for plane in Plane}
    view: View = replace(
        session.view,
        cursor_mm=saved.cursor_mm,
        window=Window(*saved.window),
        centre_mm=saved.centre_mm,
        only=planes.get(saved.only or ""),
    )
    session.look(view)
    session.zoom_by(saved.zoom / session.view.zoom, session.centre_mm())
    layouts = {layout.value: layout for layout in Layout}
    layout = layouts.get(saved.layout, session.comparing.layout)
    session.compare(replace(session.comparing, layout=layout))
