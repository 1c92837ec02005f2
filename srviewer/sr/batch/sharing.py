"""One volume of a batch, done by one of the jobs that share an output folder."""

import time
from contextlib import suppress

from srviewer.errors import UserError
from srviewer.job import Job
from srviewer.sr.batch.claims import Claim, Holder, TakenOver, claimed, holder
from srviewer.sr.batch.items import Item
from srviewer.sr.batch.outcome import (
    VolumeOutcome,
    record_outcome,
    recorded_as_before,
    recorded_outcome,
    volume_key,
)
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.work import reconstructing

MOST_ENDED = 3  # jobs in a row that a volume may have ended, as by more memory than there is
LOOK_SECONDS = 1.0  # between two looks at what other jobs have, and so much more for each volume:
LOOK_SECONDS_EACH = 0.02


def shared(item: Item, settings: Settings, batch_folder: BatchFolder) -> Job[VolumeOutcome]:
    """Reconstruct one item under a claim, unless another job has done it meanwhile or has it.

    Args:
        item: The volume.
        settings: Of the reconstruction.
        batch_folder: The folder of the batch.

    Returns:
        A job whose result is the outcome, which is recorded for the other jobs; "pending" where a
        living job has the volume.
    """
    try:
        before = _of_another(item, settings, batch_folder)
        if before is not None:
            return before
        with claimed(batch_folder, volume_key(item)) as claim:
            if isinstance(claim, Holder):
                return _pending(item, f"{claim.title} has it")
            return (yield from _under(claim, item, settings, batch_folder))
    except TakenOver:
        return _pending(item, "another job took it over")
    except UserError as error:  # no claim can be made there
        return VolumeOutcome(item.name, None, "failed", 0.0, str(error), source=item.source_name)


def _under(
    claim: Claim, item: Item, settings: Settings, batch_folder: BatchFolder
) -> Job[VolumeOutcome]:
    before = _of_another(item, settings, batch_folder)  # between that look and the claim
    if before is not None:
        return before
    if claim.ended < MOST_ENDED:
        outcome = yield from reconstructing(item, settings, batch_folder, claim.check)
    else:
        message = (
            f"{claim.ended} processes in a row ended while they reconstructed it, as for want of "
            "memory. Look into its log, give it more memory, and run it again."
        )
        outcome = VolumeOutcome(item.name, None, "failed", 0.0, message, source=item.source_name)
    with suppress(UserError):  # a full disk, say: then others look for themselves
        record_outcome(batch_folder, item, settings.identity(), outcome)
    return outcome


def _of_another(item: Item, settings: Settings, batch_folder: BatchFolder) -> VolumeOutcome | None:
    """The outcome that another job, or a dead worker of this one, recorded since this began."""
    recorded = recorded_outcome(batch_folder, item)
    if recorded is None or not recorded.counts(settings.identity(), batch_folder.since):
        return None
    of_this = recorded.batch == batch_folder.batch
    return recorded.outcome if of_this else recorded_as_before(recorded.outcome)


def _pending(item: Item, message: str) -> VolumeOutcome:
    return VolumeOutcome(item.name, None, "pending", message=message, source=item.source_name)


class Waiting:
    """Volumes that other jobs have, to be tried again when those end.

    Args:
        batch_folder: The folder of the batch.
    """

    def __init__(self, batch_folder: BatchFolder) -> None:
        self._batch_folder = batch_folder
        self._items: dict[Item, str] = {}  # and who has it
        self._looked = time.monotonic()

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Item, message: str) -> None:
        """Wait for a volume.

        Args:
            item: The volume.
            message: Who has it.
        """
        self._items[item] = message

    @property
    def message(self) -> str:
        """For the user; "" where there is nothing to wait for."""
        if not self._items:
            return ""
        first = next(iter(self._items.values()))
        return f"{len(self._items)} with other jobs ({first})"

    def free(self) -> list[Item]:
        """Volumes whose jobs have recorded them, given them back or ended; looks now and then."""
        pause = LOOK_SECONDS + LOOK_SECONDS_EACH * len(self._items)
        if not self._items or time.monotonic() - self._looked < pause:
            return []
        self._looked = time.monotonic()
        free: list[Item] = []
        with suppress(OSError, UserError):  # a file system that is away for a moment
            for item in self._items:
                if holder(self._batch_folder, volume_key(item)) is None:
                    free.append(item)
        for item in free:
            del self._items[item]
        return free
