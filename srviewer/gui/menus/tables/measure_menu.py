"""The rows of the menu of the tools that measure."""

from collections.abc import Iterable

from srviewer.gui.menus.tables.menu_titles import MENU_TITLES
from srviewer.gui.menus.tables.specs import MOUSE_BAR, ActionSpec, ButtonSpec, MenuSpec, Row, Rows
from srviewer.gui.state.tool_offers import TOOL_OFFERS, ToolOffer

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
        button=ButtonSpec(offer.section, icon_only=True, bar=MOUSE_BAR),
        checkable=True,
        group=TOOL,
        data=offer.tool,
    )


MEASURE_MENU: tuple[Row | Rows, ...] = (
    MenuSpec("measure", MENU_TITLES["measure"]),
    _tools,
)
