"""The rows of the keys that stand in no menu."""

from srviewer.gui.menus.tables.specs import ActionSpec, Row
from srviewer.gui.texts.translation import mark

KEYS_ALONE: tuple[Row, ...] = (
    ActionSpec("next-study", mark("Next study"), mark("Next study"), key="Ctrl+Tab"),
    ActionSpec(
        "previous-study", mark("Previous study"), mark("Previous study"), key="Ctrl+Shift+Tab"
    ),
)
