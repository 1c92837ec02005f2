"""Removal of what killed batches, and the workers of this one, left in an output folder."""

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from srviewer.io.export.clearing import clear_abandoned
from srviewer.job import Job, Progress
from srviewer.sr.batch.records import BatchFolder
from srviewer.temporary_folders import clear_temporary_folders
from srviewer.temporary_names import is_over, remove

LEAVE_SECONDS = 2.0  # in which every worker comes to the end of a step
LOOK_EVERY = 0.05


def clear_batch(batch_folder: BatchFolder, folders: Iterable[Path]) -> Job[None]:
    """Delete what ended processes left: drafts, temporary files, unpacked archives.

    Files that another batch is writing stay.

    Args:
        batch_folder: The folder of the batch.
        folders: The folders of its results.
    """
    yield Progress(0.0, "Looking for what an earlier batch left")
    _clear_unfinished(batch_folder.unfinished.parent)
    for folder in (*batch_folder.record_folders, *sorted(set(folders))):
        yield from clear_abandoned(folder)
    clear_temporary_folders()


def end_workers(batch_folder: BatchFolder) -> None:
    """Have each worker give up its volume at the end of a progress step, and wait for that.

    The wait ends after ``LEAVE_SECONDS``.

    Args:
        batch_folder: The folder of the batch.
    """
    batch_folder.unfinished.mkdir(parents=True, exist_ok=True)
    batch_folder.ended.touch()
    deadline = time.monotonic() + LEAVE_SECONDS
    while time.monotonic() < deadline and any(
        path.is_dir() for path in batch_folder.unfinished.iterdir()
    ):
        time.sleep(LOOK_EVERY)


def _clear_unfinished(unfinished: Path) -> None:
    """Delete the drafts of ended attempts, and the folders of ended batches that hold none."""
    for batch in _inside(unfinished):
        for attempt in _inside(batch):
            if is_over(attempt.name, attempt):
                remove(attempt)
        if is_over(batch.name, batch) and not any(attempt.is_dir() for attempt in _inside(batch)):
            shutil.rmtree(batch, ignore_errors=True)


def _inside(folder: Path) -> list[Path]:
    """What a folder holds; nothing where another batch has just deleted it."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []
