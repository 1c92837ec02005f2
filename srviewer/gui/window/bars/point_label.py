"""The text on the point under the mouse, in each of the studies that are shown."""

import numpy as np

from srviewer.core.intensity.window import Window
from srviewer.core.slices.planes import Plane
from srviewer.core.slices.slab_projector import projected_value
from srviewer.core.slices.thick_slab import SlabPlace
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.linked_views import both_shown, crosshairs, link_of
from srviewer.gui.state.shown_pair import ShownPair
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.offered import compared
from srviewer.gui.texts.translation import tr
from srviewer.gui.texts.values import value_text
from srviewer.gui.texts.wording import counted, label_text, slab_text
from srviewer.gui.widgets.form import ElidedLabel
from srviewer.study.state.slab_of_study import slab_at
from srviewer.study.state.view import Point


class PointLabel(ElidedLabel):
    """The point under the mouse, else under the crosshair: mm, voxel, values, labels.

    While a thick slab is shown, values are of the slab: in the plane under the mouse, else in the
    active one. While two studies are shown, the names say which values are of which; a study that
    is not linked has values of its own crosshair.
    """

    def __init__(self, study: ShownStudy) -> None:
        super().__init__("muted")
        self._study, self._pair = study, ShownPair(study)
        self.setAccessibleName(tr("Point under the mouse"))
        study.hovered.connect(self._show)
        study.follow(self._show_cursor, "view", "result", "overlays", "comparing")
        if study.second is not None:
            study.second.hovered.connect(self._show_second)
            study.second.follow(
                self._show_second_cursor, "view", "scan", "compared_volumes", "overlays"
            )

    def _show_cursor(self) -> None:
        self._show(None, None)

    def _show_second_cursor(self) -> None:
        if both_shown(self._study):
            self._show_second(None, None)

    def _show(self, point: Point | None, plane: Plane | None) -> None:
        """Show a point of the current study; None for the crosshair."""
        study = self._study
        if study.scan is None:
            self.show_text("")
        elif not both_shown(study):
            where = study.view.cursor_mm if point is None else point
            self.show_text(_joined(self._current(where, plane or study.active)))
        elif point is None:
            self._show_both(*crosshairs(study), plane)
        else:
            link, (_, there) = link_of(study), crosshairs(study)
            self._show_both(point, link.to_second(point) if link.linked else there, plane)

    def _show_second(self, point: Point | None, plane: Plane | None) -> None:
        """Show a point of the second study; None for the crosshair."""
        study, second = self._study, self._study.second
        if second is None or second.scan is None or study.scan is None:
            return
        link, (where, there) = link_of(study), crosshairs(study)
        if point is not None:
            where, there = link.from_second(point) if link.linked else where, point
        self._show_both(where, there, plane)

    def _show_both(self, where: Point, there: Point, plane: Plane | None) -> None:
        study, second = self._study, self._study.second
        assert second is not None
        parts = _shown(study, where, plane), _shown(second, there, plane)
        names = self._pair.names
        texts = (f"{name}:  {_joined(part)}" for name, part in zip(names, parts, strict=True))
        self.show_text("      ".join(texts))

    def _current(self, where: Point, plane: Plane) -> list[str]:
        """The texts of the current study."""
        study = self._study
        assert study.scan is not None
        scale = study.auto_window
        parts = [_position(where)]
        slab = slab_at(study.state, plane, where)
        index = _voxel(study.scan, where)
        if index is None:
            parts.append(tr("outside the scan"))
        else:
            parts.append(tr("voxel {numbers}", numbers=_counted(study.scan, index)))
            parts.append(_said(study, plane, where, tr("before"), study.scan, index))
        if study.result is not None:
            after = study.result.volume
            index = _voxel(after, where)
            if index is not None:
                parts.append(_value(tr("after"), after, index, slab, scale))
        return [*parts, *_labels(study, where)]


def _shown(study: ShownStudy, where: Point, plane: Plane | None) -> list[str]:
    """The texts of one of two studies: its values are those of the volume that is shown."""
    entry = compared(study.state)[0]
    if entry.volume is None:
        return []
    index = _voxel(entry.volume, where)
    if index is None:
        return [_position(where), tr("outside the scan")]
    value = _said(study, plane or study.active, where, entry.name, entry.volume, index)
    return [_position(where), value, *_labels(study, where)]


def _said(
    study: ShownStudy,
    plane: Plane,
    where: Point,
    name: str,
    volume: Volume,
    index: tuple[int, int, int],
) -> str:
    """The value of a volume of a study, with the slab of which it is."""
    slab = slab_at(study.state, plane, where)
    value = _value(name, volume, index, slab, study.auto_window)
    if slab is None:
        return value
    text = slab_text(slab.kind, slab.mm)
    return tr("{plane}, {slab}: {value}", plane=tr(plane.title), slab=text, value=value)


def _labels(study: ShownStudy, where: Point) -> list[str]:
    """The labels at a position of the overlays of a study, the topmost first."""
    return [
        label_text(label)
        for overlay in reversed(study.overlays)
        if overlay.opacity > 0 and (label := overlay.label_at(where)) is not None
    ]


def _joined(parts: list[str]) -> str:
    return "   |   ".join(parts)


def _position(where: Point) -> str:
    return "RAS " + "  ".join(f"{mm:z.1f}" for mm in where) + " mm"


def _counted(volume: Volume, index: tuple[int, int, int]) -> str:
    """The numbers of a voxel along i, j and k, counted as slices are."""
    shape = volume.geometry.shape
    return "  ".join(counted(n, count) for n, count in zip(index, shape, strict=True))


def _value(
    name: str,
    volume: Volume,
    index: tuple[int, int, int],
    slab: SlabPlace | None,
    scale: Window,
) -> str:
    value = float(volume.voxels[index]) if slab is None else projected_value(volume, slab, index)
    return f"{name} {value_text(value, scale)}"


def _voxel(volume: Volume, world_mm: Point) -> tuple[int, int, int] | None:
    """The voxel that holds a RAS+ point; None outside."""
    i, j, k = (int(n) for n in np.floor(volume.geometry.index(world_mm) + 0.5))
    inside = all(0 <= n < count for n, count in zip((i, j, k), volume.geometry.shape, strict=True))
    return (i, j, k) if inside else None
