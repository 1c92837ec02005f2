"""The table of everything that menus, the tool bar and keys offer, in the order of the menus."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from srviewer.core.slices.planes import Plane
from srviewer.gui.appearance.colour_maps import COLOUR_MAPS, ColourMap
from srviewer.gui.state.tool_offers import TOOL_OFFERS, ToolOffer
from srviewer.gui.texts.translation import mark
from srviewer.io.targets import NIFTI, TARGETS, Target
from srviewer.study.state.layouts import LAYOUTS, Layout
from srviewer.study.state.study_state import StudyState

Predicate: TypeAlias = Callable[[StudyState], bool]
MENU_BAR = "menu bar"  # the ``menu`` of what stands in it


def _has_scan(state: StudyState) -> bool:
    """Whether a scan is open."""
    return state.scan is not None


def _has_other_series(state: StudyState) -> bool:
    """Whether the files of the scan hold other series."""
    return state.origin is not None and len(state.origin.found.every_series) > 1


def _has_result(state: StudyState) -> bool:
    """Whether there is a current result."""
    return state.result is not None


def _has_scores(state: StudyState) -> bool:
    """Whether the current result is scored."""
    return state.scores is not None


def _has_regions(state: StudyState) -> bool:
    """Whether the current result has regions that are most likely wrong."""
    return state.doubts is not None and bool(state.doubts.regions)


@dataclass(frozen=True)
class ButtonSpec:
    """A button in the tool bar.

    Attributes:
        section: Neighbours of different sections are separated by a line.
        icon_only: Without its text, which then is its accessible name and begins its tip.
        drop_down: Id of the menu that an arrow beside it opens; "" for none.
        text: English, in the place of the text of its row; "" for that one.
        name: Its accessible name, English; "" for its text.
        tip: English, in the place of the tip of its row; "" for that one.
    """

    section: str
    icon_only: bool = False
    drop_down: str = ""
    text: str = ""
    name: str = ""
    tip: str = ""


@dataclass(frozen=True)
class MenuSpec:
    """A menu, which stands before its entries in the table.

    Attributes:
        id: By which its entries name it.
        text: English, translated when it is shown.
        menu: Id of the menu that it is an entry of; MENU_BAR; "" for that of a button.
        section: Neighbours of different sections are separated by a line.
        icon: A name of ``theme.icon``; "" for none.
        button: Its button in the tool bar, which opens it.
        enabled: Whether it can be opened, of the study that is shown; None for always.
    """

    id: str
    text: str
    menu: str = MENU_BAR
    section: str = ""
    icon: str = ""
    button: ButtonSpec | None = None
    enabled: Predicate | None = None


@dataclass(frozen=True)
class ActionSpec:
    """An action of the window.

    Attributes:
        id: By which its slot is connected, ``Actions.connect(id, slot)``.
        text: English, translated when it is shown; with an ellipsis where a dialog asks for more.
        tip: English; its key follows by itself.
        menu: Id of the menu that it is an entry of; "" for none.
        section: Neighbours of different sections are separated by a line.
        icon: A name of ``theme.icon``; "" for none.
        key: Its shortcut in the portable form of ``QKeySequence``; "" for none.
        button: Its button in the tool bar.
        also: Ids of further menus that repeat it at their end.
        panel: Id of the panel whose right-click menu repeats it; "" for none.
        checkable: Whether it is on or off.
        group: Of the actions with this word one is on; "" for none.
        data: What a slot of the group is given.
        enabled: Whether it can be done, of the study that is shown; None for always, or where
            whoever connects it knows more than the study.
        checked: Whether it is on; None where that needs more than the study.
    """

    id: str
    text: str
    tip: str
    menu: str = ""
    section: str = ""
    icon: str = ""
    key: str = ""
    button: ButtonSpec | None = None
    also: tuple[str, ...] = ()
    panel: str = ""
    checkable: bool = False
    group: str = ""
    data: object = None
    enabled: Predicate | None = None
    checked: Predicate | None = None


Row: TypeAlias = ActionSpec | MenuSpec
Rows: TypeAlias = Callable[[], Iterable[Row]]  # of another table, which is read when it is called

EXPORTS = "exports"  # the menu beside the button of NIfTI
LAYOUT, COLOURS, TOOL, MAIN = "layout", "colours", "tool", "main"  # groups


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
        enabled=_has_result,
    )


def _layouts() -> Iterable[Row]:
    return map(_layout, LAYOUTS)


def _layout(row: Layout) -> ActionSpec:
    return ActionSpec(
        f"layout-{row.id}",
        row.title,
        row.tip,
        menu="view",
        section="layouts",
        icon=row.icon,
        key=row.key,
        button=ButtonSpec("layouts", icon_only=True),
        checkable=True,
        group=LAYOUT,
        data=row.id,
        checked=lambda state: state.comparing.layout == row.id,
    )


def _main_planes() -> Iterable[Row]:
    acquired = ("acquired", mark("As acquired"), mark("The plane of the scan's slices"), None)
    tip = mark("This plane, whatever the scan's slices are")
    return map(_main_plane, (acquired, *((p.value, p.title, tip, p) for p in Plane)))


def _main_plane(row: tuple[str, str, str, Plane | None]) -> ActionSpec:
    word, title, tip, plane = row
    return ActionSpec(
        f"main-{word}",
        title,
        tip,
        menu="main",
        checkable=True,
        group=MAIN,
        data=plane,
        checked=lambda state: state.view.main is plane,
    )


def _colours() -> Iterable[Row]:
    return map(_colour, COLOUR_MAPS)


def _colour(row: ColourMap) -> ActionSpec:
    return ActionSpec(
        f"colours-{row.id}",
        row.title,
        row.tip,
        menu="colours",
        section="maps",
        icon="palette-outline",
        checkable=True,
        group=COLOURS,
        data=row.id,
        checked=lambda state: state.view.colours == row.id,
    )


def _tools() -> Iterable[Row]:
    return map(_tool, TOOL_OFFERS)


def _tool(offer: ToolOffer) -> ActionSpec:
    return ActionSpec(
        f"tool-{offer.tool.value}",
        offer.text,
        offer.tip,
        menu="measure",
        icon=offer.icon,
        key=offer.key,
        checkable=True,
        group=TOOL,
        data=offer.tool,
    )


ACTIONS: tuple[Row | Rows, ...] = (
    MenuSpec("file", mark("&File")),
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
        enabled=_has_other_series,
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
        enabled=_has_scan,
    ),
    ActionSpec(
        "save-figure",
        mark("Save a figure\u2026"),
        mark("PNG, SVG or PDF of what is shown"),
        menu="file",
        section="export",
        icon="image-outline",
        key="Ctrl+P",
        enabled=_has_scan,
    ),
    ActionSpec(
        "copy-screenshot",
        mark("Copy as command line"),
        mark("The srviewer screenshot line that makes the same picture"),
        menu="file",
        section="export",
        icon="console-line",
        key="Ctrl+Shift+C",
        enabled=_has_scan,
    ),
    ActionSpec(
        "copy-reconstruct",
        mark("Copy the reconstruction as command line"),
        mark("The srviewer reconstruct line that does what the panel is set to"),
        menu="file",
        section="export",
        icon="console-line",
        panel="reconstruct",
        enabled=_has_scan,
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
        enabled=_has_scan,
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
    MenuSpec("edit", mark("&Edit")),
    ActionSpec(
        "undo",
        mark("Undo"),
        mark("Take the last change back"),
        menu="edit",
        section="undo",
        key="Ctrl+Z",
    ),
    ActionSpec(
        "redo",
        mark("Redo"),
        mark("Make the change again"),
        menu="edit",
        section="undo",
        key="Ctrl+Shift+Z",
    ),
    ActionSpec(
        "preferences",
        mark("Preferences\u2026"),
        mark("Theme, convention, device, threads, srviewer's own files"),
        menu="edit",
        section="preferences",
        key="Ctrl+,",
    ),
    MenuSpec("view", mark("&View")),
    _layouts,
    MenuSpec("main", mark("Large pane"), menu="view", section="main"),
    _main_planes,
    MenuSpec(
        "levels",
        mark("Window / level"),
        menu="view",
        section="levels",
        icon="contrast-circle",
        button=ButtonSpec(
            "view",
            text=mark("W/L"),
            name=mark("Window and level"),
            tip=mark("Grey levels: automatic and presets (right drag)"),
        ),
        enabled=_has_scan,
    ),
    ActionSpec(
        "smooth",
        mark("Smooth"),
        mark("Draw pixels smoothly, or as the blocks that they are"),
        menu="view",
        section="levels",
        icon="blur",
        key="I",
        button=ButtonSpec("view"),
        checkable=True,
        checked=lambda state: state.view.smooth,
    ),
    ActionSpec(
        "radiological",
        mark("R on the left"),
        mark("The patient's right on the left of the screen (radiological), or on the right"),
        menu="view",
        section="levels",
        icon="account-switch-outline",
        button=ButtonSpec("view"),
        checkable=True,
        checked=lambda state: state.view.radiological,
    ),
    ActionSpec(
        "reset",
        mark("Reset"),
        mark("Whole volume (R)"),
        menu="view",
        section="levels",
        icon="fit-to-screen-outline",
        key="Ctrl+0",
        button=ButtonSpec("view"),
        enabled=_has_scan,
    ),
    ActionSpec(
        "worst",
        mark("Worst slice"),
        mark("The slice scored lowest"),
        menu="view",
        section="worst",
        icon="arrow-down-bold",
        key="W",
        enabled=_has_scores,
    ),
    ActionSpec(
        "next-worst",
        mark("Next worst slice"),
        mark("The slice that is scored next above this"),
        menu="view",
        section="worst",
        icon="chevron-down",
        key="N",
        enabled=_has_scores,
    ),
    ActionSpec(
        "previous-worst",
        mark("Previous worst slice"),
        mark("The slice scored next below this"),
        menu="view",
        section="worst",
        icon="chevron-up",
        key="Shift+N",
        enabled=_has_scores,
    ),
    ActionSpec(
        "next-region",
        mark("Next region to check"),
        mark("The region where the two planes differ most, then the next: scan and result there"),
        menu="view",
        section="regions",
        icon="map-marker-alert-outline",
        key="K",
        enabled=_has_regions,
    ),
    ActionSpec(
        "previous-region",
        mark("Previous region to check"),
        mark("The region before, in the order of the list in the Compare panel"),
        menu="view",
        section="regions",
        icon="map-marker-up",
        key="Shift+K",
        enabled=_has_regions,
    ),
    MenuSpec("saved-layouts", mark("Saved layouts"), menu="view", section="saved"),
    MenuSpec("scan", mark("&Scan")),
    ActionSpec(
        "reconstruct",
        mark("Reconstruct"),
        mark("Reconstruct the open scan"),
        menu="scan",
        icon="play",
        key="Ctrl+Return",
    ),
    ActionSpec(
        "header",
        mark("Header and tags\u2026"),
        mark("What the header of the file says, in a window of its own; it may name the patient"),
        menu="scan",
        section="header",
        icon="card-text-outline",
        key="Ctrl+I",
        enabled=_has_scan,
    ),
    MenuSpec("look", mark("&Look")),
    MenuSpec("colours", mark("Colours"), menu="look", icon="palette-outline"),
    _colours,
    ActionSpec(
        "inverted",
        mark("Invert"),
        mark("Swap the two ends of the colours"),
        menu="colours",
        section="inverted",
        icon="invert-colors",
        key="Shift+I",
        checkable=True,
        checked=lambda state: state.view.inverted,
    ),
    ActionSpec(
        "crosshair",
        mark("Show crosshair"),
        mark("Draw it, or hide it"),
        menu="look",
        icon="crosshairs",
        key="X",
        checkable=True,
        checked=lambda state: state.view.crosshair,
    ),
    ActionSpec(
        "play",
        mark("Play"),
        mark("Step through the slices of the active plane"),
        menu="look",
        icon="play",
        key="P",
        checkable=True,
    ),
    ActionSpec(
        "projection",
        mark("Turning projection\u2026"),
        mark("Before and after, as MIP"),
        menu="look",
        icon="rotate-3d-variant",
        key="Shift+P",
        enabled=_has_scan,
    ),
    MenuSpec("measure", mark("&Measure")),
    _tools,
    MenuSpec("help", mark("&Help")),
    ActionSpec(
        "guide", mark("Guide"), mark("How to use srviewer"), menu="help", section="help", key="F1"
    ),
    ActionSpec(
        "shortcuts",
        mark("Keys and mouse"),
        mark("Every key, and what the mouse does"),
        menu="help",
        section="help",
        key="?",
    ),
    ActionSpec(
        "log-folder",
        mark("Log folder"),
        mark("Open the folder of the program's log"),
        menu="help",
        section="help",
    ),
    ActionSpec(
        "about",
        mark("About srviewer"),
        mark("Version, licences, what it is not for"),
        menu="help",
        section="about",
    ),
    ActionSpec("next-study", mark("Next study"), mark("Next study"), key="Ctrl+Tab"),
    ActionSpec(
        "previous-study", mark("Previous study"), mark("Previous study"), key="Ctrl+Shift+Tab"
    ),
)


def action_rows() -> tuple[Row, ...]:
    """The rows of ACTIONS, with those of the other tables that it names in their place."""
    rows: list[Row] = []
    for row in ACTIONS:
        rows.extend((row,) if isinstance(row, ActionSpec | MenuSpec) else row())
    return tuple(rows)
