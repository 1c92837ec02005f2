"""Arrangements of the window that the user has given a name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from msgspec import Meta
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QSplitter

from srviewer.codec import DocumentType, from_plain, known_fields, to_plain
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.user_files.private_settings import stored_document
from srviewer.gui.widgets.panel_tabs import PanelTabs
from srviewer.study.state.comparing import Comparing

KEY = "layouts"
LAYOUT = DocumentType("srviewer layout", 1, unmarked=1)
WIDEST = 100_000  # px


@dataclass(frozen=True)
class NamedLayout:
    """A layout as it is stored.

    Attributes:
        comparing: The fields of ``Comparing`` that were known when it was saved.
        smooth: Whether pixels are interpolated on screen.
        panel: The number of the open panel, from 0, as earlier versions know it.
        sizes: The width of each part of the window, px.
        panel_id: The id of the open panel.
    """

    comparing: Mapping[str, Any]
    smooth: bool
    panel: Annotated[int, Meta(ge=0)]
    sizes: tuple[Annotated[int, Meta(ge=0, le=WIDEST)], ...]
    panel_id: str = ""


class NamedLayouts:
    """Stored settings of comparison, interpolation, open panel and its width, by name."""

    def __init__(
        self, settings: QSettings, study: ShownStudy, splitter: QSplitter, panels: PanelTabs
    ) -> None:
        self._settings, self._study = settings, study
        self._splitter, self._panels = splitter, panels

    def names(self) -> tuple[str, ...]:
        """The names of the stored layouts, in alphabetical order."""
        return tuple(sorted(self._stored(), key=str.casefold))

    def save(self, name: str) -> None:
        """Store the present arrangement of the window.

        Args:
            name: Its name; an arrangement that has this name already is replaced.
        """
        kept = NamedLayout(
            to_plain(replace(self._study.comparing, swapped=False)),
            self._study.view.smooth,
            self._panels.currentIndex(),
            tuple(self._splitter.sizes()),
            self._panels.shown,
        )
        self._write({**self._stored(), name: to_plain(kept)})

    def show(self, name: str) -> None:
        """Arrange the window as it was when an arrangement was saved.

        Args:
            name: The name of the arrangement; an unknown name changes nothing.
        """
        try:
            kept = LAYOUT.upgraded(self._stored().get(name))
        except ValueError:
            return
        known = known_fields(kept, NamedLayout)
        self._study.compare(_comparing(known.get("comparing", {}), self._study.comparing))
        if "smooth" in known:
            self._study.set_smooth(known["smooth"])
        if not self._panels.show_panel(known.get("panel_id")):
            self._panels.show_number(known.get("panel"))
        if len(known.get("sizes", ())) == self._splitter.count():
            self._splitter.setSizes(known["sizes"])

    def delete(self, name: str) -> None:
        """Delete a stored arrangement.

        Args:
            name: Its name; an unknown name changes nothing.
        """
        self._write({key: value for key, value in self._stored().items() if key != name})

    def _stored(self) -> Mapping[str, Any]:
        """Those that are there; what something else has written is as good as none."""
        stored = stored_document(self._settings, KEY)
        known = stored if isinstance(stored, dict) else {}
        return {name: kept for name, kept in known.items() if isinstance(kept, dict)}

    def _write(self, layouts: Mapping[str, Any]) -> None:
        self._settings.setValue(KEY, json.dumps(layouts))
        self._settings.sync()


def _comparing(kept: Mapping[str, object], now: Comparing) -> Comparing:
    """``now`` with what was saved; as it is where that makes no sense."""
    try:
        return from_plain({**to_plain(now), **kept, "swapped": now.swapped}, Comparing)
    except ValueError:
        return now
