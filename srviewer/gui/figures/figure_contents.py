"""From what the window shows to a picture's plain values, and back."""

from dataclasses import replace

from srviewer.core.intensity.window import Window
from srviewer.core.slices.figure_contents import Picture
from srviewer.core.slices.planes import Plane
from srviewer.gui.state.session import Session
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.view import View


def picture_of(session: Session) -> Picture:
    """What the window shows now; size, resolution and theme are those of a new figure."""
    view, how = session.view, session.comparing
    return Picture(
        layout=how.layout,
        at=view.cursor_mm,
        window=(view.window.low, view.window.high),
        centre=view.centre_mm,
        zoom=view.zoom,
        plane=view.only.name.lower() if view.only else None,
        smooth=view.smooth,
        radiological=view.radiological,
        colours=view.colours,
        inverted=view.inverted,
        crosshair=view.crosshair,
        divider=how.divider,
        upright=how.upright,
        tile_mm=how.tile_mm,
        span=how.difference_range,
    )


def look(session: Session, picture: Picture) -> None:
    """Make a session, in which the scan is open, show a picture."""
    view: View = replace(
        session.view,
        centre_mm=picture.centre,
        zoom=picture.zoom,
        only=Plane(picture.plane) if picture.plane else None,
        smooth=picture.smooth,
        radiological=picture.radiological,
        colours=picture.colours,
        inverted=picture.inverted,
        crosshair=picture.crosshair,
    )
    if picture.at is not None:
        view = replace(view, cursor_mm=picture.at)
    if picture.window is not None:
        view = replace(view, window=Window(*picture.window))
    session.look(view)
    session.compare(
        Comparing(
            layout=picture.layout,
            divider=picture.divider,
            upright=picture.upright,
            tile_mm=picture.tile_mm,
            difference_range=picture.span,
        )
    )


def copied(session: Session) -> Session:
    """A session that shows the same and that nobody else changes: for a figure."""
    copy = Session()
    copy.set(replace(session.state, comparing=replace(session.comparing, swapped=False)))
    return copy
