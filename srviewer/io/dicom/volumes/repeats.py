"""Images that repeat positions: of different contrasts, or the same again in time."""

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
from srviewer.io.dicom.volumes.times import against_times, at_positions, in_order
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
# The most slices that complete volumes would have, for each slice that exists.
MOST_WITH_HOLES = 1.25


@dataclass(frozen=True)
class Repeats:
    """Volumes of one contrast that cover the same positions, one after another.

    Attributes:
        volumes: The slices of each volume.
        warnings: Warnings about all of them.
    """

    volumes: tuple[Slices, ...]
    warnings: tuple[ScanWarning, ...]


@dataclass(frozen=True)
class ContrastVolumes:
    """The volumes that the slices of one contrast make.

    Attributes:
        volumes: The slices of each volume.
        by_number: Whether only instance numbers distinguish the volumes.
        doubtful: Whether times of acquisition put other slices together.
    """

    volumes: list[Slices]
    by_number: bool = False
    doubtful: bool = False


def contrasts(slices: Slices, positions: SlicePositions) -> list[list[Repeats]]:
    """Part the slices of one stack into contrasts, and each contrast into volumes.

    Slices of one position differ in traits. A trait whose values give volumes that all cover the
    same positions distinguishes volumes; a trait that differs within a volume does not. Of several
    partitions the one with the fewest repeated and missing slices is taken.

    Args:
        slices: The slices of one stack.
        positions: Their numbered positions.

    Returns:
        For each contrast its volumes, those together that cover the same positions.
    """
    best = [volumes(part, positions) for part in _by_contrast(slices, positions, _useful)]
    # Traits that differ within volumes part them: fewer contrasts may leave fewer slices missing.
    for parts in (_by_contrast(slices, positions, _even), [slices]):
        cost = _cost(best, positions)
        if not any(cost):
            break
        candidates = [volumes(part, positions) for part in parts]
        if _cost(candidates, positions) < cost:
            best = [kind for candidate in candidates for kind in _by_usual_contrast(candidate)]
    return [_repeats(kind, slices, positions) for kind in best]


def volumes(slices: Slices, positions: SlicePositions) -> ContrastVolumes:
    """Part the slices of one contrast into volumes.

    By the trait, or the pair of traits, that makes the fewest volumes without a repeat, where
    hardly any slice is missing in them; else by the order in which they were taken; else by their
    numbers.

    Args:
        slices: The slices of one contrast.
        positions: Their numbered positions.

    Returns:
        One volume where no position repeats.
    """
    if not positions.repeated(slices):
        return ContrastVolumes([slices])
    named, traits = _by_traits(slices, positions)
    if named and _nearly_whole(named, slices, positions):
        directed = REPEAT_TRAITS[0] in traits
        return ContrastVolumes(
            named, doubtful=not directed and against_times(named, slices, positions)
        )
    ordered = in_order(slices, positions)
    if ordered is not None and not ordered.by_number:
        return ContrastVolumes(ordered.volumes + ordered.unsure)
    if named or ordered is None:
        return ContrastVolumes(named or [slices])
    return ContrastVolumes(ordered.volumes + ordered.unsure, by_number=True)


def _by_contrast(slices: Slices, positions: SlicePositions, good: Good) -> list[Slices]:
    """Part slices at repeated positions by each trait of contrast that is good, one after another.

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
    """Whether fewer slices repeat a position, and hardly any lies alone."""
    repeated = positions.repeated(slices)
    return (
        repeated > 0
        and sum(map(positions.repeated, parts)) < repeated
        and not _lonely(parts, positions)
    )


def _even(parts: list[Slices], slices: Slices, positions: SlicePositions) -> bool:
    """Whether all parts cover the same positions."""
    covered = positions.covered(slices)
    return all(positions.covered(part) == covered for part in parts)


def _lonely(parts: list[Slices], positions: SlicePositions) -> bool:
    """Whether half of the slices or more lie in parts that cover a single position."""
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
    least = _most_at_a_position(slices, positions)
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
    """Whether some position has an image for each volume, or hardly a slice is missing."""
    if len(volumes) == _most_at_a_position(slices, positions):
        return True
    return len(volumes) * len(positions.covered(slices)) <= MOST_WITH_HOLES * len(slices)


def _keys(slices: Slices) -> Iterator[tuple[Trait, ...]]:
    """Traits that differ, one by one and then two by two."""
    differing = [trait for trait in REPEAT_TRAITS if len(set(map(trait, slices))) > 1]
    yield from ((trait,) for trait in differing)
    yield from combinations(differing, 2)


def _most_at_a_position(slices: Slices, positions: SlicePositions) -> int:
    return max(map(len, at_positions(slices, positions).values()))


def _by_usual_contrast(candidate: ContrastVolumes) -> list[ContrastVolumes]:
    """Volumes of which most slices are of one contrast."""
    alike: dict[tuple[str, ...], list[Slices]] = defaultdict(list)
    for volume in candidate.volumes:
        usual = Counter(map(contrasts_of, volume)).most_common(1)[0][0]
        alike[usual].append(volume)
    return [replace(candidate, volumes=members) for members in alike.values()]


def _cost(
    candidates: Sequence[ContrastVolumes], positions: SlicePositions
) -> tuple[int, bool, int]:
    """The cost of these volumes: slices twice at a position, numbers alone, missing slices."""
    every = [volume for candidate in candidates for volume in candidate.volumes]
    size = len(positions.covered([header for volume in every for header in volume]))
    holes = sum(size - len(positions.covered(volume)) for volume in every)
    repeated = sum(map(positions.repeated, every))
    return repeated, any(candidate.by_number for candidate in candidates), holes


def _repeats(
    candidate: ContrastVolumes, slices: Slices, positions: SlicePositions
) -> list[Repeats]:
    """The volumes, those together that cover the same positions.

    ``slices``: all of the stack, of which these may be one contrast.
    """
    members = [header for volume in candidate.volumes for header in volume]
    covering: dict[frozenset[int], list[Slices]] = defaultdict(list)
    for volume in candidate.volumes:
        covering[positions.covered(volume)].append(volume)
    warnings: list[ScanWarning] = []
    if candidate.by_number:
        warnings.append(by_number_alone(members, positions))
    if candidate.doubtful:
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
        sort_key = (_sortable(value) for keyword, value in times if keyword != DIRECTION)
        return (*sort_key, volume[0].instance)
    return min(map(_time, volume))


def _time(header: SliceHeader) -> tuple[object, ...]:
    return (*map(_sortable, times_of(header)), header.instance, header.frame)


def _sortable(value: str) -> tuple[float, str]:
    """Numbers by their size, then words."""
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), value
