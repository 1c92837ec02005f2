"""The colours of the two themes; text over images always has those of the dark one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Colours:
    """Every colour of one theme, as #rrggbb.

    Text, muted, accent, warning, danger and cubic reach a contrast of 4.5 on base, surface and
    what they are written on (WCAG AA), which the tests of the theme compute.

    Attributes:
        base: Behind lists and plots.
        surface: Of the window.
        raised: Of controls.
        accent_dark: Behind text in the accent colour.
        warning_dark: Behind text in the warning colour.
        danger_dark: Behind text in the danger colour.
        cubic: Of the curve of cubic interpolation.
    """

    base: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_bright: str
    accent_dark: str
    warning: str
    warning_dark: str
    danger: str
    danger_dark: str
    cubic: str


DARK = Colours(
    base="#121419",
    surface="#1a1d24",
    raised="#242933",
    border="#323946",
    text="#e8ebf1",
    muted="#9ba5b7",
    disabled="#626c7e",
    accent="#4cc3d9",
    accent_bright="#74d4e6",
    accent_dark="#0d2b31",
    warning="#f2b45c",
    warning_dark="#2e2415",
    danger="#ff7b72",
    danger_dark="#331b1d",
    cubic="#c9a26b",
)
LIGHT = Colours(
    base="#ffffff",
    surface="#f3f4f7",
    raised="#e4e8ee",
    border="#bcc4d0",
    text="#1a1d24",
    muted="#4d5768",
    disabled="#8f98a8",
    accent="#0a6577",
    accent_bright="#0c7c92",
    accent_dark="#d2eaef",
    warning="#7d4a00",
    warning_dark="#fcefd9",
    danger="#a8201a",
    danger_dark="#fbe6e4",
    cubic="#84591a",
)
