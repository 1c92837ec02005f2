"""The generator protocol of everything that takes time."""

import threading
from itertools import pairwise

import pytest

from srviewer.job import Job, Partial, Progress, TimeLeft, aside, beside, run, within


class Broken(Exception):
    """Something goes wrong in a job or in who drives it."""


def counting(steps: int, log: list[str], name: str = "job") -> Job[str]:
    try:
        for step in range(steps):
            yield Progress(step / steps, f"{name} {step}")
        return f"{name} done"
    finally:
        log.append(f"{name} closed")


def two_stages(log: list[str]) -> Job[tuple[str, str]]:
    try:
        first = yield from within(counting(4, log, "first"), 0.0, 0.25)
        second = yield from within(counting(2, log, "second"), 0.25, 1.0)
        return first, second
    finally:
        log.append("both closed")


def test_run_gives_the_result_and_reports_each_step() -> None:
    steps: list[Progress] = []
    assert run(counting(3, []), steps.append) == "job done"
    assert [step.message for step in steps] == ["job 0", "job 1", "job 2"]
    assert run(counting(3, [])) == "job done"


def test_within_maps_each_stage_onto_its_share() -> None:
    steps: list[Progress] = []
    result = run(two_stages([]), steps.append)
    assert result == ("first done", "second done")
    assert [s.fraction for s in steps] == pytest.approx([0, 0.0625, 0.125, 0.1875, 0.25, 0.625])
    assert steps[0].message == "first 0" and steps[-1].message == "second 1"


@pytest.mark.parametrize("asked", range(1, 7))
def test_closing_after_any_step_closes_what_is_inside(asked: int) -> None:
    log: list[str] = []
    job = two_stages(log)
    for _ in range(asked):
        next(job)
    job.close()
    inside = ["first closed"] if asked <= 4 else ["first closed", "second closed"]
    assert log == [*inside, "both closed"]


def test_a_stage_is_closed_even_when_nobody_holds_it() -> None:
    """``within`` closes its job itself: nothing waits for the garbage collector."""
    log: list[str] = []
    inner = counting(4, log)
    outer = within(inner, 0, 1)
    next(outer)
    outer.close()
    assert log == ["job closed"]
    with pytest.raises(StopIteration):
        next(inner)


def test_run_closes_the_job_when_the_report_fails() -> None:
    log: list[str] = []

    def fail(step: Progress) -> None:
        raise Broken(step.message)

    job = two_stages(log)  # held, so that only run() itself can close it
    with pytest.raises(Broken, match="first 0"):
        run(job, fail)
    assert log == ["first closed", "both closed"]


def test_run_closes_the_job_on_a_keyboard_interrupt() -> None:
    log: list[str] = []

    def interrupt(step: Progress) -> None:
        if step.message == "second 0":
            raise KeyboardInterrupt

    job = two_stages(log)
    with pytest.raises(KeyboardInterrupt):
        run(job, interrupt)
    assert log == ["first closed", "second closed", "both closed"]


def test_an_error_inside_a_stage_reaches_who_drives_it() -> None:
    log: list[str] = []

    def failing() -> Job[None]:
        try:
            yield Progress(0.5, "half")
            raise Broken("inside")
        finally:
            log.append("closed")

    with pytest.raises(Broken, match="inside"):
        run(within(failing(), 0, 1))
    assert log == ["closed"]


def test_a_piece_of_the_result_passes_through_every_stage() -> None:
    def partly() -> Job[int]:
        yield Partial(0.5, "half", "piece")
        return 1

    steps: list[Progress] = []
    assert run(within(within(partly(), 0.5, 1), 0, 0.5), steps.append) == 1
    assert steps == [Partial(0.375, "half", "piece")]


def test_what_is_done_aside_gives_its_result_or_its_error() -> None:
    here = threading.get_ident()
    assert run(aside(threading.get_ident, Progress(0, "aside"))) != here

    def fail() -> None:
        raise Broken("aside")

    with pytest.raises(Broken, match="aside"):
        run(aside(fail, Progress(0, "aside")))


def test_a_job_beside_another_runs_in_a_thread_and_gives_its_result_too() -> None:
    log: list[str] = []
    threads: set[int] = set()

    def elsewhere() -> Job[str]:
        threads.add(threading.get_ident())
        return (yield from counting(3, log, "other"))

    steps: list[Progress] = []
    assert run(beside(elsewhere(), counting(2, log)), steps.append) == ("other done", "job done")
    assert {step.message for step in steps} <= {"job 0", "job 1"}
    assert sorted(log) == ["job closed", "other closed"]
    assert threads.isdisjoint({threading.get_ident()})


def test_of_two_jobs_that_fail_the_other_one_says_why() -> None:
    def failing(reason: str) -> Job[None]:
        yield Progress(0.5, reason)
        raise Broken(reason)

    log: list[str] = []
    with pytest.raises(Broken, match="of the other"):
        run(beside(failing("of the other"), failing("of the job")))
    with pytest.raises(Broken, match="of the job"):
        run(beside(counting(3, log), failing("of the job")))
    with pytest.raises(Broken, match="of the other"):
        run(beside(failing("of the other"), counting(3, log)))


def test_a_cancel_ends_the_job_beside_at_its_next_step() -> None:
    log: list[str] = []
    before = set(threading.enumerate())
    job = beside(counting(10**9, log, "other"), counting(3, log))
    next(job)
    job.close()
    assert sorted(log) == ["job closed", "other closed"]
    assert set(threading.enumerate()) <= before


def test_a_cancel_does_not_wait_for_what_is_done_aside() -> None:
    go, ended = threading.Event(), threading.Event()

    def slow() -> None:
        go.wait(120)
        ended.set()

    job = aside(slow, Progress(0.25, "aside"))
    assert [next(job), next(job)] == [Progress(0.25, "aside")] * 2
    job.close()
    assert not ended.is_set()  # nor has it waited: ``slow`` ends it
    go.set()
    assert ended.wait(120)


def _said(steps: list[tuple[float, float]]) -> list[tuple[float, float | None]]:
    """(seconds that were left, seconds that were estimated) after each step of a job."""
    left, total = TimeLeft(), steps[-1][0]
    said = []
    for now, fraction in steps:
        left.note(now, fraction)
        said.append((total - now, left.seconds(now)))
    return said


def test_the_time_left_is_not_said_before_it_is_steady_and_never_jumps() -> None:
    # As measured: the network starts, the first slices come slowly, then quickly, then evenly.
    first = [(0.1 * n, 0.0) for n in range(50)] + [(5.5, 0.015), (7.6, 0.031), (9.7, 0.046)]
    even = [(10.8 + 0.5 * n, 0.08 + 0.0078 * n) for n in range(118)]
    said = _said([*first, *even, (70.0, 1.0)])
    assert all(estimate is None for _, estimate in said[:51])
    estimates = [(true, estimate) for true, estimate in said if estimate is not None]
    assert 40 < estimates[0][0] < 60  # it is there before a third of the time is over
    for true, estimate in estimates[:-4]:
        assert estimate == pytest.approx(true, rel=0.35, abs=2)
    values = [estimate for _, estimate in estimates]
    assert max(after - before for before, after in pairwise(values)) < 3  # seconds, up or down
    assert min(after - before for before, after in pairwise(values)) > -6


def test_a_job_that_stands_still_has_no_time_left_to_say() -> None:
    left = TimeLeft()
    for n in range(100):
        left.note(0.5 * n, 0.1)
    assert left.seconds(50.0) is None
