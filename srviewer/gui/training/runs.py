"""The training runs of the window, of which one trains at a time while the others wait."""

from collections import deque
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from srviewer.errors import UserError
from srviewer.gui.jobs.running_jobs import RunningJobs, Task
from srviewer.gui.texts.translation import mark, tr
from srviewer.job import Job, Progress, mapped
from srviewer.nn.catalogue import PatchPreview, TrainStep
from srviewer.nn.devices.cores import usable_cores
from srviewer.nn.models.checkpoint import checkpoint_path
from srviewer.nn.plans.budget import Budget
from srviewer.nn.reports.run_log import log_entry, log_path, read_log
from srviewer.paths import models_dir
from srviewer.sr.training.records import forget, is_unfinished, remember, stored_runs
from srviewer.sr.training.run import TrainingJob, trained_model

TRAIN = "train"
BUG = mark("Stopped by a fault of srviewer; the bar above has the details.")

Entry = dict[str, Any]


class State(Enum):
    """The states of a training run, with their texts."""

    WAITING = mark("waiting for its turn")
    TRAINING = mark("training")
    PAUSED = mark("paused")
    STOPPING = mark("stopping")
    STOPPED = mark("stopped")
    UNFINISHED = mark("was not finished")
    FAILED = mark("failed")
    FINISHED = mark("finished")


LIVE = (State.WAITING, State.TRAINING, State.PAUSED, State.STOPPING)


class TrainingRun:
    """A training run with its reports.

    Attributes:
        job: Data, plan, output and device.
        state: What it is doing.
        number: Counts the runs of the window; it decides the colour.
        progress: The last progress that was reported.
        preview: The newest preview, or None.
        problem: Why it failed; "" otherwise.
        shown: Whether it is in the plots.
    """

    def __init__(self, job: TrainingJob, state: State, number: int) -> None:
        self.job, self.state, self.number = job, state, number
        self.progress = Progress(0.0, "")
        self.preview: PatchPreview | None = None
        self.problem = ""
        self.shown = True
        self._entries: list[Entry] | None = None

    @property
    def name(self) -> str:
        """The name of its model."""
        return self.job.output.stem

    @property
    def entries(self) -> list[Entry]:
        """The reports, read from the log beside the model at the first use."""
        if self._entries is None:
            self._entries = read_log(log_path(self.job.output))
        return self._entries

    def add(self, entry: Entry, preview: PatchPreview | None) -> None:
        """Add a report; steps that a resumed run repeats replace the earlier ones.

        Args:
            entry: As in the log.
            preview: None keeps the last one.
        """
        while self.entries and self.entries[-1]["step"] >= entry["step"]:
            self.entries.pop()
        self.entries.append(entry)
        self.preview = preview or self.preview

    def start_anew(self) -> None:
        """Drop the reports of an earlier run with this output."""
        self._entries = []

    @property
    def fraction(self) -> float:
        """Used share of the budget, 0 to 1; reading before and scoring after do not count."""
        if not self.entries:
            return 0.0
        last, plan = self.entries[-1], self.job.plan
        return Budget(plan.minutes, plan.steps).used(last["step"], last["seconds"])

    @property
    def seconds_left(self) -> float | None:
        """Seconds of the training itself, extrapolated; None before the first report."""
        done = self.fraction
        return float(self.entries[-1]["seconds"]) * (1 - done) / done if done else None

    @property
    def model_exists(self) -> bool:
        """Whether a model file was written, which can be used already."""
        return self.job.output.is_file()


class TrainingRuns(QObject):
    """Starts, pauses, stops and resumes training runs.

    Attributes:
        unreadable: Why records of earlier runs cannot be read.
    """

    changed = Signal()  # the list, or the state of a run
    started = Signal(object)  # the run that begins, anew or again, now or when its turn comes
    reported = Signal(object)  # the run with a new report
    model_written = Signal(object)  # the run whose model can be used now

    def __init__(self, work: RunningJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._inbox: deque[tuple[Entry, PatchPreview | None]] = deque()
        self._task: Task | None = None
        self._current: TrainingRun | None = None
        self._numbers = 0
        self._list: list[TrainingRun] = []
        records = stored_runs()
        self.unreadable = tuple(reason for _, reason in records.unreadable)
        for job in records.jobs:
            state = State.UNFINISHED if is_unfinished(job.output) else State.FINISHED
            if state is State.UNFINISHED or job.output.is_file():
                run = self._made(job, state)
                run.shown = state is State.UNFINISHED

    @property
    def all(self) -> tuple[TrainingRun, ...]:
        """All runs, oldest first."""
        return tuple(self._list)

    @property
    def unfinished(self) -> tuple[TrainingRun, ...]:
        """The runs that an earlier window left unfinished."""
        return tuple(run for run in self._list if run.state is State.UNFINISHED)

    def models_elsewhere(self) -> list[tuple[str, str]]:
        """(name, file) of models for scans that lie outside the folder of the user's models."""
        return [
            (run.name, str(run.job.output))
            for run in self._list
            if run.state is not State.WAITING
            and run.model_exists
            and run.job.plan.layout == "axis"
            and run.job.output.parent != models_dir()
        ]

    def start(self, job: TrainingJob) -> TrainingRun:
        """Add a run, which trains as soon as no other run does.

        Args:
            job: Replaces the entry of a finished run with the same output.

        Returns:
            The new run.

        Raises:
            UserError: A run with this output is not finished.
        """
        self.check_free(job.output)
        remember(job)
        for run in self._with_output(job.output):
            self._list.remove(run)
        run = self._made(job, State.WAITING)
        run.start_anew()
        self.started.emit(run)
        self._next()
        return run

    def check_free(self, output: Path) -> None:
        """Check that a new run may write a model file.

        Args:
            output: The model file.

        Raises:
            UserError: A run with this output is not finished.
        """
        live = any(run.state in LIVE for run in self._with_output(output))
        if live or is_unfinished(output):
            raise UserError(
                tr(
                    "There is a run named '{stem}' in this folder that is not finished. Resume "
                    "it, remove it from the list, or give the new one another name.",
                    stem=output.stem,
                )
            )

    def pause(self, run: TrainingRun) -> None:
        """Pause a run; it stays in memory.

        Args:
            run: Nothing happens unless it is training.
        """
        if run is self._current and self._task is not None:
            self._task.hold(True)
            self._set(run, State.PAUSED)

    def resume(self, run: TrainingRun) -> None:
        """Resume a run: at once if it is paused, else from its checkpoint when no other run trains.

        Args:
            run: Paused, stopped, failed or unfinished.
        """
        if run.state is State.PAUSED and self._task is not None:
            self._set(run, State.TRAINING)
            self._task.hold(False)
        elif run.state not in LIVE:
            self._set(run, State.WAITING)
            self.started.emit(run)
            self._next()

    def stop(self, run: TrainingRun) -> None:
        """Stop a run and keep a checkpoint, from which it can be resumed.

        Args:
            run: Training, paused or waiting.
        """
        if run is self._current and self._task is not None:
            self._set(run, State.STOPPING)
            self._work.cancel(TRAIN)
        elif run.state is State.WAITING:
            self._set(run, State.STOPPED)

    def stop_current(self) -> None:
        """Stop the run that is training or paused, as ``stop`` does, if there is one."""
        if self._current is not None:
            self.stop(self._current)

    def remove(self, run: TrainingRun) -> None:
        """Remove a run and its checkpoint; its model and its log stay.

        Args:
            run: Nothing happens while it waits, trains or stops.
        """
        if run.state in LIVE:
            return
        forget(run.job.output)
        checkpoint_path(run.job.output).unlink(missing_ok=True)
        self._list.remove(run)
        self.changed.emit()

    def _with_output(self, output: Path) -> list[TrainingRun]:
        return [run for run in self._list if run.job.output == output]

    def _made(self, job: TrainingJob, state: State) -> TrainingRun:
        run = TrainingRun(job, state, self._numbers)
        self._numbers += 1
        self._list.append(run)
        return run

    def _next(self) -> None:
        """Start the first waiting run, if none is training."""
        waiting = next((run for run in self._list if run.state is State.WAITING), None)
        if self._current is None and waiting is not None and not self._work.stopped:
            self._begin(waiting)
        self.changed.emit()

    def _begin(self, run: TrainingRun) -> None:
        resume = is_unfinished(run.job.output)
        run.job = replace(run.job, threads=_threads(), resume=resume)
        run.state, run.problem, run.progress = State.TRAINING, "", Progress(0.0, tr("Starting"))
        self._current = run
        job = self._watched(trained_model(run.job))
        title = tr("Training {name}", name=run.name)
        self._task = self._work.start(TRAIN, title, job, self._keep, lambda: True)
        self._task.tells_time = False  # the run knows its budget
        self._task.reported.connect(self._report)
        self._task.ended.connect(self._end)

    def _watched(self, job: Job[Any]) -> Job[Any]:
        """The job with its reports queued: the window is sent only some of a job's steps."""
        inbox = self._inbox

        def put_aside(step: Progress) -> Progress:
            if not isinstance(step, TrainStep):
                return step
            inbox.append((log_entry(step), step.preview))
            return Progress(step.fraction, step.message)  # without the weights, which are large

        return mapped(job, put_aside)

    def _report(self) -> None:
        run, task = self._current, self._task
        if run is None or task is None:
            return
        run.progress = task.progress
        while self._inbox:
            run.add(*self._inbox.popleft())
        self.reported.emit(run)

    def _end(self, task: Task) -> None:
        run = self._current
        if run is None:
            return
        self._report()
        self._current = self._task = None
        if task.error is not None:
            run.state = State.FAILED
            run.problem = str(task.error) if isinstance(task.error, UserError) else BUG
        else:
            done = run.model_exists and not is_unfinished(run.job.output)
            run.state = State.FINISHED if done or not task.cancelling else State.STOPPED
        if run.state is not State.FAILED and run.model_exists:
            self.model_written.emit(run)
        self._next()

    def _keep(self, model: object) -> None:
        """Do nothing: the run has written its model itself."""

    def _set(self, run: TrainingRun, state: State) -> None:
        run.state = state
        self.changed.emit()


def _threads() -> int:
    """All usable cores but one, which is left to the window."""
    return max(1, usable_cores() - 1)
