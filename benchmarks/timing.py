"""Measuring of time for the benchmarks, and one row of their table."""

import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_FRAME_MS = 16.0  # of three panes: sixty frames a second


@dataclass(frozen=True)
class Row:
    """One measurement beside its yardstick of the same run.

    ``ours``, ``yardstick``: as shown, with units. ``ratio``: what the target is about.
    ``met``: whether the target is met.
    """

    name: str
    ours: str
    yardstick: str
    ratio: float
    target: str
    met: bool


def at_most(name: str, ours: float, yardstick: float, unit: str, beside: str, limit: float) -> Row:
    """A row whose ratio ours / yardstick is to be at most ``limit``."""
    ratio = ours / yardstick
    return Row(
        name,
        f"{ours:.4g} {unit}",
        f"{yardstick:.4g} {unit} ({beside})",
        ratio,
        f"at most {limit:g}",
        ratio <= limit,
    )


def at_least(name: str, ours: float, yardstick: float, unit: str, beside: str, limit: float) -> Row:
    """A row whose ratio ours / yardstick is to be at least ``limit``."""
    ratio = ours / yardstick
    return Row(
        name,
        f"{ours:.4g} {unit}",
        f"{yardstick:.4g} {unit} ({beside})",
        ratio,
        f"at least {limit:g}",
        ratio >= limit,
    )


def alternately(
    one: Callable[[], object], other: Callable[[], object], repeats: int = 5
) -> tuple[float, float]:
    """The least seconds of each, taken in turns, so that a busy machine hinders both alike."""
    best = [float("inf"), float("inf")]
    for _ in range(repeats):
        for place, call in enumerate((one, other)):
            started = time.perf_counter()
            call()
            best[place] = min(best[place], time.perf_counter() - started)
    return best[0], best[1]


def in_turns(
    name: str, runs: tuple[Callable[[], float], Callable[[], float]], beside: str, limit: float
) -> Row:
    """A row of milliseconds that are to be at most ``limit``, the least of three runs in turns."""
    pairs = [(runs[0](), runs[1]()) for _ in range(3)]
    ours, yardstick = (min(column) for column in zip(*pairs, strict=True))
    return Row(
        name,
        f"{ours:.3g} ms",
        f"{yardstick:.3g} ms ({beside})",
        ours / yardstick,
        f"at most {limit:g} ms",
        ours <= limit,
    )
