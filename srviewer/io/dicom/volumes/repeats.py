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
from srviewer.io.dicom.volumes.slice_positions import Places, Slices
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
Good = Callable[[list[Slices], Slices, Places], bool]
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


def contrasts(slices: Slices, places: Places) -> list[list[Repeats]]:
    """What the slices of one stack hold: for each contrast its volumes, by what they cover.

    Slices of one place differ in traits. A trait that parts them into volumes which all cover the
    same places tells volumes apart; one that differs within a volume does not.
    """
    best = [volumes(part, places) for part in _by_contrast(slices, places, _useful)]
    # Traits that differ within volumes part them: fewer contrasts may leave fewer slices missing.
    for parts in (_by_contrast(slices, places, _even), [slices]):
        cost = _cost(best, places)
        if not any(cost):
            break
        other = [volumes(part, places) for part in parts]
        if _cost(other, places) < cost:
            best = [one for held in other for one in _by_usual_contrast(held)]
    return [_repeats(one, slices, places) for one in best]


def volumes(slices: Slices, places: Places) -> Volumes:
    """The volumes that slices of one contrast make; one of them where nothing repeats.

    By the trait, or the pair of traits, that makes the fewest volumes without a repeat, where
    hardly any slice is missing in them; else by the order in which they were taken; else by their
    numbers.
    """
    if not places.repeated(slices):
        return Volumes([slices])
    named, traits = _by_traits(slices, places)
    if named and _nearly_whole(named, slices, places):
        directed = REPEAT_TRAITS[0] in traits
        return Volumes(named, doubtful=not directed and against_times(named, slices, places))
    taken = in_order(slices, places)
    if taken is not None and not taken.by_number:
        return Volumes(taken.volumes + taken.unsure)
    if named or taken is None:
        return Volumes(named or [slices])
    return Volumes(taken.volumes + taken.unsure, by_number=True)


def _by_contrast(slices: Slices, places: Places, good: Good) -> list[Slices]:
    """Slices at repeated places parted by the first trait of contrast that is good, then the next.

    ``good``: is given the parts and the slices that they are parts of.
    """
    parts = [slices]
    for trait in CONTRAST_TRAITS if slices[0].tile is None else TILED_CONTRAST_TRAITS:
        finer = []
        for part in parts:
            split = _parted(part, [trait])
            finer += split if len(split) > 1 and good(split, part, places) else [part]
        parts = finer
    return parts


def _useful(parts: list[Slices], slices: Slices, places: Places) -> bool:
    """Whether fewer slices repeat a place, and hardly any lies alone."""
    repeated = places.repeated(slices)
    return (
        repeated > 0 and sum(map(places.repeated, parts)) < repeated and not _lonely(parts, places)
    )


def _even(parts: list[Slices], slices: Slices, places: Places) -> bool:
    """Whether all parts cover the same places."""
    covered = places.covered(slices)
    return all(places.covered(part) == covered for part in parts)


def _lonely(parts: list[Slices], places: Places) -> bool:
    """Whether half of the slices or more lie in parts that cover a single place."""
    alone = sum(len(part) for part in parts if len(places.covered(part)) < 2)
    return 2 * alone >= sum(map(len, parts))


def _parted(slices: Slices, traits: Sequence[Trait]) -> list[Slices]:
    parts: dict[tuple[str, ...], Slices] = defaultdict(list)
    for one in slices:
        parts[tuple(trait(one) for trait in traits)].append(one)
    return list(parts.values())


def _by_traits(slices: Slices, places: Places) -> tuple[list[Slices], tuple[Trait, ...]]:
    """The fewest volumes without a repeat that one or two traits make, by time, and these traits.

    None where no traits make any.
    """
    least = _most_at_a_place(slices, places)
    best: list[Slices] = []
    by: tuple[Trait, ...] = ()
    for traits in _keys(slices):
        parts = _parted(slices, traits)
        if any(map(places.repeated, parts)) or _lonely(parts, places):
            continue
        if not best or len(parts) < len(best):
            best, by = parts, traits
        if len(best) == least:
            break
    return sorted(best, key=_when), by


def _nearly_whole(volumes: list[Slices], slices: Slices, places: Places) -> bool:
    """Whether there are as many volumes as images at some place, or hardly a slice is missing."""
    if len(volumes) == _most_at_a_place(slices, places):
        return True
    return len(volumes) * len(places.covered(slices)) <= MOST_WITH_HOLES * len(slices)


def _keys(slices: Slices) -> Iterator[tuple[Trait, ...]]:
    """Traits that differ, one by one and then two by two."""
    differing = [trait for trait in REPEAT_TRAITS if len(set(map(trait, slices))) > 1]
    yield from ((trait,) for trait in differing)
    yield from combinations(differing, 2)


def _most_at_a_place(slices: Slices, places: Places) -> int:
    return max(map(len, at_places(slices, places).values()))


def _by_usual_contrast(held: Volumes) -> list[Volumes]:
    """Volumes of which most slices are of one contrast."""
    alike: dict[tuple[str, ...], list[Slices]] = defaultdict(list)
    for volume in held.volumes:
        usual = Counter(map(contrasts_of, volume)).most_common(1)[0][0]
        alike[usual].append(volume)
    return [replace(held, volumes=members) for members in alike.values()]


def _cost(held: Sequence[Volumes], places: Places) -> tuple[int, bool, int]:
    """What speaks against these volumes: slices twice at a place, numbers alone, missing slices."""
    every = [volume for one in held for volume in one.volumes]
    size = len(places.covered([one for volume in every for one in volume]))
    holes = sum(size - len(places.covered(volume)) for volume in every)
    repeated = sum(map(places.repeated, every))
    return repeated, any(one.by_number for one in held), holes


def _repeats(held: Volumes, slices: Slices, places: Places) -> list[Repeats]:
    """The volumes, those together that cover the same places.

    ``slices``: all of the stack, of which these may be one contrast.
    """
    members = [one for volume in held.volumes for one in volume]
    covering: dict[frozenset[int], list[Slices]] = defaultdict(list)
    for volume in held.volumes:
        covering[places.covered(volume)].append(volume)
    warnings: list[ScanWarning] = []
    if held.by_number:
        warnings.append(by_number_alone(members, places))
    if held.doubtful:
        warnings.append(TIMES_DISAGREE)
    every, repeated = len(places.covered(slices)), places.repeated(slices) > 0
    found = []
    for covered, alike in covering.items():
        fewer = incomplete(len(covered), every, len(covering) > 1)
        found.append(Repeats(tuple(alike), (*warnings, *mixed(alike, repeated), *fewer)))
    return found


def _when(volume: Slices) -> tuple[object, ...]:
    """The key by which volumes are ordered; those of tiled images go by time, not by direction."""
    if volume[0].tile is not None:
        times = zip(REPEATS, times_of(volume[0]), strict=True)
        taken = (_sortable(value) for keyword, value in times if keyword != DIRECTION)
        return (*taken, volume[0].instance)
    return min(map(_time, volume))


def _time(one: SliceHeader) -> tuple[object, ...]:
    return (*map(_sortable, times_of(one)), one.instance, one.frame)


def _sortable(value: str) -> tuple[float, str]:
    """Numbers by their size, then words."""
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), value
