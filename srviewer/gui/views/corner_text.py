"""The text of the header in the corner of a pane: patient, date, series, times, thickness."""

from srviewer.core.volumes.header_summary import HeaderSummary, header_summary
from srviewer.core.volumes.volume import ScanHeader
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.wording import millimetres
from srviewer.gui.views.drawing.text_drawing import Line


def corner_text(shown: ScanHeader) -> tuple[Line, ...]:
    """The lines of the header's text.

    Args:
        shown: Header of the volume in the pane.

    Returns:
        Patient, date, series, times, thickness and spacing, as far as the file says them.
    """
    summary = header_summary(shown.origin)
    texts = (summary.patient, summary.date, shown.name, _times(summary), *_lengths(shown))
    return tuple(Line(text, theme.MUTED) for text in texts if text)


def _times(summary: HeaderSummary) -> str:
    times = (
        ("TR", summary.repetition_ms),
        ("TE", summary.echo_ms),
        ("TI", summary.inversion_ms),
    )
    known = [f"{name} {value:g}" for name, value in times if value is not None]
    return "  ".join(known) + " ms" if known else ""


def _lengths(shown: ScanHeader) -> tuple[str, ...]:
    spacing = tr("spacing {lengths}", lengths=millimetres(shown.geometry.spacing))
    if shown.slice_thickness is None:
        return (spacing,)
    return tr("thickness {length}", length=millimetres([shown.slice_thickness])), spacing
