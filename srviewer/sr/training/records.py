"""Records of the training runs of this computer, so that each can be resumed after a crash."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

from srviewer.atomic import write_text
from srviewer.codec import from_plain, one_of, to_plain
from srviewer.documents import read_document
from srviewer.errors import UserError
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.models.checkpoint import checkpoint_path
from srviewer.paths import private_tree, user_data_dir
from srviewer.sr.models.available_models import SUFFIX
from srviewer.sr.models.devices import DEVICES
from srviewer.sr.training.run import TrainingJob

MOST_WORKERS = 1024


@dataclass(frozen=True)
class Record:
    """The file of a training run: the fields of ``TrainingJob``, the plan as JSON."""

    output: Path
    paths: tuple[Path, ...]
    validation: tuple[Path, ...]
    plan: Any
    device: Annotated[str, one_of(DEVICES)]
    licences: dict[str, str]
    workers: Annotated[int, Meta(ge=1, le=MOST_WORKERS)]

    def job(self) -> TrainingJob:
        """The training run.

        Raises:
            UserError: The plan is not valid.
            ValueError: The output is no model file.
            OSError: No file system takes its name.
        """
        if not self.output.is_absolute() or self.output.suffix != SUFFIX:
            raise ValueError(f"'output' cannot be '{self.output}': it is no model file")
        for path in (self.output, checkpoint_path(self.output)):
            path.exists()  # an OSError for a name that no file system takes
        return TrainingJob(
            paths=self.paths,
            validation=self.validation,
            plan=TrainingPlan.from_json(self.plan),
            output=self.output,
            device=self.device,
            licences=self.licences,
            workers=self.workers,
        )


def remember(job: TrainingJob) -> None:
    """Store what is needed to resume a training run, in a private file.

    Where it cannot be written, the run is not offered after a crash; its checkpoint exists all the
    same.

    Args:
        job: The run.
    """
    record = Record(
        output=job.output.absolute(),
        paths=tuple(path.absolute() for path in job.paths),
        validation=tuple(path.absolute() for path in job.validation),
        plan=job.plan.to_json(),
        device=job.device,
        licences=job.licences,
        workers=job.workers,
    )
    file = _record(job.output)
    with suppress(OSError, UserError):
        private_tree(file.parent)
        write_text(file, json.dumps(to_plain(record), indent=1))


def forget(output: Path) -> None:
    """Delete the record of a training run; its other files stay.

    Args:
        output: The model file that the run writes.
    """
    _record(output).unlink(missing_ok=True)


@dataclass(frozen=True)
class Remembered:
    """The stored training runs.

    Attributes:
        jobs: The runs, oldest first.
        unreadable: (file, reason in a sentence) of each damaged record.
    """

    jobs: tuple[TrainingJob, ...] = ()
    unreadable: tuple[tuple[Path, str], ...] = ()


def stored_runs() -> Remembered:
    """The stored training runs, and the records that are damaged."""
    jobs: list[TrainingJob] = []
    unreadable: list[tuple[Path, str]] = []
    for file in _records():
        try:
            jobs.append(read_training_record(file))
        except UserError as error:
            unreadable.append((file, str(error)))
    return Remembered(tuple(jobs), tuple(unreadable))


def read_training_record(file: Path) -> TrainingJob:
    """Read the record of a training run.

    Args:
        file: The record.

    Returns:
        The run.

    Raises:
        UserError: The file cannot be read or is no valid record.
    """
    try:
        return from_plain(read_document(file), Record).job()
    except OSError as error:
        reason = str(error.strerror or error)
    except (ValueError, LookupError, TypeError, OverflowError, UserError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
    raise UserError(f"The record of a training run '{file.name}' is damaged: {reason}.")


def is_unfinished(output: Path) -> bool:
    """Whether a training run has a checkpoint to resume from.

    Args:
        output: The model file that the run writes.

    Returns:
        True where the checkpoint exists.
    """
    return checkpoint_path(output).exists()


def _records() -> tuple[Path, ...]:
    if not _folder().is_dir():
        return ()
    try:
        private_tree(_folder())
    except OSError:  # another user's
        return ()
    return tuple(sorted(_folder().glob("*.json"), key=_written))


def _written(record: Path) -> int:
    """Time of the last change in ns; 0 for a file that is gone, or a link to nothing."""
    try:
        return record.stat().st_mtime_ns
    except OSError:
        return 0


def _record(output: Path) -> Path:
    path = str(output.absolute()).encode("utf-8", "surrogateescape")
    digest = hashlib.sha256(path).hexdigest()[:12]
    return _folder() / f"{output.stem}-{digest}.json"


def _folder() -> Path:
    return user_data_dir() / "training"
