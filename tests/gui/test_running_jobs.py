"""Jobs in threads: each ends in exactly one way, and leaves nothing behind."""

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs, duration_text
from srviewer.job import Job, Partial, Progress


class Journal:
    """What a job did: which threads drove it, whether it was closed."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.closed = 0
        self.results: list[object] = []

    def endless(self) -> Job[int]:
        try:
            while True:
                self.threads.add(threading.get_ident())
                time.sleep(0.005)
                yield Progress(0.5, "again")
        finally:
            self.closed += 1

    def counting(self, steps: int, error: Exception | None) -> Job[int]:
        try:
            for step in range(steps):
                self.threads.add(threading.get_ident())
                yield Progress(step / steps, f"step {step}")
            if error is not None:
                raise error
            return steps
        finally:
            self.closed += 1


@pytest.fixture
def work(qtbot: QtBot) -> RunningJobs:
    return RunningJobs()


@pytest.fixture
def journal() -> Journal:
    return Journal()


def _always() -> bool:
    return True


def _idle(work: RunningJobs) -> Callable[[], None]:
    def check() -> None:
        assert work.tasks == ()
        assert work.findChildren(QThread) == []

    return check


def test_a_job_runs_in_another_thread_and_its_result_arrives_in_this_one(
    work: RunningJobs, journal: Journal, qtbot: QtBot
) -> None:
    arrived = []

    def done(result: int) -> None:
        arrived.append((result, threading.get_ident()))

    work.start("count", "Counting", journal.counting(3, None), done, _always)
    assert work.running("count") is not None
    qtbot.waitUntil(_idle(work))
    assert arrived == [(3, threading.get_ident())]
    assert threading.get_ident() not in journal.threads
    assert journal.closed == 1


def test_a_failure_is_told_once_with_its_title_and_gives_no_result(
    work: RunningJobs, journal: Journal, qtbot: QtBot
) -> None:
    error = UserError("no such slice")
    told = []
    work.failed.connect(lambda title, problem: told.append((title, problem)))
    job = journal.counting(2, error)
    work.start("count", "Counting", job, journal.results.append, _always)
    qtbot.waitUntil(_idle(work))
    assert told == [("Counting", error)]
    assert journal.results == []
    assert journal.closed == 1


def test_cancel_stops_and_closes_the_job(work: RunningJobs, journal: Journal, qtbot: QtBot) -> None:
    work.start("long", "Working", journal.endless(), journal.results.append, _always)
    qtbot.waitUntil(lambda: bool(journal.threads))
    work.cancel("long")
    assert work.running("long") is None
    qtbot.waitUntil(_idle(work))
    assert journal.closed == 1
    assert journal.results == []


def test_a_second_job_of_a_kind_replaces_the_first(
    work: RunningJobs, journal: Journal, qtbot: QtBot
) -> None:
    work.start("open", "First", journal.endless(), journal.results.append, _always)
    qtbot.waitUntil(lambda: bool(journal.threads))
    work.start("open", "Second", journal.counting(2, None), journal.results.append, _always)
    qtbot.waitUntil(_idle(work))
    assert journal.results == [2]
    assert journal.closed == 2


def test_a_result_that_nobody_wants_any_more_is_dropped(
    work: RunningJobs, journal: Journal, qtbot: QtBot
) -> None:
    job = journal.counting(2, None)
    work.start("open", "Opening", job, journal.results.append, lambda: False)
    qtbot.waitUntil(_idle(work))
    assert journal.results == []


def test_stop_leaves_no_thread(work: RunningJobs, journal: Journal, qtbot: QtBot) -> None:
    for kind in ("one", "two", "three"):
        work.start(kind, kind, journal.endless(), journal.results.append, _always)
    qtbot.waitUntil(lambda: len(journal.threads) == 3)
    work.stop()
    assert journal.closed == 3
    qtbot.waitUntil(_idle(work))


def test_progress_comes_no_faster_than_a_window_can_show(
    work: RunningJobs, journal: Journal, qtbot: QtBot
) -> None:
    reports = []
    started = time.monotonic()
    job = journal.counting(20_000, None)
    work.start("count", "Counting", job, journal.results.append, _always)
    task = work.running("count")
    assert task is not None
    task.reported.connect(lambda: reports.append(task.progress))
    qtbot.waitUntil(_idle(work))
    assert 1 <= len(reports) <= 2 + (time.monotonic() - started) * 25


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (21.4, "21 s"), (80, "1 min 20 s"), (59.7, "1 min 00 s"), (734, "12 min")],
)
def test_time_left_reads_as_people_say_it(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_pieces_of_a_result_arrive_in_order_and_none_after_a_cancel(
    work: RunningJobs, qtbot: QtBot
) -> None:
    def counting() -> Job[None]:
        for number in range(40):
            yield Partial(0.0, "piece", number)

    def endless() -> Job[None]:
        while True:
            time.sleep(0.002)
            yield Partial(0.0, "piece", "more")

    came: list[object] = []
    work.start("count", "Counting", counting(), lambda result: None, _always).brought.connect(
        came.append
    )
    qtbot.waitUntil(_idle(work))
    assert came == list(range(40))
    came.clear()
    task = work.start("count", "Counting", endless(), lambda result: None, _always)
    task.brought.connect(came.append)
    qtbot.waitUntil(lambda: len(came) > 3)
    task.cancel()
    seen = len(came)
    qtbot.waitUntil(_idle(work))
    assert len(came) == seen
