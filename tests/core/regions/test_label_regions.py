"""Masks and label maps are told from scans by their voxels, whatever numbers they hold."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, median_filter

import phantoms
from srviewer.core.regions.label_regions import LabelCheck, slabs_of

SHAPE = (60, 52, 44)
X, Y, Z = np.meshgrid(*(np.linspace(-1, 1, n) for n in SHAPE), indexing="ij")
BALL = (X - 0.1) ** 2 + (Y / 0.8) ** 2 + (Z / 0.9) ** 2 < 0.6
HEAD = phantoms.head(SHAPE).voxels
NOISE = np.random.default_rng(5).standard_normal((2, *SHAPE)).astype(np.float32)
NOISY = np.hypot(HEAD + 25 * NOISE[0], 25 * NOISE[1])
PADDING = -32768.0
Array = np.ndarray


def kind(voxels: Array, padding: float | None = None) -> str:
    voxels = np.asarray(voxels, np.float32)
    check = LabelCheck(voxels.shape, padding)
    for slab in slabs_of(voxels):
        check.add(slab)
    return check.kind()


def framed(voxels: Array) -> Array:
    """With padding beside it and in its first planes."""
    return np.pad(voxels, ((2, 1), (0, 3), (4, 0)), constant_values=PADDING)


def parcels(count: int, in_order: bool) -> Array:
    """The nearest of ``count`` seeds, numbered from 1; in the order of their places, or in none."""
    random = np.random.default_rng(count)
    seeds = random.uniform(0, SHAPE, (count, 3)).astype(np.float32)
    if in_order:
        seeds = seeds[np.lexsort(np.floor(seeds / 12).T)]
    index = np.indices(SHAPE, np.float32)
    nearest, least = np.zeros(SHAPE, int), np.full(SHAPE, np.inf, np.float32)
    for number, seed in enumerate(seeds, 1):
        apart = sum((index[axis] - seed[axis]) ** 2 for axis in range(3))
        nearest[apart < least] = number
        least = np.minimum(apart, least)
    return nearest


def classes(count: int) -> Array:
    """Tissue classes of the noisy head by its grey levels, cleaned as segmentations are."""
    edges = np.linspace(100, 800, count)
    return median_filter(np.digitize(gaussian_filter(NOISY, 0.7), edges), 3)


def structures() -> Array:
    """Grey and white matter, numbered 2 and 3, which touch most; ten small structures inside."""
    voxels = np.where(BALL, 2 + (NOISY > 620), 0)
    for number in range(10):
        i, j = 22 + 4 * (number % 5), 20 + 8 * (number // 5)
        voxels[i : i + 4, j : j + 5, 18:26] = 10 + number
    return voxels


def lesions(*places: tuple[int, int, int]) -> Array:
    """Of three voxels by two in two slices each; the first is 1, the second 2."""
    voxels = np.zeros(SHAPE)
    for number, (i, j, k) in enumerate(places, 1):
        voxels[i : i + 3, j : j + 2, k : k + 2] = number
    return voxels


def points() -> Array:
    voxels = np.zeros(SHAPE)
    voxels[30, 20, 2:42:2] = np.arange(1, 21)
    return voxels


def levels(scan: Array, count: int) -> Array:
    return np.floor(scan / scan.max() * (count - 1))


def saturated() -> Array:
    return np.clip(NOISY, 0, 500)


def stripped() -> Array:
    return np.where(BALL, np.rint(NOISY), 0)


def enlarged(times: tuple[int, int, int]) -> Array:
    piece = np.rint(NOISY[10:40, 10:40, 10:30])
    for axis, count in enumerate(times):
        piece = piece.repeat(count, axis)
    return piece


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 255), (1, 2), (0, 1 / 255), (0.3, 0.1), (-1024, 3071), (7, 8)]
)
def test_two_values_are_a_mask(low: float, high: float) -> None:
    assert kind(np.where(BALL, high, low)) == "labels"


@pytest.mark.parametrize(
    "made",
    [
        lambda: lesions((20, 20, 11)),
        lambda: lesions((20, 20, 11), (40, 30, 30), (7, 8, 9)),
        points,
        structures,
        lambda: np.where(BALL, parcels(20, in_order=False), 0),
        lambda: np.where(BALL, parcels(20, in_order=False), 0) / 255,
        lambda: parcels(150, in_order=False) + 1000,
        lambda: parcels(150, in_order=True),
        lambda: np.where(BALL, parcels(150, in_order=True) * 100, 0),
        *(lambda n=n: classes(n) for n in (2, 3, 4, 5)),
    ],
)
def test_label_maps_are_found(made: Callable[[], Array]) -> None:
    assert kind(made()) == "labels"
    assert kind(framed(made()), PADDING) == "labels"
    assert kind(made(), 0) == "labels"  # padding that is the background


@pytest.mark.parametrize(
    "made",
    [
        lambda: HEAD,
        lambda: NOISY,
        lambda: np.rint(HEAD / 10),
        *(lambda n=n: levels(HEAD, n) for n in (8, 16, 32, 64, 256)),
        *(lambda n=n: levels(NOISY, n) for n in (8, 16, 32, 64, 256)),
        *(lambda n=n: levels(gaussian_filter(HEAD, 2), n) for n in (8, 16, 32, 64)),
        lambda: np.rint(30 + 8 * NOISE[0]).clip(0, 60),
        stripped,
        saturated,
        lambda: np.where(NOISY < 300, 100, NOISY),  # a constant background that is not 0
        lambda: np.where(BALL, NOISY, -1024),  # air that was clipped
        lambda: enlarged((2, 2, 1)),
        lambda: enlarged((2, 2, 2)),
        lambda: enlarged((3, 3, 2)),
        lambda: enlarged((4, 4, 1)),
        lambda: np.broadcast_to(np.arange(12), (30, 32, 12)),  # each plane its number
        lambda: phantoms.numbered((6, 7, 8), np.eye(4)).voxels,
    ],
)
def test_scans_are_not_taken_for_label_maps(made: Callable[[], Array]) -> None:
    assert kind(made()) == "scan"
    assert kind(framed(made()), PADDING) == "scan"


@pytest.mark.parametrize("value", [0, 7, -1024.5])
def test_one_value_is_neither(value: float) -> None:
    assert kind(np.full((9, 8, 7), value)) == "constant"
    assert kind(framed(np.full((9, 8, 7), value)), PADDING) == "constant"
    assert kind(np.full((9, 8, 7), value), value) == "constant"


def test_a_scan_is_told_from_its_first_slabs() -> None:
    check, slabs = LabelCheck(NOISY.shape), slabs_of(NOISY.astype(np.float32))
    for _ in range(2):
        check.add(next(slabs))
    assert check.settled and check.kind() == "scan"


def test_how_many_values_there_are() -> None:
    check = LabelCheck(SHAPE)
    for slab in slabs_of(lesions((20, 20, 11), (40, 30, 30)).astype(np.float32)):
        check.add(slab)
    assert check.values == 3
