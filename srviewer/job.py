"""Long work as a generator: it yields Progress and returns its result.

Cancelling a job means not asking for its next step; ``close()`` then runs its ``finally`` blocks.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar, cast

R = TypeVar("R")


@dataclass(frozen=True)
class Progress:
    """How far a job is: ``fraction`` in 0..1 of the whole job, and what it is doing now."""

    fraction: float
    message: str


Job: TypeAlias = Generator[Progress, None, R]


def mapped(job: Job[R], change: Callable[[Progress], Progress]) -> Job[R]:
    """Run ``job`` with each of its steps passed through ``change``."""
    try:
        while True:
            try:
                step = next(job)
            except StopIteration as end:
                return cast(R, end.value)
            yield change(step)
    finally:
        job.close()


def within(job: Job[R], start: float, stop: float) -> Job[R]:
    """Run ``job`` as one stage of a larger one, its 0..1 mapped onto ``start``..``stop``."""

    def moved(step: Progress) -> Progress:
        return replace(step, fraction=start + step.fraction * (stop - start))

    return (yield from mapped(job, moved))


def run(job: Job[R], report: Callable[[Progress], None] = lambda step: None) -> R:
    """Drive ``job`` to its end, handing each step to ``report``; close it whatever happens."""
    try:
        while True:
            try:
                report(next(job))
            except StopIteration as end:
                return cast(R, end.value)
    finally:
        job.close()
