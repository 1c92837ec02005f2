"""The panes in which a series can be dropped, and what follows."""

from srviewer.core.visible_text import visible_line
from srviewer.gui.study.second_studies import SecondStudies
from srviewer.gui.texts.translation import tr
from srviewer.gui.views.compare_view import CompareView
from srviewer.gui.window.thumbnails.series_drag import DropPlace
from srviewer.io.scans.series import Series


def series_places(compare: CompareView, seconds: SecondStudies) -> tuple[DropPlace, ...]:
    """Where a series can be dropped now.

    Args:
        compare: The panes.
        seconds: Opens what is dropped.

    Returns:
        With two studies, the panes of each; else all panes, which then show two studies.
    """

    def beside(series: Series) -> str:
        return tr(
            "Shows {name} beside {scan}", name=_quoted(series.name), scan=_quoted(_current(seconds))
        )

    def left(series: Series) -> str:
        return tr("Shows {name} here", name=_quoted(series.name))

    if compare.second is not None and compare.second.row.isVisible():
        return (
            DropPlace(compare.second.row, left, seconds.show_series),
            DropPlace(compare.scan, left, seconds.show_left),
        )
    return (DropPlace(compare, beside, seconds.show_series),)


def _current(seconds: SecondStudies) -> str:
    scan = seconds.study.scan
    return "" if scan is None else scan.name


def _quoted(name: str) -> str:
    return f"'{visible_line(name)}'"
