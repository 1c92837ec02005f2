"""Grey-level windows by name."""

from collections.abc import Callable
from dataclasses import dataclass

from srviewer.core.intensity.padding import measured_limits
from srviewer.core.intensity.window import Window
from srviewer.core.volumes.volume import Volume
from srviewer.gui.texts.translation import mark


@dataclass(frozen=True)
class WindowPreset:
    """A named grey-level window.

    Attributes:
        title: For the menu, to be translated.
        tip: Tooltip, to be translated.
        modality: DICOM's code of the only modality that it is offered for; "" for all.
        window: Computes the window of a volume, in the volume's unit, from the volume and its
            automatic window.
        reads_voxels: Whether that takes long in a large volume.
    """

    title: str
    tip: str
    modality: str
    window: Callable[[Volume, Window], Window]
    reads_voxels: bool = False


def _automatic(volume: Volume, automatic: Window) -> Window:
    return automatic


def _full(volume: Volume, automatic: Window) -> Window:
    low, high = measured_limits(volume)
    return Window.of_level((low + high) / 2, high - low)


def _steeper(volume: Volume, automatic: Window) -> Window:
    return Window.of_level(automatic.level, 0.6 * automatic.width)


def _dark(volume: Volume, automatic: Window) -> Window:
    return Window(automatic.low, automatic.low + 0.5 * automatic.width)


def _hounsfield(level: float, width: float) -> Callable[[Volume, Window], Window]:
    return lambda volume, automatic: Window.of_level(level, width)


WINDOW_PRESETS = (
    WindowPreset(mark("Automatic"), mark("0.5 % to 99.8 % of the values"), "", _automatic),
    WindowPreset(
        mark("Full range"), mark("From the smallest to the largest value"), "", _full, True
    ),
    WindowPreset(
        mark("High contrast"), mark("The middle 60 % of the automatic window"), "", _steeper
    ),
    WindowPreset(mark("Dark tissue"), mark("The lower half of the automatic window"), "", _dark),
    WindowPreset(mark("CT brain"), mark("Level 40 HU, width 80 HU"), "CT", _hounsfield(40, 80)),
    WindowPreset(
        mark("CT soft tissue"), mark("Level 50 HU, width 400 HU"), "CT", _hounsfield(50, 400)
    ),
    WindowPreset(
        mark("CT lung"), mark("Level -600 HU, width 1500 HU"), "CT", _hounsfield(-600, 1500)
    ),
    WindowPreset(
        mark("CT bone"), mark("Level 400 HU, width 1800 HU"), "CT", _hounsfield(400, 1800)
    ),
)
