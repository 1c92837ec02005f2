"""Long work as a generator: it yields Progress and returns its result.

Cancelling a job means not asking for its next step; ``close()`` then runs its ``finally`` blocks.
"""

from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from threading import Thread
from typing import TypeAlias, TypeVar, cast

R = TypeVar("R")
LOOK_EVERY = 0.05  # seconds between two steps of what is done aside


@dataclass(frozen=True)
class Progress:
    """How far a job is: ``fraction`` in 0..1 of the whole job, and what it is doing now."""

    fraction: float
    message: str


@dataclass(frozen=True)
class Partial(Progress):
    """``piece``: a part of the result, on the way; whoever has no use for it sees the progress."""

    piece: object


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


def aside(call: Callable[[], R], step: Progress) -> Job[R]:
    """The result of ``call``, for what cannot be cut into steps, such as loading a library.

    A thread of its own makes it; ``step`` is told until it is done. A job that is cancelled does
    not wait for it: what it gives then is dropped.
    """
    made: Future[R] = Future()

    def make() -> None:
        try:
            made.set_result(call())
        except BaseException as error:  # it belongs to whoever waits
            made.set_exception(error)

    thread = Thread(target=make)
    thread.start()
    while not wait([made], LOOK_EVERY).done:
        yield step
    thread.join()
    return made.result()
