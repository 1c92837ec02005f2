"""Projects slabs of volumes, from the last projection where the slab has moved a little."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from srviewer.core.geometry.grid import Axis
from srviewer.core.intensity.padding import measured_voxels
from srviewer.core.slices.pace import Pace
from srviewer.core.slices.planes import PixelGrid, pixel_grid
from srviewer.core.slices.sampling import parallel, sampled_slice
from srviewer.core.slices.scattered_slices import ScatteredSlices, is_scattered
from srviewer.core.slices.thick_slab import SlabKind, SlabPlace
from srviewer.core.slices.thinned_voxels import Steps, thinned_grid
from srviewer.core.volumes.volume import ScanHeader, Volume, Voxels

# "largest": of each voxel the value of the largest magnitude, with its sign; of masks and labels
# that is the maximum.
Projection = SlabKind | Literal["largest"]
# Gives the more extreme of two images by pixel: a new array, or the third, which may be the first.
More = Callable[[Voxels, Voxels, Voxels | None], Voxels]
MOST_HELD = 6  # volumes of a pane: A, B, overlays
MOST_COPIED = 128 * 2**20  # bytes of copied slices of one volume
GROUP = 8  # slices at most whose extreme is held: a power of two
_Key = tuple[Projection, Axis, frozenset[int], Steps]
_NONE = np.zeros((0, 0), np.float32)
STEP = "projection of a thick slab"


@dataclass
class _Held:
    """The last projection of a volume.

    Attributes:
        key: What of the slices, the axis across them, the labels that count as 0, and the voxels
            of each slice.
        numbers: The slices that were projected.
        pixels: Their projection, in the order of the two other array axes.
        total: float64 sum of the slices, 0 for padding; of a mean alone.
        measured: The number of slices without padding, by pixel; None for a volume without padding.
        copies: Slices that are costly to read, in order; not of a mean.
        groups: The extremes of 2, 4 or ``GROUP`` slices, by the first, a multiple of their count,
            and the count; not of a mean.
        reader: Of slices that lie scattered in memory; None for others, and for masks, which change
            while they are painted.
        projected: The projection as a volume, by its place.
    """

    key: _Key
    numbers: range
    pixels: Voxels
    total: npt.NDArray[np.float64] | None = None
    measured: npt.NDArray[np.int32] | None = None
    copies: dict[int, Voxels] = field(default_factory=dict)
    groups: dict[tuple[int, int], Voxels] = field(default_factory=dict)
    reader: ScatteredSlices | None = None
    projected: tuple[tuple[object, ...], Volume] | None = None

    def at(self, place: SlabPlace, volume: Volume) -> Volume:
        """The projection as a volume; the same object while its place is the same."""
        if self.projected is None or not self.is_at(place):
            pixels = np.expand_dims(self.pixels, self.key[1])
            self.projected = place.key, volume.derived(pixels, place.grid(volume.geometry), STEP)
        return self.projected[1]

    def is_at(self, place: SlabPlace) -> bool:
        """Whether the volume of the projection has been made for a place."""
        return self.projected is not None and self.projected[0] == place.key


class SlabProjector:
    """Projects the slabs of one pane; it keeps no volume alive."""

    def __init__(self, pace: Pace) -> None:
        """Begin without projections.

        Args:
            pace: Told of the time that projecting takes.
        """
        self._pace = pace
        # By volume: as an image and as an overlay, of all voxels of a slice and of some of them.
        self._held: WeakKeyDictionary[Volume, dict[tuple[bool, bool], _Held]]
        self._held = WeakKeyDictionary()

    def forget(self) -> None:
        """Let go of every projection."""
        self._held.clear()

    def projected(self, volume: Volume, place: SlabPlace) -> Volume:
        """The projection of a slab of a volume.

        Args:
            volume: The volume; padding counts only where there is nothing else.
            place: The slab.

        Returns:
            A volume of a single slice, on ``place.grid``, in the same unit.
        """
        return self._volume(volume, place, place.kind, frozenset())

    def projected_overlay(
        self, volume: Volume, place: SlabPlace, base: ScanHeader, hidden: frozenset[int]
    ) -> Volume:
        """The projection of a mask, label map or map of values: the largest magnitude.

        Args:
            volume: The overlay.
            place: The slab.
            base: The volume that it lies over.
            hidden: Labels that count as 0.

        Returns:
            A volume of a single slice. Of an overlay that is oblique to ``base`` it lies on the
            grid of the slab in ``base``, with the voxels nearest to those, 0 where there are none.
        """
        if parallel(volume.geometry, base.geometry):
            return self._volume(volume, place, "largest", hidden)
        return _sampled(volume, place, base, hidden)

    def _volume(
        self, volume: Volume, place: SlabPlace, kind: Projection, hidden: frozenset[int]
    ) -> Volume:
        use = kind == "largest", place.pixel_mm > 0
        last = self._held.get(volume, {}).get(use)
        if last is not None and last.is_at(place) and last.key[::2] == (kind, hidden):
            return last.at(place, volume)  # as mostly: a pane asks for it several times a frame
        axis, numbers = place.plane.normal_axis(volume.geometry), place.numbers(volume.geometry)
        steps, known = place.steps(volume.geometry), self._held.pop(volume, {})
        key = kind, axis, hidden, steps
        if last is not None and last.key != key:
            last = None
        if last is None or last.numbers != numbers:
            project = _mean if kind == "mean" else _extreme
            with self._pace.computing() as pixels:
                last = known[use] = project(_slices(volume, key, last), numbers, last)
                pixels.append(last.pixels.size * max(steps))  # as ``SLAB`` counts them
        for oldest in list(self._held)[: 1 - MOST_HELD]:
            del self._held[oldest]
        self._held[volume] = known
        return last.at(place, volume)


def projected_value(volume: Volume, place: SlabPlace, index: tuple[int, int, int]) -> float:
    """The value of the projection of a slab at a voxel.

    Args:
        volume: The volume.
        place: The slab.
        index: Of the voxel; its entry along the normal axis does not count.

    Returns:
        In the unit of the volume; the padding value where all is padding.
    """
    axis, numbers = place.plane.normal_axis(volume.geometry), place.numbers(volume.geometry)
    through = tuple(
        slice(numbers.start, numbers.stop) if a == axis else n for a, n in enumerate(index)
    )
    values = measured_voxels(volume.voxels[through], volume.padding).astype(np.float64)
    if values.size == 0:
        return float(volume.voxels[index])
    if place.kind == "mean":
        return float(values.mean())
    return float(values.max() if place.kind == "maximum" else values.min())


@dataclass(frozen=True)
class _Slices:
    """The slices of a volume across an axis."""

    voxels: Voxels
    padding: float | None
    key: _Key
    reader: ScatteredSlices | None

    def read(self, number: int) -> Voxels:
        """A slice, without hidden labels; a view where that is as fast to read as a copy."""
        if self.reader is not None:
            return self.reader.read(number)
        _, axis, hidden, _ = self.key
        pixels: Voxels = np.moveaxis(self.voxels, axis, 0)[number]
        if hidden:
            return np.where(np.isin(np.rint(pixels), list(hidden)), np.float32(0), pixels)
        # In the order of the voxels: a copy by rows would take four times as long.
        return pixels.copy(order="K") if self.scattered else pixels

    def padded(self, pixels: Voxels) -> npt.NDArray[np.bool_] | None:
        """Where a slice is padding; None for a volume without padding."""
        return None if self.padding is None else pixels == np.float32(self.padding)

    @property
    def scattered(self) -> bool:
        """Whether a slice is read voxel by voxel."""
        return is_scattered(self.voxels, self.key[1])

    @property
    def costly(self) -> bool:
        """Whether slices are held as copies, since they are scattered or changed."""
        return self.scattered or self.padding is not None or bool(self.key[2])

    @property
    def bytes(self) -> int:
        """Bytes of a slice."""
        return int(self.voxels.nbytes) // int(self.voxels.shape[self.key[1]])


def _slices(volume: Volume, key: _Key, last: _Held | None) -> _Slices:
    """The slices of a volume, with the reader of its last projection."""
    kind, axis, _, (i, j, k) = key
    voxels = volume.voxels[::i, ::j, ::k]
    if last is not None:
        reader = last.reader
    elif kind == "largest" or not is_scattered(voxels, axis):
        reader = None
    else:  # of the slices at both ends of a slab
        reader = ScatteredSlices(voxels, axis, blocks=2)
    return _Slices(voxels, volume.padding, key, reader)


def _mean(slices: _Slices, numbers: range, last: _Held | None) -> _Held:
    """Add the slices that came and subtract those that went, where that is less than all."""
    came, went = _changes(numbers, last)
    held = last if last is not None and len(came) + len(went) < len(numbers) else None
    if held is None or held.total is None:
        first = slices.read(numbers.start)
        counted = slices.padded(first) is not None
        held = _Held(slices.key, numbers, first, np.zeros_like(first, np.float64))
        held.measured = np.zeros_like(first, np.int32) if counted else None
        came, went = list(numbers), []
    assert held.total is not None
    for number in came:
        _count(slices, number, held.total, held.measured, np.add)
    for number in went:
        _count(slices, number, held.total, held.measured, np.subtract)
    pixels = np.empty_like(held.total, np.float32)
    counts = len(numbers) if held.measured is None else np.maximum(held.measured, 1)
    np.divide(held.total, counts, out=pixels, casting="same_kind")
    if held.measured is not None:
        pixels[held.measured == 0] = slices.padding
    return _Held(held.key, numbers, pixels, held.total, held.measured, reader=slices.reader)


def _count(
    slices: _Slices,
    number: int,
    total: npt.NDArray[np.float64],
    measured: npt.NDArray[np.int32] | None,
    change: Callable[..., object],
) -> None:
    """Add a slice to the sum, or subtract it, in place."""
    pixels = slices.read(number)
    padded = slices.padded(pixels)
    if padded is not None and measured is not None:
        change(measured, ~padded, out=measured)
        pixels = np.where(padded, np.float32(0), pixels)
    change(total, pixels, out=total)


def _extreme(slices: _Slices, numbers: range, last: _Held | None) -> _Held:
    """The extreme of groups of slices that are compared once, the smaller ones at the ends."""
    held, kind = _Held(slices.key, numbers, _NONE, reader=slices.reader), slices.key[0]
    known, more = last or held, MORE[kind]
    copied = slices.costly and slices.bytes * len(numbers) <= MOST_COPIED

    def read(number: int) -> Voxels:
        if not copied:
            return _seen(slices, number, kind)
        if number not in known.copies:
            known.copies[number] = _seen(slices, number, kind)
        return known.copies[number]

    def group(first: int, count: int) -> Voxels:
        if count == 1:
            return read(first)
        if (first, count) not in known.groups:
            half = count // 2
            halves = iter((group(first, half), group(first + half, half)))
            known.groups[first, count] = _reduced(halves, more)
        return known.groups[first, count]

    groups = list(_groups(numbers))
    held.pixels = _reduced((group(*one) for one in groups), more)
    if slices.padding is not None and kind != "largest":
        held.pixels[held.pixels == WORST[kind]] = slices.padding
    held.copies = {n: pixels for n, pixels in known.copies.items() if n in numbers}
    held.groups = {one: known.groups[one] for one in groups if one in known.groups}
    return held


def _groups(numbers: range) -> Iterator[tuple[int, int]]:
    """The first slice and the count of the groups that make up a slab, in order."""
    first = numbers.start
    while first < numbers.stop:
        count = GROUP
        while first % count or first + count > numbers.stop:
            count //= 2
        yield first, count
        first += count


def _seen(slices: _Slices, number: int, kind: Projection) -> Voxels:
    """A slice whose padding is less extreme than any value."""
    pixels = slices.read(number)
    padded = slices.padded(pixels)
    return pixels if padded is None else np.where(padded, WORST[kind], pixels)


def _reduced(images: Iterator[Voxels], more: More) -> Voxels:
    """The extreme of images, a new array."""
    first, out = next(images), None
    for pixels in images:
        out = more(first, pixels, None) if out is None else more(out, pixels, out)
    return first.copy(order="K") if out is None else out


def _larger(one: Voxels, other: Voxels, out: Voxels | None) -> Voxels:
    out = one.copy(order="K") if out is None else out
    np.copyto(out, other, where=np.abs(other) > np.abs(one))
    return out


# Of the kinds that are extremes.
MORE: Mapping[Projection, More] = {
    "maximum": lambda one, other, out: np.maximum(one, other, out=out),
    "minimum": lambda one, other, out: np.minimum(one, other, out=out),
    "largest": _larger,
}
WORST: Mapping[Projection, np.float32] = {
    "maximum": np.float32(-np.inf),
    "minimum": np.float32(np.inf),
    "largest": np.float32(0),
}


def _changes(numbers: range, last: _Held | None) -> tuple[list[int], list[int]]:
    """The slices that came and those that went since the last projection."""
    before = range(0) if last is None else last.numbers
    came = [number for number in numbers if number not in before]
    return came, [number for number in before if number not in numbers]


def _sampled(volume: Volume, place: SlabPlace, base: ScanHeader, hidden: frozenset[int]) -> Volume:
    """The nearest voxels of a volume at the slices of the slab in another grid, projected."""
    axis, full = place.plane.normal_axis(base.geometry), base.geometry
    onto = thinned_grid(full, place.steps(full))
    index = full.index(place.centre_mm)
    sampled: list[Voxels] = []
    for number in place.numbers(full):
        index[axis] = number
        values, inside = sampled_slice(volume, onto, place.plane, full.world(index))
        shown = inside & ~np.isin(np.rint(values), list(hidden))
        sampled.append(np.where(shown, values, np.float32(0)))
    grid = place.grid(base.geometry)
    where = pixel_grid(grid, place.plane, place.centre_mm)
    return volume.derived(
        _voxels_of(_reduced(iter(sampled), _larger), where, grid.shape), grid, STEP
    )


def _voxels_of(pixels: Voxels, grid: PixelGrid, shape: tuple[int, int, int]) -> Voxels:
    """The voxels of one slice from its pixels."""
    voxels = np.zeros(shape, np.float32)
    by_pixels = np.moveaxis(voxels, (grid.row_axis, grid.column_axis), (0, 1))
    by_pixels[np.ix_(grid.rows, grid.columns)] = pixels[..., None]
    return voxels
