"""The model of a batch where none is named: one for all volumes, kept with the output folder."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from srviewer.core.volumes.volume import ScanHeader
from srviewer.documents import is_text, read_document
from srviewer.errors import UserError
from srviewer.sr.batch.records import BatchFolder, finished_values, write_record
from srviewer.sr.batch.settings import Settings
from srviewer.sr.cross_plane.methods import method
from srviewer.sr.models.available_models import DEFAULT_MODEL, is_at_hand, taken_names
from srviewer.sr.requests.automatic_model import (
    AUTO,
    REASONS,
    processor_of,
    with_automatic_model,
)
from srviewer.sr.requests.request import LONGEST_MODEL, LONGEST_REASON, suggested_request

KEPT = "the model of the results that are in this folder already"
NAME = "model.json"  # in the folder of records
TRIES, PAUSE = 20, 0.05  # while another job that was quicker writes its choice


@dataclass(frozen=True)
class BatchModel:
    """A model and the reason for it."""

    model: str
    reason: str


def is_automatic(settings: Settings) -> bool:
    """Whether the model of a batch is still to be chosen.

    Args:
        settings: Of each reconstruction.

    Returns:
        False where a model is named, or none is needed.

    Raises:
        UserError: The method is unknown.
    """
    return method(settings.request.method).needs_model and settings.request.model == AUTO


def with_batch_model(
    settings: Settings, scans: Iterable[ScanHeader], batch_folder: BatchFolder, cores: int
) -> Settings:
    """Choose the model of a batch, unless an earlier job in the folder has done so.

    Args:
        settings: Of each reconstruction.
        scans: All volumes of the batch, of which the largest decides.
        batch_folder: The folder, which keeps the choice for other jobs and later runs.
        cores: Of one worker.

    Returns:
        The settings with a model; unchanged where one is named.
    """
    if settings.request.model != AUTO:
        return settings
    if not is_automatic(settings):  # the factors that suit the volumes are those of a model
        return replace(settings, request=replace(settings.request, model=DEFAULT_MODEL))
    path = batch_folder.state / NAME
    kept = _read(path) or _of_results(batch_folder) or _chosen(settings, scans, cores)
    kept = _noted(path, kept)
    request = replace(settings.request, model=kept.model, model_reason=kept.reason)
    return replace(settings, request=request)


def _chosen(settings: Settings, scans: Iterable[ScanHeader], cores: int) -> BatchModel:
    largest = max(scans, key=lambda scan: prod(scan.geometry.shape))
    suggested = suggested_request(largest, settings.axis)
    factor = suggested.factor if settings.factor is None else settings.factor
    request = replace(settings.request, axis=suggested.axis, factor=factor)
    processor = processor_of(request)
    if not processor.is_gpu:
        processor = replace(processor, cores=cores)
    request = with_automatic_model(largest, request, processor)
    return BatchModel(request.model, request.model_reason)


def _of_results(batch_folder: BatchFolder) -> BatchModel | None:
    """The model of results by a version that kept no choice, or by a job that named one."""
    for values in finished_values(batch_folder):
        model = values.get("model")
        if isinstance(model, str) and _is_name(model):
            return BatchModel(model, KEPT)
    return None


def _noted(path: Path, choice: BatchModel) -> BatchModel:
    """Keep a choice in a new file; that of another job that was quicker counts."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps({"model": choice.model, "reason": choice.reason}))
    except FileExistsError:
        for _ in range(TRIES):
            kept = _read(path)
            if kept is not None:
                return kept
            time.sleep(PAUSE)
        write_record(path, {"model": choice.model, "reason": choice.reason})  # it is damaged
    return choice


def _read(path: Path) -> BatchModel | None:
    try:
        document = read_document(path)
        reason = document["reason"]
        known = reason in REASONS or not is_text(reason, LONGEST_REASON)
        # Another version had other reasons, which need not hold any more.
        kept = BatchModel(document["model"], reason if known else KEPT)
    except (OSError, ValueError, LookupError, TypeError, UserError):
        return None
    whole = is_text(kept.model, LONGEST_MODEL) and is_text(kept.reason, LONGEST_REASON)
    return kept if whole and _is_name(kept.model) else None


def _is_name(model: str) -> bool:
    """Whether it is the name of a model at hand, and no path that a record leads to."""
    return model in taken_names() and is_at_hand(model)
