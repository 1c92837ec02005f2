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
    """A step of a job: the share that is done, with a message.

    Attributes:
        fraction: The share of the whole job that is done, 0..1.
        message: What it is doing now, in words for the user.
    """

    fraction: float
    message: str


@dataclass(frozen=True)
class Partial(Progress):
    """Progress with a part of the result; whoever has no use for it sees the progress.

    Attributes:
        piece: The part, of a type that the job defines.
    """

    piece: object


Job: TypeAlias = Generator[Progress, None, R]


def mapped(job: Job[R], change: Callable[[Progress], Progress]) -> Job[R]:
    """Run ``job`` with each of its steps passed through ``change``.

    Args:
        job: The job to run; it is closed when this one ends, in whatever way.
        change: Makes of each step the one that is passed on.

    Returns:
        A job with the result of ``job``.
    """
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
    """Run ``job`` as one stage of a larger one.

    Args:
        job: The stage.
        start: The fraction of the larger job at which the stage begins, 0..1.
        stop: The fraction at which it ends, ``start``..1.

    Returns:
        A job with the result of ``job``, whose fractions lie in ``start``..``stop``.
    """

    def moved(step: Progress) -> Progress:
        return replace(step, fraction=start + step.fraction * (stop - start))

    return (yield from mapped(job, moved))


def run(job: Job[R], report: Callable[[Progress], None] = lambda step: None) -> R:
    """Drive ``job`` to its end and close it, whatever happens.

    Args:
        job: The job to drive.
        report: Is called with each step.

    Returns:
        The result of ``job``.
    """
    try:
        while True:
            try:
                report(next(job))
            except StopIteration as end:
                return cast(R, end.value)
    finally:
        job.close()


def aside(call: Callable[[], R], step: Progress) -> Job[R]:
    """Run in a thread of its own what cannot be cut into steps, such as loading a library.

    A job that is cancelled does not wait for the thread: what it gives then is dropped.

    Args:
        call: The work. What it raises, the job raises.
        step: The progress that is yielded, every ``LOOK_EVERY`` seconds, until the work is done.

    Returns:
        A job with the result of ``call``.
    """
    future: Future[R] = Future()

    def make() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # it belongs to whoever waits
            future.set_exception(error)

    thread = Thread(target=make)
    thread.start()
    while not wait([future], LOOK_EVERY).done:
        yield step
    thread.join()
    return future.result()
