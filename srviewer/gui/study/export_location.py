"""The folder and the name that every export is proposed under."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.study.exporting import file_name
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.plain_text import message_box
from srviewer.io.export.image_layout import IMAGE_SUFFIXES
from srviewer.io.formats import is_archive
from srviewer.io.sidecars.provenance import sidecar
from srviewer.paths import sample_scan

THIN = "thin"  # in the names of results, as in those of a batch
LONGEST_STEM = 140  # bytes of a proposed name before its endings; systems take 255 in all


def scan_folder(study: ShownStudy) -> Path:
    """The folder of the open scan.

    Args:
        study: The shown study.

    Returns:
        The folder that holds its file, or the folder of its DICOM files; the user's home for the
        samples, for a scan that no file holds, and where nothing can be written.
    """
    sources, scan = study.sources, study.scan
    if not sources or scan is None or sample_scan().parent in sources[0].parents:
        return Path.home()
    folder = sources[0].absolute().parent
    if scan.origin is not None and not is_archive(sources[0]):
        folder = folder.parent  # nothing is written among the files of a series
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else Path.home()


def proposed(study: ShownStudy, what: str, ending: str, name: str = "") -> Path:
    """Propose where to export to.

    Args:
        study: The shown study.
        what: What is exported, for the name: "thin", "figure"; "" for the name of the scan alone.
        ending: The ending of the name, with its dot; "" for a folder.
        name: In the place of the scan's name.

    Returns:
        NAME_WHAT in the folder of the last export of this window, else in that of the scan; with a
        number after it where that name is taken.
    """
    folder = study.export_folder
    if folder is None or not folder.is_dir():
        folder = scan_folder(study)
    scan = study.scan
    stem = file_name(name or ("study" if scan is None else scan.name))
    stem = stem.encode()[:LONGEST_STEM].decode(errors="ignore")
    if what and not stem.endswith(f"_{what}"):
        stem = f"{stem}_{what}"
    path, number = folder / f"{stem}{ending}", 1
    while path.exists() or (ending in IMAGE_SUFFIXES and sidecar(path).exists()):
        number += 1
        path = folder / f"{stem}-{number}{ending}"
    return path


def ask_where(
    study: ShownStudy, parent: QWidget, title: str, path: Path, kinds: Sequence[str]
) -> tuple[Path | None, str]:
    """Ask for a file, or for the name of a new folder, and keep its folder for the next export.

    Args:
        study: The shown study.
        parent: The window that asks.
        title: Of the dialog, translated.
        path: The proposal.
        kinds: The kinds of files, in Qt's notation, translated.

    Returns:
        The path, None when the user gave up, and the kind that was chosen; some desktops do not
        say which.
    """
    name, kind = QFileDialog.getSaveFileName(parent, title, str(path), ";;".join(kinds))
    if not name:
        return None, ""
    chosen = Path(name)
    study.export_folder = chosen.absolute().parent
    return chosen, kind


def ask_file(
    study: ShownStudy, parent: QWidget, title: str, path: Path, endings: Mapping[str, str]
) -> Path | None:
    """Ask for a file, and complete its name.

    Args:
        study: The shown study.
        parent: The window that asks.
        title: Of the dialog, translated.
        path: The proposal.
        endings: The ending of each kind of file, with its dot, by the kind in Qt's notation,
            translated; the first is for a name without one.

    Returns:
        The path, which ends as the kind does unless the user gave it another ending of several;
        None when the user gave up, or does not want the file replaced to which the ending led.
    """
    chosen, kind = ask_where(study, parent, title, path, tuple(endings))
    if chosen is None:
        return None
    known = tuple(endings.values())
    if chosen.name.lower().endswith(known) or (chosen.suffix and len(known) > 1):
        return chosen
    completed = chosen.with_name(f"{chosen.name}{endings.get(kind, known[0])}")
    if completed.exists() and not _may_replace(completed, title, parent):
        return None
    return completed


def _may_replace(path: Path, title: str, parent: QWidget) -> bool:
    """Whether the user wants a file replaced, of which the dialog did not know."""
    text = tr("'{name}' is there already. Replace it?", name=path.name)
    box = message_box(QMessageBox.Icon.Question, title, text, parent)
    replace = box.addButton(tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is replace
