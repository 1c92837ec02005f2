"""The preferences of the user, kept between runs."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from PySide6.QtCore import QSettings

from srviewer.gui.appearance.theme import SCHEMES, Scheme
from srviewer.nn.devices.threads import MOST_THREADS
from srviewer.sr.models.devices import device_choices

KEY = "preferences"


@dataclass(frozen=True)
class Preferences:
    """The settings of the preferences dialog.

    Attributes:
        theme: Dark, light, or that of the desktop.
        device: Of a scan's first reconstruction; an entry of ``device_choices()``.
        threads: For computing on the processor; 0 leaves the number to torch.
        autosave: Whether open studies are autosaved.
        log: Whether a log is written.
        recent: Whether the list of recent files is kept.
    """

    theme: Scheme = "dark"
    device: str = "auto"
    threads: int = 0
    autosave: bool = True
    log: bool = True
    recent: bool = True


def read_preferences(settings: QSettings) -> Preferences:
    """Read the preferences.

    Args:
        settings: Holds them under ``preferences/``.

    Returns:
        The stored values; the default of each that is missing or not valid.
    """
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
    """Store the preferences for the next run.

    Args:
        settings: Written to at once.
        preferences: All of them, also those that are at their default.
    """
    for name, value in asdict(preferences).items():
        settings.setValue(f"{KEY}/{name}", value)
    settings.sync()
