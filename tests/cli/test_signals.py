"""SIGTERM and SIGHUP on the real program: its status, one line, and nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from children import TRIES, Child, ran, stopped_child

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
PROGRAM = [sys.executable, "-m", "srviewer"]
SAID = {signal.SIGTERM: "ended by SIGTERM", signal.SIGHUP: "ended by SIGHUP"}


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that takes a moment to write, as it cannot be packed."""
    voxels = np.random.default_rng(0).random((192, 192, 40), dtype=np.float32)
    path = tmp_path_factory.mktemp("scan") / "scan.nii"
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1])), path)
    return path


def _environment(folder: Path) -> dict[str, str]:
    """With a folder of its own for temporary files."""
    folder.mkdir()
    return {**os.environ, "TMPDIR": str(folder)}


def _files_below(folder: Path) -> list[Path]:
    """Also while another process deletes folders there, of which ``Path.glob`` makes an error."""
    return [Path(root) / name for root, _, names in os.walk(folder) for name in names]


def _writing(command: Sequence[str | Path], folder: Path) -> AbstractContextManager[Child]:
    """A program that was stopped while it writes its result into an empty folder."""

    def start() -> Child:
        for path in folder.iterdir():  # of one that had ended before it was stopped
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return Child(command, cwd=folder, interruptible=True)

    return stopped_child(start, lambda: any(folder.glob(".srviewer-*")))


@pytest.mark.parametrize(
    ("number", "form"),
    [(signal.SIGTERM, "-o thin.nii.gz"), (signal.SIGHUP, "--dicom thin --slabs never")],
)
def test_a_signal_leaves_no_file_and_a_second_one_none_either(
    number: signal.Signals, form: str, scan: Path, tmp_path: Path
) -> None:
    command = [*PROGRAM, "reconstruct", scan, *form.split(), "--method", "linear"]
    with _writing(command, tmp_path) as child:
        child.process.send_signal(number)
        child.process.send_signal(signal.SIGCONT)
        time.sleep(0.05)  # in which it heeds the first one, unless the machine is busy
        for other in (number, signal.SIGINT):
            # Of several at once Python takes the one with the lowest number.
            if other >= number:
                child.process.send_signal(other)
        done = child.ended()
    assert (done.returncode, done.stderr) == (128 + number, f"srviewer: {SAID[number]}.\n")
    assert list(tmp_path.iterdir()) == []


def test_what_nohup_started_stays_when_the_terminal_goes(scan: Path, tmp_path: Path) -> None:
    command = [*PROGRAM, "reconstruct", scan, "-o", "thin.nii", "--method", "nearest"]
    with _writing(["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command], tmp_path) as child:
        child.process.send_signal(signal.SIGHUP)
        child.process.send_signal(signal.SIGCONT)
        assert child.ended().returncode == 0
    assert (tmp_path / "thin.nii").is_file()


def test_an_archive_that_was_being_unpacked_goes_at_once_or_with_the_next_run(
    tmp_path: Path,
) -> None:
    archive, environment = tmp_path / "scan.zip", _environment(tmp_path / "temporary")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("large.nii", bytes(2**28))
    temporary = tmp_path / "temporary"
    for number in (signal.SIGTERM, signal.SIGKILL):
        with stopped_child(
            lambda: Child([*PROGRAM, "info", archive], environment, interruptible=True),
            lambda: any(_files_below(temporary)),
        ) as child:
            child.process.send_signal(number)
            child.process.send_signal(signal.SIGCONT)
            status = child.ended().returncode
        assert status == (143 if number == signal.SIGTERM else -number)
        assert any(temporary.iterdir()) == (number == signal.SIGKILL)
    archive.write_bytes(b"PK")
    ran([*PROGRAM, "info", archive], environment)
    assert list(temporary.iterdir()) == []


def test_a_batch_takes_away_what_a_killed_one_left_and_ends_with_its_workers(
    scan: Path, tmp_path: Path
) -> None:
    """The second one as where a terminal or a job system ends: its workers get the signal, too."""
    out, environment = tmp_path / "out", _environment(tmp_path / "temporary")
    unfinished, temporary = out / ".srviewer-batch" / "unfinished", tmp_path / "temporary"

    def drafts() -> set[Path]:
        return {path for path in _files_below(unfinished) if path.name.startswith(".srv")}

    def fresh() -> set[Path]:
        there = drafts()
        assert killed.isdisjoint(there) or there <= killed  # they went before it began its own
        return there - killed

    command = [*PROGRAM, "batch", scan, "-o", out, "--workers", "2", "--method", "linear"]
    killed: set[Path] = set()
    for number in (signal.SIGKILL, signal.SIGHUP):
        for _ in range(TRIES):
            status, errors = _signalled(command, environment, number, fresh)
            if drafts() or status not in (0, -signal.SIGKILL):
                break
            shutil.rmtree(out)  # it was done before the signal came
        killed |= drafts()
        assert bool(killed) and any(temporary.iterdir()) == (number == signal.SIGKILL)
    assert (status, errors) == (129, "srviewer: ended by SIGHUP.\n")
    assert list(unfinished.iterdir()) == [] and not list(out.glob("*.nii.gz"))


def _signalled(
    command: Sequence[str | Path],
    environment: dict[str, str],
    number: signal.Signals,
    drafts: Callable[[], set[Path]],
) -> tuple[int, str]:
    """The status, and what it said, of a program that got a signal with all that it started.

    The signal comes once it has drafts.
    """
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            while process.poll() is None and not drafts():
                time.sleep(0.01)
            with suppress(ProcessLookupError):  # it has ended
                os.killpg(process.pid, number)
            errors = process.communicate(timeout=120)[1]
            return process.returncode, errors
        finally:
            process.kill()
