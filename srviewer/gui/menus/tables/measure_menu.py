"""The rows of the menu of the tools that measure."""

from collections.abc import Iterable

from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.specs import (
    MOUSE_BAR,
    ActionSpec,
    ButtonSpec,
    MenuSpec,
    Row,
    Rows,
    has_corrected_mask,
)
from srviewer.gui.state.tool_offers import TOOL_OFFERS, ToolOffer
from srviewer.gui.texts.translation import mark

TOOL = "tool"  # the group of the tools


def _tools() -> Iterable[Row]:
    return map(_tool, TOOL_OFFERS)


def _tool(offer: ToolOffer) -> ActionSpec:
    return ActionSpec(
        f"tool-{offer.tool.value}",
        offer.text,
        offer.tip,
        menu="measure",
        section=offer.section,
        icon=offer.icon,
        key=offer.key,
        button=_button(offer),
        checkable=True,
        group=TOOL,
        data=offer.tool,
    )


def _button(offer: ToolOffer) -> ButtonSpec | None:
    """In the tool bar at the left; the tools of masks have theirs in their panel."""
    if offer.tool.corrects:
        return None
    return ButtonSpec(offer.section, icon_only=True, bar=MOUSE_BAR)


MEASURE_MENU: tuple[Row | Rows, ...] = (
    MenuSpec("measure", MENU_TITLES["measure"]),
    _tools,
    ActionSpec(
        "brush-larger",
        mark("Larger brush"),
        mark("The brush and the eraser of masks by a quarter"),
        menu="measure",
        section="mask",
        icon="plus",
        key="]",
        enabled=has_corrected_mask,
    ),
    ActionSpec(
        "brush-smaller",
        mark("Smaller brush"),
        mark("The brush and the eraser of masks by a fifth"),
        menu="measure",
        section="mask",
        icon="minus",
        key="[",
        enabled=has_corrected_mask,
    ),
)
