"""Session files: what was open and how it was looked at, as JSON that is checked when read."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import write_text
from srviewer.documents import check_depth
from srviewer.errors import UserError
from srviewer.io.provenance import plain
from srviewer.io.saved_study import SavedStudy, study_document, study_of
from srviewer.io.session_fields import fields_of

FORMAT = "srviewer session"
VERSION = 2
ONE_STUDY = 1  # the version whose files are a single study, without a list around it
SUFFIX = ".srviewer"
LARGEST = 4 * 2**20  # bytes; a session of a thousand measurements has a twentieth of it


@dataclass(frozen=True)
class SavedSession:
    """Everything in a session file: the studies in the order of their tabs, at least one.

    ``front``: which of them was shown, from 0.
    """

    studies: tuple[SavedStudy, ...]
    front: int = 0


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
    content = {
        "format": FORMAT,
        "version": VERSION,
        "software": f"srviewer {__version__}",
        "notice": RESEARCH_USE_ONLY,
        "front": session.front,
        "studies": [study_document(study, folder) for study in session.studies],
    }
    write_text(path, json.dumps(plain(content), indent=1, ensure_ascii=False) + "\n")


def _document(path: Path) -> Any:
    """The JSON value in ``path``, once it is small enough to be one."""
    try:
        if not path.is_file():
            raise UserError(f"There is no session file '{path}'. Choose another.")
        if path.stat().st_size > LARGEST:
            raise UserError(f"'{path.name}' is too large for a session file. Choose another.")
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
        check_depth(document)
        json.dumps(document, ensure_ascii=False).encode(
            "utf-8", "surrogateescape"
        )  # as it will be written again
        return document
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
    version = top.whole("version")
    if version == ONE_STUDY:
        return SavedSession((study_of(top, folder),))
    if version != VERSION:
        raise ValueError(f"it has version {version}, and this srviewer reads up to {VERSION}")
    studies = tuple(study_of(one, folder) for one in top.several("studies"))
    front = top.whole("front")
    if front >= len(studies):
        raise ValueError("'front' is none of its studies")
    return SavedSession(studies, front)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
