"""Arrangements of the window that the user has given a name."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from enum import Enum
from typing import Any

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QSplitter, QTabWidget

from srviewer.gui.own_settings import stored_document
from srviewer.gui.session import Session
from srviewer.io.saved_looks import comparing_of
from srviewer.io.session_fields import fields_of
from srviewer.study.comparing import Comparing, Layout

KEY = "layouts"
WIDEST = 100_000  # px


class NamedLayouts:
    """How volumes are compared, interpolation, open panel and its width, by name in settings."""

    def __init__(
        self, settings: QSettings, session: Session, splitter: QSplitter, panels: QTabWidget
    ) -> None:
        self._settings, self._session = settings, session
        self._splitter, self._panels = splitter, panels

    def names(self) -> tuple[str, ...]:
        """In the order of the alphabet."""
        return tuple(sorted(self._stored(), key=str.casefold))

    def save(self, name: str) -> None:
        """Give the present arrangement this name; one that has it is replaced."""
        comparing = replace(self._session.comparing, swapped=False)
        values = {
            key: value.value if isinstance(value, Enum) else value
            for key, value in asdict(comparing).items()
        }
        kept = {
            "comparing": values,
            "smooth": self._session.view.smooth,
            "panel": self._panels.currentIndex(),
            "sizes": self._splitter.sizes(),
        }
        self._write({**self._stored(), name: kept})

    def show(self, name: str) -> None:
        """Arrange the window as it was when ``name`` was saved."""
        kept = self._stored().get(name)
        if not isinstance(kept, dict):
            return
        self._session.compare(_comparing(kept.get("comparing"), self._session.comparing))
        if isinstance(smooth := kept.get("smooth"), bool):
            self._session.set_smooth(smooth)
        panel, sizes = kept.get("panel"), kept.get("sizes")
        if isinstance(panel, int) and 0 <= panel < self._panels.count():
            self._panels.setCurrentIndex(panel)
        if isinstance(sizes, list) and len(sizes) == self._splitter.count() and fit(sizes):
            self._splitter.setSizes(sizes)

    def delete(self, name: str) -> None:
        """Forget it."""
        self._write({key: value for key, value in self._stored().items() if key != name})

    def _stored(self) -> Mapping[str, Any]:
        """Those that are there; what something else has written is as good as none."""
        stored = stored_document(self._settings, KEY)
        known = stored if isinstance(stored, dict) else {}
        return {name: kept for name, kept in known.items() if isinstance(kept, dict)}

    def _write(self, layouts: Mapping[str, Any]) -> None:
        self._settings.setValue(KEY, json.dumps(layouts))
        self._settings.sync()


def fit(sizes: list[Any]) -> bool:
    """Whether these are widths that a window may have, in px."""
    return all(type(size) is int and 0 <= size <= WIDEST for size in sizes)


def _comparing(kept: Any, now: Comparing) -> Comparing:
    """``now`` with what was saved; as it is where that makes no sense."""
    if not isinstance(kept, dict):
        return now
    try:
        fields = fields_of({**asdict(now), "layout": now.layout.value, **kept}, "the layout")
        saved = asdict(comparing_of(fields))
        layout = Layout(fields.text("layout"))
    except ValueError:
        return now
    return replace(now, **saved, layout=layout)
