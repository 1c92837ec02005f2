"""The rows of the menu of two studies beside each other, and of the thumbnails of series."""

from srviewer.gui.menus.tables.specs import WINDOW, ActionSpec, MenuSpec, Row, has_second_study
from srviewer.gui.texts.translation import mark
from srviewer.study.state.study_state import StudyState


def _is_linked(state: StudyState) -> bool:
    return state.second_study is not None and state.second_study.link.linked


SECOND_STUDY_MENU: tuple[Row, ...] = (
    MenuSpec(
        "second-study",
        mark("Second study"),
        menu="view",
        section="layouts",
        icon="book-open-page-variant-outline",
        enabled=has_second_study,
    ),
    ActionSpec(
        "second-linked",
        mark("Linked"),
        mark("Crosshair, zoom and middle of the panes of both studies follow each other"),
        menu="second-study",
        icon="link-variant",
        key="Ctrl+L",
        checkable=True,
        enabled=has_second_study,
        checked=_is_linked,
    ),
    ActionSpec(
        "second-align",
        mark("Align"),
        mark("Find the rigid motion between both studies by registration"),
        menu="second-study",
        section="place",
        icon="vector-combine",
        key="Ctrl+Shift+L",
        enabled=has_second_study,
    ),
    ActionSpec(
        "second-join",
        mark("These positions belong together"),
        mark("Link both studies so that what the two crosshairs show is one position"),
        menu="second-study",
        section="place",
        icon="crosshairs-gps",
        key="Shift+L",
        enabled=has_second_study,
    ),
    ActionSpec(
        "second-headers",
        mark("Positions of the headers"),
        mark("Forget what was aligned or set by hand"),
        menu="second-study",
        section="place",
        icon="backup-restore",
        enabled=has_second_study,
    ),
)

THUMBNAILS = ActionSpec(
    "thumbnails",
    mark("Thumbnails"),
    mark("Show all series of the opened files beside the panes, or hide them"),
    menu="view",
    section=WINDOW,
    icon="view-gallery-outline",
    key="F8",
    checkable=True,
)
