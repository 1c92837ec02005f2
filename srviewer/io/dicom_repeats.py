"""Images that repeat positions: of different contrasts, or the same again in time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from srviewer.core.volume import ScanWarning
from srviewer.io.dicom_header import Numbers, SliceHeader
from srviewer.io.dicom_tags import CONTRASTS, REPEATS, TRAITS

Slices = list[SliceHeader]


@dataclass(frozen=True)
class Repeats:
    """Volumes that cover the same places, one after another."""

    volumes: tuple[Slices, ...]
    warnings: tuple[ScanWarning, ...]


def split(slices: Slices, traits: Sequence[str]) -> list[Slices]:
    """Slices at repeated positions told apart by the first trait that does so, then by the next."""
    repeated = _repeated(slices)
    for number, trait in enumerate(traits):
        if not repeated:
            break
        value = TRAITS.index(trait)
        parts: dict[str, Slices] = defaultdict(list)
        for one in slices:
            parts[one.traits[value]].append(one)
        found = list(parts.values())
        lonely = any(len(places(part)) < 2 for part in found)
        if len(found) > 1 and not lonely and sum(map(_repeated, found)) < repeated:
            return [smaller for part in found for smaller in split(part, traits[number + 1 :])]
    return [slices]


def repeats(slices: Slices) -> list[Repeats]:
    """The volumes that these slices of one contrast make, by the places that they cover."""
    volumes = split(slices, REPEATS)
    warnings: tuple[ScanWarning, ...] = ()
    if any(map(_repeated, volumes)) and (ranked := _ranked(slices)) is not None:
        volumes, warnings = ranked, _by_number_alone(slices, len(ranked))
    covering: dict[frozenset[Numbers], list[Slices]] = defaultdict(list)
    for volume in volumes:
        covering[frozenset(places(volume))].append(volume)
    return [Repeats(tuple(sorted(v, key=_when)), warnings) for v in covering.values()]


def _ranked(slices: Slices) -> list[Slices] | None:
    """The first image of every place, the second, ...; None unless all have equally many.

    Heart phases and multi-slice dynamics give every slice a time of its own.
    """
    at: dict[Numbers, Slices] = defaultdict(list)
    for one in slices:
        at[place(one)].append(one)
    if len(at) < 2 or len({len(images) for images in at.values()}) > 1:
        return None
    return [list(v) for v in zip(*(sorted(a, key=_time) for a in at.values()), strict=True)]


def _by_number_alone(slices: Slices, count: int) -> tuple[ScanWarning, ...]:
    """A warning when no time, only their number, tells apart the images at a place."""
    told = {(place(one), *_times(one)) for one in slices}
    if len(told) == len(slices):
        return ()
    message = (
        f"Each place has {count} images that only their numbers tell apart; they are taken as "
        f"{count} volumes in the order of these numbers."
    )
    return (ScanWarning("duplicate_positions", message),)


def _when(volume: Slices) -> tuple[object, ...]:
    return min(map(_time, volume))


def _time(one: SliceHeader) -> tuple[object, ...]:
    return (*map(_sortable, _times(one)), one.instance, one.frame)


def _times(one: SliceHeader) -> tuple[str, ...]:
    return one.traits[len(CONTRASTS) :]


def _sortable(value: str) -> tuple[float, str]:
    """Numbers by their size, then words."""
    try:
        return float(value), ""
    except ValueError:
        return float("inf"), value


def _repeated(slices: Slices) -> int:
    """How many slices lie where another one does."""
    return len(slices) - len(places(slices))


def places(slices: Slices) -> set[Numbers]:
    """Where the slices lie, each place once."""
    return {place(one) for one in slices}


def place(one: SliceHeader) -> Numbers:
    """The position to 0.01 mm; a slice without one has its numbers for a place."""
    if one.position is None:
        return one.instance, one.frame
    return tuple(np.round(one.position, 2).tolist())


def contrast_label(contrasts: Sequence[Slices], number: int) -> str:
    """What tells one of these contrasts from the others: "TE 80 ms", "b 1000"; "" for the only."""
    labels = []
    for trait, words in LABELS.items():
        value = TRAITS.index(trait)
        values = [part[0].traits[value] for part in contrasts]
        if Counter(values)[values[number]] < len(values):
            labels.append(words(values[number]))
    return ", ".join(label for label in labels if label)


def _rounded(value: str) -> str:
    try:
        return f"{float(value):.4g}"
    except ValueError:
        return value


def _image_type(value: str) -> str:
    """What comes after ORIGINAL or DERIVED and PRIMARY or SECONDARY."""
    return " ".join(value.split("\\")[2:])


LABELS: dict[str, Callable[[str], str]] = {
    "EchoTime": lambda value: f"TE {_rounded(value)} ms",
    "ImageType": _image_type,
    "InversionTime": lambda value: f"TI {_rounded(value)} ms",
    "FlipAngle": lambda value: f"flip angle {_rounded(value)}",
    "DiffusionBValue": lambda value: f"b {_rounded(value)}" if value else "",
}
