"""Session files: all open studies with their views, as JSON that is checked when read."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import write_text
from srviewer.codec import DocumentType, from_plain, to_plain
from srviewer.documents import read_document
from srviewer.errors import UserError
from srviewer.io.sidecars.provenance import json_value
from srviewer.study.sessions.document import SavedSession, fields_of
from srviewer.study.sessions.file_location import FileLocation
from srviewer.study.sessions.migrations import from_one_study, from_saved_fields
from srviewer.study.state.view import NO_WINDOW

DOCUMENT = DocumentType("srviewer session", 3, (from_one_study, from_saved_fields))
SUFFIX = ".srviewer"
LARGEST = 32 * 2**20  # bytes; a study with the scores of eight results has a fiftieth of it


def read_session(path: Path) -> SavedSession:
    """Read a session file, without the files that it names.

    Args:
        path: The session file.

    Returns:
        The session.

    Raises:
        UserError: it is no session file of srviewer, or damaged.
    """
    document = _document(path)
    try:
        return _session(document)
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError, UserError) as error:
        raise UserError(
            f"'{path.name}' is damaged or was not written by srviewer: {_reason(error)}. Open the "
            "scan itself."
        ) from error


def write_session(path: Path, session: SavedSession) -> None:
    """Write a session file by an atomic write.

    Args:
        path: The session file, which is replaced if it exists.
        session: The session.

    Raises:
        UserError: The file cannot be written.
    """
    folder = path.absolute().parent
    content = {
        **DOCUMENT.marked({}),
        "software": f"srviewer {__version__}",
        "notice": RESEARCH_USE_ONLY,
        **to_plain(session, partial(_place_from, folder)),
    }
    write_text(path, json.dumps(json_value(content), indent=1, ensure_ascii=False) + "\n")


def _document(path: Path) -> Any:
    """The JSON value in ``path``, once it is small enough to be one."""
    try:
        if not path.is_file():
            raise UserError(f"There is no session file '{path}'. Choose another.")
        if path.stat().st_size > LARGEST:
            raise UserError(f"'{path.name}' is too large for a session file. Choose another.")
        return read_document(path, LARGEST)
    except OSError as error:
        raise UserError(
            f"'{path}' cannot be read: {error.strerror or error}. Check who may read it."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"'{path.name}' is no session file: it is cut short, damaged, or something else "
            f"({_reason(error)}). Open the scan itself."
        ) from error


def _session(document: Any) -> SavedSession:
    session = from_plain(DOCUMENT.upgraded(document), SavedSession)
    if session.front >= len(session.studies):
        raise ValueError("'front' is none of its studies")
    for study in session.studies:
        known = fields_of(study.state)
        window = known["view"].window if "view" in known else NO_WINDOW
        if not window.low < window.high:
            raise ValueError("'view.window' does not grow")
        if known.get("locked") not in (None, *known.get("rois", ())):
            raise ValueError("'locked' is none of the measurements")
    return session


def _place_from(folder: Path, value: object) -> object:
    """A location with its path relative to ``folder``; any other value as it is."""
    return value.seen_from(folder) if isinstance(value, FileLocation) else value


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
