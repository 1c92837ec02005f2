"""The rows of the menu of the view: layouts, grey levels, the worst slices."""

from collections.abc import Iterable

from srviewer.core.slices.planes import Plane
from srviewer.core.slices.thick_slab import SLAB_KINDS, SlabKind
from srviewer.gui.appearance.window_presets import WINDOW_PRESETS, WindowPreset
from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.second_study_menu import SECOND_STUDY_MENU, THUMBNAILS
from srviewer.gui.menus.tables.specs import (
    MOUSE_BAR,
    WINDOW,
    ActionSpec,
    ButtonSpec,
    MenuSpec,
    Row,
    Rows,
    has_regions,
    has_scan,
    has_scores,
)
from srviewer.gui.texts.translation import mark
from srviewer.gui.texts.wording import SLAB_TITLES
from srviewer.study.state.layouts import LAYOUTS, Layout
from srviewer.study.state.rotation_of_study import is_off_patient_axes, is_rotated
from srviewer.study.state.slab_of_study import has_thick_slices

# Groups: the layouts, the planes of the large pane, the presets of grey levels, the slabs.
LAYOUT, MAIN, LEVELS, SLAB = "layout", "main", "levels", "slab"


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


def _presets() -> Iterable[Row]:
    return (_preset(number, row) for number, row in enumerate(WINDOW_PRESETS, 1))


def _preset(number: int, row: WindowPreset) -> ActionSpec:
    return ActionSpec(
        f"levels-{number}",
        row.title,
        row.tip,
        menu="levels",
        key=f"Ctrl+{number}",
        checkable=True,
        group=LEVELS,
        data=row,
        enabled=has_scan,
        offered=lambda state: row.modality in ("", state.scan.modality if state.scan else ""),
    )


def _slab_kinds() -> Iterable[Row]:
    return map(_slab_kind, SLAB_KINDS)


def _slab_kind(kind: SlabKind) -> ActionSpec:
    return ActionSpec(
        f"slab-{kind}",
        SLAB_TITLES[kind],
        mark("Of the slices in the slab, at each pixel"),
        menu="slab",
        section="kinds",
        checkable=True,
        group=SLAB,
        data=kind,
        enabled=has_scan,
        checked=lambda state: state.view.thick_slab.kind == kind,
    )


VIEW_MENU: tuple[Row | Rows, ...] = (
    MenuSpec("view", MENU_TITLES["view"]),
    _layouts,
    *SECOND_STUDY_MENU,
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
        enabled=has_scan,
    ),
    _presets,
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
        enabled=has_scan,
    ),
    MenuSpec(
        "slab",
        mark("Thick slab"),
        menu="view",
        section="slab",
        icon="layers-outline",
        enabled=has_scan,
    ),
    ActionSpec(
        "slab-shown",
        mark("Show the slab"),
        mark("Neighbouring slices projected onto one, or single slices"),
        menu="slab",
        section="shown",
        icon="layers-outline",
        key="S",
        checkable=True,
        enabled=has_scan,
        checked=lambda state: state.view.thick_slab.shown,
    ),
    _slab_kinds,
    ActionSpec(
        "slab-thicker",
        mark("Thicker"),
        mark("A thicker slab"),
        menu="slab",
        section="thickness",
        icon="plus",
        key="J",
        enabled=has_scan,
    ),
    ActionSpec(
        "slab-thinner",
        mark("Thinner"),
        mark("A thinner slab"),
        menu="slab",
        section="thickness",
        icon="minus",
        key="Shift+J",
        enabled=has_scan,
    ),
    ActionSpec(
        "slab-slices",
        mark("As thick as the slices"),
        mark("The mean over each slice of the scan, beside what was measured there; and back"),
        menu="slab",
        section="slices",
        icon="layers-search-outline",
        key="Shift+S",
        checkable=True,
        enabled=has_thick_slices,
        checked=lambda state: state.view.thick_slab.is_measured_mean,
    ),
    MenuSpec(
        "oblique",
        mark("Oblique planes"),
        menu="view",
        section="slab",
        icon="axis-z-rotate-clockwise",
        enabled=has_scan,
    ),
    ActionSpec(
        "oblique-patient",
        mark("Align to the patient's axes"),
        mark("Axial, coronal and sagittal planes in the patient, of an oblique scan too"),
        menu="oblique",
        section="axes",
        icon="human",
        key="Y",
        enabled=is_off_patient_axes,
    ),
    ActionSpec(
        "oblique-plain",
        mark("Back to the voxel axes"),
        mark("The slices of the scan, not rotated"),
        menu="oblique",
        section="axes",
        icon="backup-restore",
        key="Q",
        enabled=is_rotated,
    ),
    ActionSpec(
        "oblique-clockwise",
        mark("Clockwise"),
        mark("The planes by a degree, about the normal of the active plane"),
        menu="oblique",
        section="steps",
        icon="axis-z-rotate-clockwise",
        key=".",
        enabled=has_scan,
    ),
    ActionSpec(
        "oblique-anticlockwise",
        mark("Anticlockwise"),
        mark("The planes by a degree, about the normal of the active plane"),
        menu="oblique",
        section="steps",
        icon="axis-z-rotate-counterclockwise",
        key=",",
        enabled=has_scan,
    ),
    ActionSpec(
        "rotate-right",
        mark("Rotate right"),
        mark("The active plane by 90 degrees, clockwise"),
        menu="view",
        section="turns",
        icon="rotate-right",
        key="Ctrl+R",
        button=ButtonSpec("turns", icon_only=True, bar=MOUSE_BAR),
        enabled=has_scan,
    ),
    ActionSpec(
        "rotate-left",
        mark("Rotate left"),
        mark("The active plane by 90 degrees, anticlockwise"),
        menu="view",
        section="turns",
        icon="rotate-left",
        key="Ctrl+Shift+R",
        enabled=has_scan,
    ),
    ActionSpec(
        "flip-sides",
        mark("Flip left and right"),
        mark("Mirror the active plane; its letters follow"),
        menu="view",
        section="turns",
        icon="flip-horizontal",
        key="Shift+H",
        button=ButtonSpec("turns", icon_only=True, bar=MOUSE_BAR),
        enabled=has_scan,
    ),
    ActionSpec(
        "flip-upside-down",
        mark("Flip top and bottom"),
        mark("Mirror the active plane; its letters follow"),
        menu="view",
        section="turns",
        icon="flip-vertical",
        key="Shift+V",
        button=ButtonSpec("turns", icon_only=True, bar=MOUSE_BAR),
        enabled=has_scan,
    ),
    ActionSpec(
        "header-text",
        mark("Header text"),
        mark("Patient, date, series, times and thickness in the panes"),
        menu="view",
        section="texts",
        icon="card-account-details-outline",
        key="H",
        button=ButtonSpec("texts", icon_only=True, bar=MOUSE_BAR),
        checkable=True,
        checked=lambda state: state.view.header_text,
    ),
    ActionSpec(
        "panels",
        mark("Panels"),
        mark("Show the panels at the side, or hide them"),
        menu="view",
        section=WINDOW,
        icon="dock-right",
        key="F9",
        checkable=True,
    ),
    THUMBNAILS,
    ActionSpec(
        "full-screen",
        mark("Full screen"),
        mark("The window on the whole screen, and back"),
        menu="view",
        section=WINDOW,
        icon="fullscreen",
        key="F11",
        checkable=True,
    ),
    ActionSpec(
        "worst",
        mark("Worst slice"),
        mark("The slice scored lowest"),
        menu="view",
        section="worst",
        icon="arrow-down-bold",
        key="W",
        enabled=has_scores,
    ),
    ActionSpec(
        "next-worst",
        mark("Next worst slice"),
        mark("The slice that is scored next above this"),
        menu="view",
        section="worst",
        icon="chevron-down",
        key="N",
        enabled=has_scores,
    ),
    ActionSpec(
        "previous-worst",
        mark("Previous worst slice"),
        mark("The slice scored next below this"),
        menu="view",
        section="worst",
        icon="chevron-up",
        key="Shift+N",
        enabled=has_scores,
    ),
    ActionSpec(
        "next-region",
        mark("Next region to check"),
        mark("The region where the two planes differ most, then the next: scan and result there"),
        menu="view",
        section="regions",
        icon="map-marker-alert-outline",
        key="K",
        enabled=has_regions,
    ),
    ActionSpec(
        "previous-region",
        mark("Previous region to check"),
        mark("The region before, in the order of the list in the Compare panel"),
        menu="view",
        section="regions",
        icon="map-marker-up",
        key="Shift+K",
        enabled=has_regions,
    ),
    MenuSpec("saved-layouts", mark("Saved layouts"), menu="view", section="saved"),
)
