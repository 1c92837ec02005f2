"""Claims of jobs on volumes: a small file each, so that jobs in one folder share their work.

Only what shared file systems do safely is needed: a file is created unless it exists (no locks, no
links). The first claim on a volume has its key as name. Whoever takes over from a job that ended
creates a file that is named after the claim it takes over, which can be done once; the last file of
this chain is the claim that holds. Nobody deletes another's claim, so none can be lost by a job
that was slow between looking and deleting.
"""

import errno
import json
import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from srviewer.documents import document_of
from srviewer.errors import UserError
from srviewer.sr.batch.records import BatchFolder
from srviewer.temporary_names import DAY_SECONDS, owner, process_mark, remove, temporary_name
from srviewer.unwritable import make_folder, writing

BEAT_SECONDS = 20.0  # between two signs of life
STALE_SECONDS = 300.0  # without one; attributes that NFS keeps for a minute are no reason
MOST_BYTES = 4096  # of a claim
MOST_TRIES = 100  # each is one in which another job was quicker


@dataclass(frozen=True)
class Holder:
    """A claim file, as it was read.

    Attributes:
        path: The file.
        mark: Of the process, another one for each claim; in its place the time in a damaged file.
        host: The machine; "" in a damaged file.
        process: The number of the process; 0 in a damaged file.
        batch: The id of its job; "" in a damaged file.
        beat: The last sign of life, by the clock of the file system, in seconds.
    """

    path: Path
    mark: str
    host: str
    process: int
    batch: str
    beat: float

    @property
    def title(self) -> str:
        """Machine and process, for people."""
        return f"{self.host}/{self.process}" if self.host else "another job"


class TakenOver(Exception):
    """Raised where this process has slept so long that another one has its volume."""


class Claim:
    """A claim of this process on a volume, with a thread that gives signs of life.

    Attributes:
        ended: The number of jobs in a row that ended while they held a claim on this volume.
    """

    def __init__(self, folder: Path, key: str, chain: tuple[Holder, ...]) -> None:
        self._folder, self._key, self._chain = folder, key, chain
        self.ended = len(chain) - 1
        self._over = Event()
        self._thread = Thread(target=self._beat, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise TakenOver where another job has taken the volume over."""
        if not self._holds():
            raise TakenOver

    def release(self) -> None:
        """Delete the claim and those that it took over, the first one first, which frees it."""
        self._over.set()
        self._thread.join()
        with suppress(OSError):  # of a file system that is away; it gets stale then
            if self._holds():
                _delete(self._chain)

    def _holds(self) -> bool:
        chain = _chain(self._folder, self._key)
        return bool(chain) and chain[-1].mark == self._chain[-1].mark

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            with suppress(OSError):  # a file system that is away for a moment
                os.utime(self._chain[-1].path)  # without a time: the file server's own clock


@contextmanager
def claimed(batch_folder: BatchFolder, key: str) -> Iterator[Claim | Holder]:
    """Claim a volume for a block, unless a living job has it.

    Args:
        batch_folder: The folder of the batch.
        key: Of the volume.

    Yields:
        The claim, or the holder of another one that is not stale.

    Raises:
        UserError: A claim cannot be written.
    """
    claim = _claim(batch_folder, key)
    try:
        yield claim
    finally:
        if isinstance(claim, Claim):
            claim.release()


def holder(batch_folder: BatchFolder, key: str) -> Holder | None:
    """The living job that has a volume.

    Args:
        batch_folder: The folder of the batch.
        key: Of the volume.

    Returns:
        Its claim; None where there is none, or a stale one.
    """
    chain = _chain(batch_folder.claims, key)
    return chain[-1] if chain and not _is_stale(chain[-1], batch_folder) else None


def clear_claims(batch_folder: BatchFolder) -> None:
    """Delete the claims of this job, whose workers have ended, and what belongs to no chain.

    Stale claims of others stay for the job that takes their volumes over, for a day.

    Args:
        batch_folder: The folder of the batch.
    """
    with suppress(OSError, UserError):  # what is left is stale one day
        for path in sorted(batch_folder.claims.glob("*")):
            chain = _chain(batch_folder.claims, path.name.partition(".")[0])
            if chain and (
                chain[-1].batch == batch_folder.batch or _is_old(chain[-1], batch_folder.state)
            ):
                _delete(chain)
            entry = _read(path)
            if entry is not None and entry not in chain and _is_stale(entry, batch_folder):
                remove(path)
        batch_folder.claims.rmdir()  # unless others still have claims


def shared_now(folder: Path) -> float:
    """The time by the clock of the file system, which all machines that share it have in common.

    Args:
        folder: A folder on it, which can be written to.

    Returns:
        Seconds, as the time of a file that is written there now.

    Raises:
        UserError: It cannot be written to.
    """
    probe = temporary_name(folder / "now")
    with writing(folder / "now"):
        try:
            probe.touch()
            return probe.stat().st_mtime
        finally:
            remove(probe)


def _claim(batch_folder: BatchFolder, key: str) -> Claim | Holder:
    folder = batch_folder.claims
    with writing(folder / key):
        for _ in range(MOST_TRIES):
            chain = _chain(folder, key)
            if chain and not _is_stale(chain[-1], batch_folder):
                return chain[-1]
            path = folder / (f"{key}.{chain[-1].mark}" if chain else key)
            mark = process_mark()
            if not _created(path, batch_folder.batch, mark):
                continue  # another job was quicker
            # What it takes over may have been given back meanwhile: then it hangs on nothing.
            chain = _chain(folder, key)
            if chain and chain[-1].mark == mark:
                return Claim(folder, key, tuple(chain))
            remove(path)
    raise UserError(
        f"No claim can be made in '{folder}': what is created there is not found afterwards."
    )


def _created(path: Path, batch: str, mark: str) -> bool:
    """Create a claim file; False where its name is taken, or its folder went away just now."""
    make_folder(path.parent)
    words = {
        "host": socket.gethostname(),
        "process": os.getpid(),
        "mark": mark,
        "batch": batch,
        "begun": time.strftime("%Y-%m-%d %H:%M:%S %z"),
    }
    with writing(path):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(json.dumps(words))
        except (FileExistsError, FileNotFoundError):
            return False
        except OSError:  # the disk is full: an empty claim would be in everyone's way
            remove(path)
            raise
    return True


def _chain(folder: Path, key: str) -> list[Holder]:
    """The claims on a volume, each but the first in the place of the one before it."""
    chain: list[Holder] = []
    path = folder / key
    while (entry := _read(path)) is not None and path not in [one.path for one in chain]:
        chain.append(entry)
        path = folder / f"{key}.{entry.mark}"
    return chain


def _delete(chain: Sequence[Holder]) -> None:
    """Delete a chain, its first claim first: from then on the others belong to nothing."""
    for entry in chain:
        remove(entry.path)


def _read(path: Path) -> Holder | None:
    """A claim file; None where there is none. OSError where that cannot be told."""
    try:
        content = b""
        # Of another user, who lets nobody read, there is only the time.
        with suppress(PermissionError), path.open("rb") as file:
            content = file.read(MOST_BYTES)
        status = path.stat()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ESTALE):  # the second: deleted while it was read
            return None
        raise
    beat, damaged = status.st_mtime, f"{status.st_mtime_ns}"
    try:
        words = document_of(content)
        texts = [str(words[name]) for name in ("mark", "host", "batch")]
        if not texts[0].isalnum():
            raise ValueError("it is no mark")
        return Holder(path, texts[0], texts[1], int(words["process"]), texts[2], beat)
    except (ValueError, LookupError, TypeError):  # being written, or its writer was killed there
        return Holder(path, damaged, "", 0, "", beat)


def _is_stale(entry: Holder, batch_folder: BatchFolder) -> bool:
    """Whether the job that made a claim does not work on its volume any more.

    Its process ended on this machine; or it is of this job, whose scheduler gave the volume to
    another worker; or there was no sign of life.
    """
    if entry.batch == batch_folder.batch:
        return True
    if entry.host == socket.gethostname() and owner(entry.mark) == "ended":
        return True
    return shared_now(batch_folder.state) - entry.beat > STALE_SECONDS


def _is_old(entry: Holder, folder: Path) -> bool:
    return shared_now(folder) - entry.beat > DAY_SECONDS
