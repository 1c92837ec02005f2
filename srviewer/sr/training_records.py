"""Which training runs were started on this computer, so that none is forgotten after a crash."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from srviewer.atomic import write_text
from srviewer.errors import UserError
from srviewer.nn.checkpoint import checkpoint_path
from srviewer.nn.specs import TrainingPlan
from srviewer.ordinary import is_ordinary, json_of
from srviewer.paths import private_tree, user_data_dir
from srviewer.sr.training import TrainingJob


def remember(job: TrainingJob) -> None:
    """Keep what is needed to go on with ``job`` another day, where only this user may read it.

    Where nothing can be kept, the run is not offered after a crash; its checkpoint is there.
    """
    values = {
        "output": str(job.output.absolute()),
        "paths": [str(path.absolute()) for path in job.paths],
        "validation": [str(path.absolute()) for path in job.validation],
        "plan": job.plan.to_json(),
        "device": job.device,
        "licences": job.licences,
        "workers": job.workers,
    }
    record = _record(job.output)
    with suppress(OSError, UserError):
        private_tree(record.parent)
        write_text(record, json.dumps(values, indent=1))


def forget(output: Path) -> None:
    """Drop the record of the run that writes ``output``; its files stay."""
    _record(output).unlink(missing_ok=True)


def remembered() -> tuple[TrainingJob, ...]:
    """Every run that was kept, oldest first; a damaged record is left out."""
    return tuple(_read_all())


def is_unfinished(output: Path) -> bool:
    """Whether there is a checkpoint from which the run that writes ``output`` can go on."""
    return checkpoint_path(output).exists()


def _read_all() -> Iterator[TrainingJob]:
    for file in sorted(filter(is_ordinary, _records()), key=lambda one: one.stat().st_mtime_ns):
        try:
            yield _job(json_of(file))
        except (OSError, ValueError, LookupError, TypeError, AttributeError, UserError):
            continue  # of another version, or cut short: nothing that could be gone on with


def _records() -> tuple[Path, ...]:
    if not _folder().is_dir():
        return ()
    try:
        private_tree(_folder())
    except OSError:  # another user's
        return ()
    return tuple(_folder().glob("*.json"))


def _job(values: dict[str, Any]) -> TrainingJob:
    return TrainingJob(
        paths=tuple(map(Path, values["paths"])),
        validation=tuple(map(Path, values["validation"])),
        plan=TrainingPlan.from_json(values["plan"]),
        output=Path(values["output"]),
        device=str(values["device"]),
        licences=dict(values["licences"]),
        workers=int(values["workers"]),
    )


def _record(output: Path) -> Path:
    place = hashlib.sha256(os.fsencode(output.absolute())).hexdigest()[:12]
    return _folder() / f"{output.stem}-{place}.json"


def _folder() -> Path:
    return user_data_dir() / "training"
