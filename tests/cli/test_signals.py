"""SIGTERM and SIGHUP on the real program: its status, one line, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from children import Child, ran

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
PROGRAM = [sys.executable, "-m", "srviewer"]
SAID = {signal.SIGTERM: "ended by SIGTERM", signal.SIGHUP: "ended by SIGHUP"}


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that takes seconds to write, as it cannot be packed."""
    voxels = np.random.default_rng(0).random((192, 192, 40), dtype=np.float32)
    path = tmp_path_factory.mktemp("scan") / "scan.nii"
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1])), path)
    return path


def _environment(folder: Path) -> dict[str, str]:
    """With a folder of its own for temporary files."""
    folder.mkdir()
    return {**os.environ, "TMPDIR": str(folder)}


@pytest.mark.parametrize(
    ("number", "form"),
    [(signal.SIGTERM, "-o thin.nii.gz"), (signal.SIGHUP, "--dicom thin --slabs never")],
)
def test_a_signal_leaves_no_file_and_a_second_one_none_either(
    number: signal.Signals, form: str, scan: Path, tmp_path: Path
) -> None:
    command = [*PROGRAM, "reconstruct", scan, *form.split(), "--method", "linear"]
    with Child(command, cwd=tmp_path, interruptible=True) as child:
        child.until(lambda: any(tmp_path.glob(".srviewer-*")))
        child.process.send_signal(number)
        time.sleep(0.05)  # of several at once Python takes the one with the lowest number
        for other in (number, signal.SIGINT):
            child.process.send_signal(other)
        done = child.ended()
    assert (done.returncode, done.stderr) == (128 + number, f"srviewer: {SAID[number]}.\n")
    assert list(tmp_path.iterdir()) == []


def test_what_nohup_started_stays_when_the_terminal_goes(scan: Path, tmp_path: Path) -> None:
    command = [*PROGRAM, "reconstruct", scan, "-o", "thin.nii", "--method", "nearest"]
    with Child(["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command], cwd=tmp_path) as child:
        child.until(lambda: any(tmp_path.glob(".srviewer-*")))
        child.process.send_signal(signal.SIGHUP)
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
        with Child([*PROGRAM, "info", archive], environment, interruptible=True) as child:
            child.until(lambda: any(temporary.glob("srviewer-*/*")))
            child.process.send_signal(number)
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
    command = [*PROGRAM, "batch", scan, "-o", out, "--workers", "2", "--method", "linear"]
    killed: set[Path] = set()
    for number in (signal.SIGKILL, signal.SIGHUP):
        with subprocess.Popen(
            command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            try:
                while process.poll() is None and not set(unfinished.glob("*/*/.srv*")) - killed:
                    time.sleep(0.01)
                assert not killed & set(unfinished.glob("*/*/.srv*"))
                os.killpg(process.pid, number)
                errors = process.communicate(timeout=60)[1]
            finally:
                process.kill()
        killed |= set(unfinished.glob("*/*/.srv*"))
        assert bool(killed) and any(temporary.iterdir()) == (number == signal.SIGKILL)
    assert (process.returncode, errors) == (129, "srviewer: ended by SIGHUP.\n")
    assert list(unfinished.iterdir()) == [] and not list(out.glob("*.nii.gz"))
