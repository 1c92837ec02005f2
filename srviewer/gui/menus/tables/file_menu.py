"""The rows of the menu of files: opening, exporting, sessions."""

from collections.abc import Iterable

from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.specs import (
    ActionSpec,
    ButtonSpec,
    MenuSpec,
    Row,
    Rows,
    has_corrected_mask,
    has_other_series,
    has_result,
    has_scan,
)
from srviewer.gui.texts.translation import mark
from srviewer.io.targets import NIFTI, TARGETS, Target

EXPORTS = "exports"  # the menu beside the button of NIfTI


def _exports() -> Iterable[Row]:
    return map(_export, TARGETS)


def _export(target: Target) -> ActionSpec:
    return ActionSpec(
        f"export-{target.id}",
        target.title,
        target.tip,
        menu="file",
        section="export",
        icon="export-variant",
        key="Ctrl+E" if target is NIFTI else "",
        button=ButtonSpec("files", drop_down=EXPORTS) if target is NIFTI else None,
        also=(EXPORTS,),
        enabled=has_result,
    )


FILE_MENU: tuple[Row | Rows, ...] = (
    MenuSpec("file", MENU_TITLES["file"]),
    ActionSpec(
        "open",
        mark("Open\u2026"),
        mark("Open files"),
        menu="file",
        section="open",
        icon="folder-open-outline",
        key="Ctrl+O",
        button=ButtonSpec("files", drop_down="recent"),
    ),
    ActionSpec(
        "open-folder",
        mark("Open folder\u2026"),
        mark("Open a folder of DICOM files"),
        menu="file",
        section="open",
        icon="folder-outline",
        key="Ctrl+Shift+O",
        button=ButtonSpec("files"),
    ),
    MenuSpec("recent", mark("Open recent"), menu="file", section="open", icon="history"),
    ActionSpec(
        "other-series",
        mark("Other series\u2026"),
        mark("Choose among all series of the same files, with localizers and single images"),
        menu="file",
        section="open",
        enabled=has_other_series,
    ),
    ActionSpec(
        "sample",
        mark("Sample"),
        mark("Open the built-in sample with its thin truth"),
        menu="file",
        section="open",
        icon="flask-outline",
        button=ButtonSpec("files"),
    ),
    ActionSpec(
        "close-study",
        mark("Close"),
        mark("Close the study that is shown; asks where work would be lost"),
        menu="file",
        section="close",
        icon="close",
        key="Ctrl+W",
        enabled=has_scan,
    ),
    ActionSpec(
        "save-figure",
        mark("Save a figure\u2026"),
        mark("PNG, SVG or PDF of what is shown"),
        menu="file",
        section="export",
        icon="image-outline",
        key="Ctrl+P",
        enabled=has_scan,
    ),
    ActionSpec(
        "print",
        mark("Print\u2026"),
        mark("What is shown on paper, with a preview"),
        menu="file",
        section="export",
        icon="printer-outline",
        key="Ctrl+Shift+P",
        enabled=has_scan,
    ),
    ActionSpec(
        "copy-screenshot",
        mark("Copy as command line"),
        mark("The srviewer screenshot line that makes the same picture"),
        menu="file",
        section="export",
        icon="console-line",
        key="Ctrl+Shift+C",
        enabled=has_scan,
    ),
    ActionSpec(
        "copy-reconstruct",
        mark("Copy the reconstruction as command line"),
        mark("The srviewer reconstruct line that does what the panel is set to"),
        menu="file",
        section="export",
        icon="console-line",
        panel="reconstruct",
        enabled=has_scan,
    ),
    ActionSpec(
        "save-mask",
        mark("Save the mask\u2026"),
        mark("Write the mask that is corrected, with names and colours of its labels"),
        menu="file",
        section="export",
        icon="content-save-outline",
        key="Ctrl+Shift+S",
        enabled=has_corrected_mask,
    ),
    MenuSpec(EXPORTS, mark("Export"), menu=""),
    _exports,
    ActionSpec(
        "open-session",
        mark("Open session\u2026"),
        mark("Open the studies that were saved together"),
        menu="file",
        section="session",
    ),
    ActionSpec(
        "save-session",
        mark("Save session\u2026"),
        mark("Keep every open study, with its results and view, in a file"),
        menu="file",
        section="session",
        key="Ctrl+S",
        enabled=has_scan,
    ),
    ActionSpec(
        "quit",
        mark("Quit"),
        mark("Close srviewer"),
        menu="file",
        section="quit",
        icon="power",
        key="Ctrl+Q",
    ),
)
