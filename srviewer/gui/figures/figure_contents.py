"""Conversion between what the window shows and the plain values of a figure."""

from dataclasses import replace

from srviewer.core.intensity.window import Window
from srviewer.core.slices.figure_contents import FigureContents
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.thick_slab import NO_SLAB
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.rotation_of_study import is_rotated
from srviewer.study.state.view import View


def picture_of(study: ShownStudy) -> FigureContents:
    """Read the contents of a figure from a study.

    Args:
        study: What the window shows.

    Returns:
        Its contents without the header's text; size, resolution and theme as in a new figure.
    """
    view, comparing, rotated = study.view, study.comparing, is_rotated(study.state)
    return FigureContents(
        layout=comparing.layout,
        at=view.cursor_mm,
        window=(view.window.low, view.window.high),
        centre=view.centre_mm,
        zoom=view.zoom,
        plane=view.only.value if view.only else None,
        main=view.main.value if view.main else None,
        smooth=view.smooth,
        radiological=view.radiological,
        colours=view.colours,
        inverted=view.inverted,
        crosshair=view.crosshair,
        turns=view.turns,
        slab=view.thick_slab if view.thick_slab.shown and not rotated else NO_SLAB,
        rotation=view.rotation,
        divider=comparing.divider,
        upright=comparing.upright,
        tile_mm=comparing.tile_mm,
        span=comparing.difference_range,
    )


def look(study: ShownStudy, picture: FigureContents) -> None:
    """Set the view and the comparison of a study to the contents of a figure.

    Args:
        study: The scan is open in it.
        picture: Contents of the figure.
    """
    view: View = replace(
        study.view,
        centre_mm=picture.centre,
        zoom=picture.zoom,
        only=Plane(picture.plane) if picture.plane else None,
        main=Plane(picture.main) if picture.main else None,
        smooth=picture.smooth,
        radiological=picture.radiological,
        colours=picture.colours,
        inverted=picture.inverted,
        crosshair=picture.crosshair,
        turns=picture.turns,
        header_text=picture.header_text,
        thick_slab=picture.slab,
        rotation=picture.rotation,
    )
    if picture.at is not None:
        view = replace(view, cursor_mm=picture.at)
    if picture.window is not None:
        view = replace(view, window=Window(*picture.window))
    study.look(view)
    study.compare(
        Comparing(
            layout=picture.layout,
            divider=picture.divider,
            upright=picture.upright,
            tile_mm=picture.tile_mm,
            difference_range=picture.span,
        )
    )


def copied(study: ShownStudy) -> ShownStudy:
    """A copy of a study that shows the same and that nobody else changes, for a figure.

    Args:
        study: Its flip key may be held, which the copy ignores.

    Returns:
        A new study with the same state and the same second study, without the header's text: it
        names a person.
    """
    copy = ShownStudy()
    if study.second is not None:
        copy.second = ShownStudy(copy)
        shown = replace(study.second.view, header_text=False)
        copy.second.set(replace(study.second.state, view=shown))
    view = replace(study.view, header_text=False)
    comparing = replace(study.comparing, swapped=False)
    copy.set(replace(study.state, view=view, comparing=comparing))
    return copy
