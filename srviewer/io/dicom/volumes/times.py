"""Images of one position in the order of their acquisition, where no trait names their volume."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from srviewer.io.dicom.elements.tags import TRAITS
from srviewer.io.dicom.headers.header import SliceHeader
from srviewer.io.dicom.volumes.slice_positions import SlicePositions, Slices

Times = npt.NDArray[np.float64]

# Traits that count on from image to image of a position, best first.
COUNTING = (
    "TriggerTime",
    "AcquisitionTime",
    "AcquisitionNumber",
)
# The largest share of positions that may be left out because the volume of their images is unknown.
MOST_UNSURE = 0.25
# The largest deviation of an image from its volume's time, as a share of the time between two.
LATE = 0.25
DAY = 86400.0  # seconds


@dataclass(frozen=True)
class Ordered:
    """Volumes, one after another.

    Attributes:
        volumes: The slices of each volume.
        unsure: Images of positions that have too few, whose volume is unknown, by position.
        by_number: Whether only instance numbers order them.
    """

    volumes: list[Slices]
    unsure: list[Slices]
    by_number: bool


def in_order(slices: Slices, positions: SlicePositions) -> Ordered | None:
    """Take the first image of every position as a volume, the second as the next, and so on.

    Heart phases and multi-slice dynamics give every slice a time of its own. Where some positions
    have fewer images than others, times show the volumes to which these belong.

    Args:
        slices: The slices of one contrast.
        positions: Their numbered positions.

    Returns:
        The volumes; None where neither times nor numbers order them.
    """
    at = list(at_positions(slices, positions).values())
    if len(at) < 2:
        return None
    for keyword in COUNTING:
        if (timed := _volumes(at, _seconds_of(keyword, slices))) is not None:
            return Ordered(*timed, by_number=False)
    numbered = _volumes(at, lambda header: header.instance)
    if numbered is None and len({len(images) for images in at}) == 1:
        ordered = [
            sorted(images, key=lambda header: (header.instance, header.frame)) for images in at
        ]
        numbered = [list(volume) for volume in zip(*ordered, strict=True)], []
    return None if numbered is None else Ordered(*numbered, by_number=True)


def against_times(volumes: Sequence[Slices], slices: Slices, positions: SlicePositions) -> bool:
    """Whether times of acquisition put other slices together than these volumes.

    Args:
        volumes: The slices of each volume.
        slices: All of these slices.
        positions: Their numbered positions.

    Returns:
        False also where positions differ in their number of images, or a time is unknown.
    """
    at = list(at_positions(slices, positions).values())
    if len({len(images) for images in at}) > 1:
        return False
    timed = _volumes(at, _seconds_of("AcquisitionTime", slices))
    if timed is None:
        return False
    numbers = {id(header): number for number, volume in enumerate(volumes) for header in volume}
    return any(len({numbers[id(header)] for header in volume}) > 1 for volume in timed[0])


def interval_s(volumes: Sequence[Sequence[SliceHeader]]) -> float | None:
    """The time from the beginning of one volume to that of the next, by times of acquisition.

    Args:
        volumes: The slices of each volume, in their order.

    Returns:
        Seconds, the median; None for one volume, and where a time is unknown or the times are not
        even.
    """
    every = [header for volume in volumes for header in volume]
    time = _seconds_of("AcquisitionTime", every)
    times = [[time(header) for header in volume] for volume in volumes]
    if len(volumes) < 2 or any(value is None for row in times for value in row):
        return None
    steps = np.diff([min(value for value in row if value is not None) for row in times])
    median = float(np.median(steps))
    even = median > 0 and float(np.abs(steps - median).max()) <= LATE * median
    return median if even else None


def at_positions(slices: Slices, positions: SlicePositions) -> dict[int, Slices]:
    """Collect the images of each position.

    Args:
        slices: The slices.
        positions: Their numbered positions.

    Returns:
        The images by the number of their position.
    """
    at: dict[int, Slices] = defaultdict(list)
    for header in slices:
        at[positions.of(header)].append(header)
    return at


def _volumes(
    at: Sequence[Slices], time: Callable[[SliceHeader], float | None]
) -> tuple[list[Slices], list[Slices]] | None:
    """Volumes by times that differ at each position, and unsure images; None without such times."""
    rows: list[tuple[Slices, Times]] = []
    for images in at:
        stated = [time(header) for header in images]
        known = [value for value in stated if value is not None]
        if len(set(known)) < len(images):
            return None
        order = np.argsort(known)
        rows.append(([images[n] for n in order], np.array(known)[order]))
    most = max(len(times) for _, times in rows)
    full = min((times for _, times in rows if len(times) == most), key=lambda times: times[0])
    latest = max(float(times[0] - full[0]) for _, times in rows if len(times) == most)
    volumes: list[Slices] = [[] for _ in full]
    unsure: list[Slices] = []
    for images, times in rows:
        numbers = np.arange(most) if len(times) == most else _numbers(times, full, latest)
        if numbers is None:
            unsure.append(images)
            continue
        for header, number in zip(images, numbers.tolist(), strict=True):
            volumes[number].append(header)
    return None if len(unsure) > MOST_UNSURE * len(at) else (volumes, unsure)


def _numbers(times: Times, full: Times, latest: float) -> npt.NDArray[np.int64] | None:
    """The volumes of the images at ``times``; complete positions have an image at each of ``full``.

    The images of a position are all late by the same time against ``full``, the earliest of the
    complete positions, and those of complete positions by up to ``latest``. None unless a single
    answer fits.
    """
    step = float(np.median(np.diff(full)))
    starts = times[0] - full[: len(full) - len(times) + 1]
    fitting, usual = [], []
    for late in starts[(starts > latest - step) & (starts < step)].tolist():
        numbers = _nearest(times - late, full)
        error = float(np.abs(times - late - full[numbers]).max())
        if error < LATE * step and (np.diff(numbers) > 0).all():
            fitting.append(numbers)
            usual += [numbers] if 0 <= late <= latest else []
    chosen = usual if len(usual) == 1 else fitting
    return chosen[0] if len(chosen) == 1 else None


def _nearest(values: Times, full: Times) -> npt.NDArray[np.int64]:
    """The number of the nearest of ``full``, which are sorted, to each of the values."""
    middles = (full[1:] + full[:-1]) / 2
    return np.searchsorted(middles, values).astype(np.int64)


def _seconds_of(keyword: str, slices: Slices) -> Callable[[SliceHeader], float | None]:
    """The number of a trait; of a time or a date with time, the seconds since some midnight."""
    index = TRAITS.index(keyword)
    if keyword != "AcquisitionTime":
        return lambda header: _number(header.traits[index])
    seconds = {value: _clock(value) for value in {header.traits[index] for header in slices}}
    known = [value for value in seconds.values() if value is not None]
    if known and max(known) < DAY and max(known) - min(known) > DAY / 2:  # midnight lies between
        later = {k: v + DAY if v is not None and v < DAY / 2 else v for k, v in seconds.items()}
        return lambda header: later[header.traits[index]]
    return lambda header: seconds[header.traits[index]]


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _clock(value: str) -> float | None:
    """Seconds of HHMMSS.FFFFFF, which may follow a date YYYYMMDD."""
    digits, _, fraction = value.split("+")[0].split("-")[0].partition(".")
    if not digits.isdigit() or len(digits) not in (6, 14):
        return None
    day = int(digits[:-6] or 0)
    hours, minutes, seconds = (int(digits[n:][:2]) for n in (-6, -4, -2))
    return day * DAY + hours * 3600 + minutes * 60 + seconds + float(f"0.{fraction or 0}")
