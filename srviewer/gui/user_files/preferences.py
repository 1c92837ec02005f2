"""What the user prefers, kept between runs."""

import os
from dataclasses import asdict, dataclass, replace
from typing import Any

from PySide6.QtCore import QSettings

from srviewer.gui.appearance.theme import SCHEMES, Scheme
from srviewer.nn.devices.threads import MOST_THREADS
from srviewer.sr.models.devices import device_choices

KEY = "preferences"


@dataclass(frozen=True)
class Preferences:
    """``device``: of a scan's first reconstruction. ``threads``: 0 leaves it to torch.

    ``autosave``, ``log``, ``recent``: which files of its own srviewer keeps.
    """

    theme: Scheme = "dark"
    device: str = "auto"
    threads: int = 0
    autosave: bool = True
    log: bool = True
    recent: bool = True


def read_preferences(settings: QSettings) -> Preferences:
    """Those in ``settings``; what was never written, or makes no sense, is as at first."""
    first = Preferences()

    # Without its type, QSettings gives back text after a restart.
    def value(name: str, kind: type) -> Any:
        return settings.value(f"{KEY}/{name}", getattr(first, name), type=kind)

    theme, device, threads = value("theme", str), value("device", str), value("threads", int)
    fits = isinstance(threads, int) and 0 <= threads <= MOST_THREADS
    return replace(
        first,
        theme=theme if theme in SCHEMES else first.theme,
        device=device if device in device_choices() else first.device,
        threads=threads if fits else first.threads,
        autosave=bool(value("autosave", bool)),
        log=bool(value("log", bool)),
        recent=bool(value("recent", bool)),
    )


def write_preferences(settings: QSettings, preferences: Preferences) -> None:
    """Keep them for the next run."""
    for name, value in asdict(preferences).items():
        settings.setValue(f"{KEY}/{name}", value)
    settings.sync()


def processors() -> int:
    """How many this machine has."""
    return os.cpu_count() or 1
