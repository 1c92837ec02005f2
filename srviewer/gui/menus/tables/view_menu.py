"""The rows of the menu of the view: layouts, grey levels, the worst slices."""

from collections.abc import Iterable

from srviewer.gui.menus.tables.specs import (
    ActionSpec,
    ButtonSpec,
    MenuSpec,
    Row,
    Rows,
    has_scan,
    has_scores,
)
from srviewer.gui.texts.translation import mark
from srviewer.study.state.layouts import LAYOUTS, Layout

LAYOUT = "layout"  # the group of the layouts


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


VIEW_MENU: tuple[Row | Rows, ...] = (
    MenuSpec("view", mark("&View")),
    _layouts,
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
    MenuSpec("saved-layouts", mark("Saved layouts"), menu="view", section="saved"),
)
