"""Claims on volumes: one job at a time has one, and what ended jobs had is taken over once."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier, Lock, Thread

import nibabel as nib
import pytest

from srviewer.core.volumes.volume import Volume
from srviewer.job import run
from srviewer.sr.batch.claims import (
    STALE_SECONDS,
    Claim,
    Holder,
    claimed,
    clear_claims,
    shared_now,
)
from srviewer.sr.batch.items import Item, select
from srviewer.sr.batch.outcome import volume_key
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.sharing import shared
from srviewer.sr.requests.request import Request
from srviewer.temporary_names import process_mark

CUBIC = Settings(Request(0, 2, "cubic"), None, None, "float32", acknowledge=False)


def write_claim(folder: BatchFolder, name: str, mark: str, host: str, age: float = 0.0) -> None:
    folder.claims.mkdir(parents=True, exist_ok=True)
    path = folder.claims / name
    words = {"host": host, "process": 1, "mark": mark, "batch": "another", "begun": ""}
    path.write_text(json.dumps(words))
    then = time.time() - age
    os.utime(path, (then, then))


@pytest.fixture(scope="module")
def ended() -> str:
    """The mark of a process that has ended."""
    words = "from srviewer.temporary_names import process_mark; print(process_mark())"
    return subprocess.check_output([sys.executable, "-c", words], text=True).strip()


@pytest.fixture
def item(thick_head: Volume, tmp_path: Path) -> Iterator[Item]:
    nib.save(nib.Nifti1Image(thick_head.voxels, thick_head.geometry.affine), tmp_path / "scan.nii")
    yield run(select([tmp_path / "scan.nii"], thin_too=False)).items[0]


@pytest.mark.parametrize(
    ("host", "age", "is_held"),
    [("elsewhere", 0.0, True), ("elsewhere", STALE_SECONDS + 60, False), ("here", 0.0, False)],
)
def test_a_claim_holds_while_its_job_lives(
    host: str, age: float, is_held: bool, ended: str, tmp_path: Path
) -> None:
    mine = BatchFolder(tmp_path, "mine")
    write_claim(mine, "key", ended, socket.gethostname() if host == "here" else host, age)
    with claimed(mine, "key") as claim:
        assert isinstance(claim, Holder if is_held else Claim)
        with claimed(BatchFolder(tmp_path, "third"), "key") as other:
            assert isinstance(other, Holder)
    assert [path.name for path in mine.claims.iterdir()] == (["key"] if is_held else [])


def test_a_stale_claim_is_taken_over_by_one_of_many_at_a_time(ended: str, tmp_path: Path) -> None:
    """Each thread is a job; none is ever in the block with another, however they come and go."""
    inside, most, entered, lock, start = 0, 0, 0, Lock(), Barrier(8)
    write_claim(BatchFolder(tmp_path, ""), "key", ended, socket.gethostname())
    write_claim(BatchFolder(tmp_path, ""), f"key.{ended}", ended[::-1], "elsewhere", 1000)

    def work(number: int) -> None:
        nonlocal inside, most, entered
        start.wait()
        for _ in range(30):
            with claimed(BatchFolder(tmp_path, f"job{number}"), "key") as claim:
                if isinstance(claim, Holder):
                    continue
                with lock:
                    inside, entered = inside + 1, entered + 1
                    most = max(most, inside)
                claim.check()
                with lock:
                    inside -= 1

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1 and entered > 1 and not list((tmp_path / ".srviewer-batch/claims").iterdir())


def test_a_job_that_slept_too_long_gives_up_before_its_result_takes_its_name(
    item: Item, tmp_path: Path
) -> None:
    first, second = BatchFolder(tmp_path / "out", "first"), BatchFolder(tmp_path / "out", "second")
    sleeper = shared(item, CUBIC, first)
    next(sleeper)
    (claim,) = first.claims.iterdir()
    os.utime(claim, (0, 0))
    with claimed(second, volume_key(item)) as taken:
        assert isinstance(taken, Claim) and taken.ended == 1
        assert run(sleeper).status == "pending"
        assert not list((tmp_path / "out").glob("*.nii.gz"))
        assert run(shared(item, CUBIC, first)).status == "pending"
    assert run(shared(item, CUBIC, second)).status == "done"
    assert list(first.claims.iterdir()) == []
    clear_claims(first)
    assert not first.claims.exists()


def test_a_volume_that_ends_its_jobs_fails_and_no_other_job_of_this_time_tries_it(
    item: Item, ended: str, tmp_path: Path
) -> None:
    began = BatchFolder(tmp_path / "out", "any")
    began.state.mkdir(parents=True)
    since = shared_now(began.state)
    key = volume_key(item)
    marks = ("a" * 16, "b" * 16, "c" * 16)
    for name, mark in zip((key, f"{key}.{marks[0]}", f"{key}.{marks[1]}"), marks, strict=True):
        write_claim(began, name, mark, "elsewhere", 1000)
    for batch in ("one", "two"):
        outcome = run(shared(item, CUBIC, BatchFolder(tmp_path / "out", batch, since)))
        assert outcome.status == "failed" and "3 processes in a row ended" in outcome.message
    later = BatchFolder(tmp_path / "out", "later", shared_now(began.state) + 1)
    assert run(shared(item, CUBIC, later)).status == "done"


def test_a_process_leaves_no_claim_when_its_volume_is_cancelled(item: Item, tmp_path: Path) -> None:
    place = BatchFolder(tmp_path / "out", process_mark())
    with ExitStack() as stack:
        job = shared(item, CUBIC, place)
        stack.callback(job.close)
        next(job)
        assert len(list(place.claims.iterdir())) == 1
    assert list(place.claims.iterdir()) == []
