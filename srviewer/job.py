"""Long work as a generator: it yields Progress and returns its result.

Cancelling a job means not asking for its next step; ``close()`` then runs its ``finally`` blocks.
"""

from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import TypeAlias, TypeVar, cast

R = TypeVar("R")
S = TypeVar("S")
LOOK_EVERY = 0.05  # seconds between two steps of what is done aside
# Of the estimate of the time left: steps that are closer (s) count as one; for so long (s) it must
# have differed by less than a share of itself; a new pace is taken over in so many seconds.
STEP_SECONDS, SETTLED_SECONDS, UNSTEADY, SMOOTH_SECONDS = 0.2, 3.0, 0.25, 8.0
MOST_STEPS = 500  # that are kept


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


def beside(other: Job[S], job: Job[R]) -> Job[tuple[S, R]]:
    """Run a job while another one runs in a thread of its own.

    The thread ends with this job: where it is cancelled, after the next step of ``other``.

    Args:
        other: Runs in the thread; its steps are not seen, and what it raises is raised even where
            ``job`` fails as well.
        job: Runs here.

    Returns:
        A job with both results, and the steps of ``job``: the last one again, every ``LOOK_EVERY``
        seconds, until ``other`` is done too.
    """
    future: Future[S] = Future()
    ended = Event()
    last = Progress(0.0, "")

    def make() -> None:
        try:
            while not ended.is_set():
                next(other)
        except StopIteration as end:
            future.set_result(end.value)
        except BaseException as error:  # it belongs to whoever waits
            future.set_exception(error)
        finally:
            other.close()

    def seen(step: Progress) -> Progress:
        nonlocal last
        last = step
        return step

    def waited() -> Job[S]:
        while not wait([future], LOOK_EVERY).done:
            yield last
        return future.result()

    thread = Thread(target=make)
    thread.start()
    try:
        try:
            result = yield from mapped(job, seen)
        except Exception:
            yield from waited()  # it may fail for the reason behind
            raise
        return (yield from waited()), result
    finally:
        ended.set()
        thread.join()


class TimeLeft:
    """The time that is left of a job, from the pace of its progress.

    Starting is not progress, and the first steps may be quicker or slower than the rest: there is
    no estimate until it has settled. From then on it follows the pace smoothly.
    """

    def __init__(self) -> None:
        self._steps: list[tuple[float, float]] = []  # (seconds, fraction), from the first progress
        self._ends: list[tuple[float, float]] = []  # (seconds, the end as it was expected then)
        self._end: float | None = None

    def note(self, now: float, fraction: float) -> None:
        """Take in a step of the job.

        Args:
            now: Seconds on a clock that only runs forward.
            fraction: The share of the job that is done, 0..1.
        """
        if not self._steps or fraction <= self._steps[0][1]:
            self._steps = [(now, fraction)]
            return
        began, already = self._steps[0]
        interval = max(STEP_SECONDS, (now - began) / MOST_STEPS)
        if now - self._steps[-1][0] < interval:
            return
        self._steps.append((now, fraction))
        # The pace of the last half of the time: what came first says little of what follows.
        since, before = next(step for step in self._steps if step[0] >= (began + now) / 2 - 1e-9)
        if now == since or fraction <= before:
            since, before = began, already
        end = now + (1 - fraction) * (now - since) / (fraction - before)
        recent = now - max(SETTLED_SECONDS, 5 * interval)
        self._ends = [row for row in self._ends if row[0] >= recent] + [(now, end)]
        if self._end is not None:
            share = min(1.0, (now - self._steps[-2][0]) / SMOOTH_SECONDS)
            self._end += share * (end - self._end)
        elif now - began >= SETTLED_SECONDS and self._settled(now):
            self._end = end

    def seconds(self, now: float) -> float | None:
        """The estimate.

        Args:
            now: Seconds on the same clock.

        Returns:
            Seconds, not below 0; None until the estimate has settled.
        """
        return None if self._end is None else max(0.0, self._end - now)

    def _settled(self, now: float) -> bool:
        """Whether the last estimates of what is left differ by little."""
        ends = [end for _, end in self._ends]
        return len(ends) >= 4 and max(ends) - min(ends) <= UNSTEADY * (ends[-1] - now)
