"""Images that repeat places: of different contrasts, or the same again in time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from srviewer.core.volumes.volume import ScanWarning
from srviewer.io.dicom.elements.tags import REPEATS
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.volumes.repeat_warnings import (
    TIMES_DISAGREE,
    by_number_alone,
    incomplete,
    mixed,
)
from srviewer.io.dicom.volumes.slice_positions import SlicePositions, Slices
from srviewer.io.dicom.volumes.times import against_times, at_places, in_order
from srviewer.io.dicom.volumes.traits import (
    CONTRAST_TRAITS,
    DIRECTION,
    REPEAT_TRAITS,
    TILED_CONTRAST_TRAITS,
    Trait,
    contrasts_of,
    times_of,
)

# Whether parts of some slices are of different contrasts.
Good = Callable[[list[Slices], Slices, SlicePositions], bool]
# Of the slices that volumes would have without any missing: at most this many for each there is.
MOST_WITH_HOLES = 1.25


@dataclass(frozen=True)
class Repeats:
    """Volumes of one contrast that cover the same places, one after another."""

    volumes: tuple[Slices, ...]
    warnings: tuple[ScanWarning, ...]


@dataclass(frozen=True)
class Volumes:
    """The volumes that the slices of one contrast make.

    ``by_number``: whether by that alone. ``doubtful``: whether times put other slices together.
    """

    volumes: list[Slices]
    by_number: bool = False
    doubtful: bool = False


def contrasts(slices: Slices, positions: SlicePositions) -> list[list[Repeats]]:
    """What the slices of one stack hold: for each contrast its volumes, by what they cover.

    Slices of one place differ in traits. A trait that parts them into volumes which all cover the
    same places tells volumes apart; one that differs within a volume does not.
    """
    best = [volumes(part, positions) for part in _by_contrast(slices, positions, _useful)]
    # Traits that differ within volumes part them: fewer contrasts may leave fewer slices missing.
    for parts in (_by_contrast(slices, positions, _even), [slices]):
        cost = _cost(best, positions)
        if not any(cost):
            break
        other = [volumes(part, positions) for part in parts]
        if _cost(other, positions) < cost:
            best = [kind for held in other for kind in _by_usual_contrast(held)]
    return [_repeats(kind, slices, positions) for kind in best]


def volumes(slices: Slices, positions: SlicePositions) -> Volumes:
    """The volumes that slices of one contrast make; one of them where nothing repeats.

    By the trait, or the pair of traits, that makes the fewest volumes without a repeat, where
    hardly any slice is missing in them; else by the order in which they were taken; else by their
    numbers.
    """
    if not positions.repeated(slices):
        return Volumes([slices])
    named, traits = _by_traits(slices, positions)
    if named and _nearly_whole(named, slices, positions):
        directed = REPEAT_TRAITS[0] in traits
        return Volumes(named, doubtful=not directed and against_times(named, slices, positions))
    taken = in_order(slices, positions)
    if taken is not None and not taken.by_number:
        return Volumes(taken.volumes + taken.unsure)
    if named or taken is None:
        return Volumes(named or [slices])
    return Volumes(taken.volumes + taken.unsure, by_number=True)


def _by_contrast(slices: Slices, positions: SlicePositions, good: Good) -> list[Slices]:
    """Slices at repeated places parted by the first trait of contrast that is good, then the next.

    ``good``: is given the parts and the slices that they are parts of.
    """
    parts = [slices]
    for trait in CONTRAST_TRAITS if slices[0].tile is None else TILED_CONTRAST_TRAITS:
        finer = []
        for part in parts:
            split = _parted(part, [trait])
            finer += split if len(split) > 1 and good(split, part, positions) else [part]
        parts = finer
    return parts


def _useful(parts: list[Slices], slices: Slices, positions: SlicePositions) -> bool:
    """Whether fewer slices repeat a place, and hardly any lies alone."""
    repeated = positions.repeated(slices)
    return (
        repeated > 0
        and sum(map(positions.repeated, parts)) < repeated
        and not _lonely(parts, positions)
    )


def _even(parts: list[Slices], slices: Slices, positions: SlicePositions) -> bool:
    """Whether all parts cover the same places."""
    covered = positions.covered(slices)
    return all(positions.covered(part) == covered for part in parts)


def _lonely(parts: list[Slices], positions: SlicePositions) -> bool:
    """Whether half of the slices or more lie in parts that cover a single place."""
    alone = sum(len(part) for part in parts if len(positions.covered(part)) < 2)
    return 2 * alone >= sum(map(len, parts))


def _parted(slices: Slices, traits: Sequence[Trait]) -> list[Slices]:
    parts: dict[tuple[str, ...], Slices] = defaultdict(list)
    for header in slices:
        parts[tuple(trait(header) for trait in traits)].append(header)
    return list(parts.values())


def _by_traits(slices: Slices, positions: SlicePositions) -> tuple[list[Slices], tuple[Trait, ...]]:
    """The fewest volumes without a repeat that one or two traits make, by time, and these traits.

    None where no traits make any.
    """
    least = _most_at_a_place(slices, positions)
    best: list[Slices] = []
    by: tuple[Trait, ...] = ()
    for traits in _keys(slices):
        parts = _parted(slices, traits)
        if any(map(positions.repeated, parts)) or _lonely(parts, positions):
            continue
        if not best or len(parts) < len(best):
            best, by = parts, traits
        if len(best) == least:
            break
    return sorted(best, key=_when), by


def _nearly_whole(volumes: list[Slices], slices: Slices, positions: SlicePositions) -> bool:
    """Whether there are as many volumes as images at some place, or hardly a slice is missing."""
    if len(volumes) == _most_at_a_place(slices, positions):
        return True
    return len(volumes) * len(positions.covered(slices)) <= MOST_WITH_HOLES * len(slices)


def _keys(slices: Slices) -> Iterator[tuple[Trait, ...]]:
    """Traits that differ, one by one and then two by two."""
    differing = [trait for trait in REPEAT_TRAITS if len(set(map(trait, slices))) > 1]
    yield from ((trait,) for trait in differing)
    yield from combinations(differing, 2)


def _most_at_a_place(slices: Slices, positions: SlicePositions) -> int:
    return max(map(len, at_places(slices, positions).values()))


def _by_usual_contrast(held: Volumes) -> list[Volumes]:
    """Volumes of which most slices are of one contrast."""
    alike: dict[tuple[str, ...], list[Slices]] = defaultdict(list)
    for volume in held.volumes:
        usual = Counter(map(contrasts_of, volume)).most_common(1)[0][0]
        alike[usual].append(volume)
    return [replace(held, volumes=members) for members in alike.values()]


def _cost(held: Sequence[Volumes], positions: SlicePositions) -> tuple[int, bool, int]:
    """What speaks against these volumes: slices twice at a place, numbers alone, missing slices."""
    every = [volume for kind in held for volume in kind.volumes]
    size = len(positions.covered([header for volume in every for header in volume]))
    holes = sum(size - len(positions.covered(volume)) for volume in every)
    repeated = sum(map(positions.repeated, every))
    return repeated, any(kind.by_number for kind in held), holes


def _repeats(held: Volumes, slices: Slices, positions: SlicePositions) -> list[Repeats]:
    """The volumes, those together that cover the same places.

    ``slices``: all of the stack, of which these may be one contrast.
    """
    members = [header for volume in held.volumes for header in volume]
    covering: dict[frozenset[int], list[Slices]] = defaultdict(list)
    for volume in held.volumes:
        covering[positions.covered(volume)].append(volume)
    warnings: list[ScanWarning] = []
    if held.by_number:
        warnings.append(by_number_alone(members, positions))
    if held.doubtful:
        warnings.append(TIMES_DISAGREE)
    every, repeated = len(positions.covered(slices)), positions.repeated(slices) > 0
    repeats = []
    for covered, alike in covering.items():
        fewer = incomplete(len(covered), every, len(covering) > 1)
        repeats.append(Repeats(tuple(alike), (*warnings, *mixed(alike, repeated), *fewer)))
    return repeats


def _when(volume: Slices) -> tuple[object, ...]:
    """The key by which volumes are ordered; those of tiled images go by time, not by direction."""
    if volume[0].tile is not None:
        times = zip(REPEATS, times_of(volume[0]), strict=True)
        taken = (_sortable(value) for keyword, value in times if keyword != DIRECTION)
        return (*taken, volume[0].instance)
    return min(map(_time, volume))


def _time(header: SliceHeader) -> tuple[object, ...]:
    return (*map(_sortable, times_of(header)), header.instance, header.frame)


def _sortable(value: str) -> tuple[float, str]:
    """Numbers by their size, then words."""
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), value
