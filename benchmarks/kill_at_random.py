"""Kills exports, training runs and batches at random points; nothing may be damaged or lost.

    python benchmarks/kill_at_random.py [KILLS]

After each kill the input is as it was, and what lies under the output's name is whole or absent.
A killed training run is resumed, a killed batch or export run again; all must end as they should,
and leave nothing under a temporary name of what the killed one left, which is counted. The same
runs ended by SIGTERM must leave nothing themselves.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np

from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn.models.model_file import load_model

DEFAULT_KILLS = 51
MOST_SECONDS = 600  # for what takes some ten: it hangs
AFFINE = np.diag([1.0, 1.0, 4.0, 1.0])


class Killed:
    """Runs srviewer and ends it after a random time. ``left``: the temporary files after that."""

    def __init__(self, folder: Path, chance: random.Random, number: signal.Signals) -> None:
        self._folder, self._chance, self._number = folder, chance, number
        self.left = 0

    def __call__(self, arguments: list[str], most_seconds: float) -> bool:
        """Whether it had finished by then."""
        process = subprocess.Popen(
            [sys.executable, "-m", "srviewer", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(self._folder),
        )
        time.sleep(self._chance.uniform(0.2, most_seconds))
        process.send_signal(self._number)
        status = process.wait(MOST_SECONDS)
        # Before srviewer's first line the system ends it.
        assert status in (0, 128 + self._number, -self._number), status
        self.left = _temporary_files(self._folder)
        return status == 0


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(folder / "temporary")}


Trial = Callable[[Path, Killed], bool]


def main(kills: int) -> None:
    """A third of the kills for each kind of work; prints what was found."""
    for name, trial in (("export", _export), ("training", _training), ("batch", _batch)):
        for number in (signal.SIGKILL, signal.SIGTERM):
            tried = [_tried(trial, random.Random(n), number) for n in range(kills // 3)]
            finished, left, still = (sum(counts) for counts in zip(*tried, strict=True))
            print(
                f"{name}: {kills // 3} times {number.name}, {finished} had finished before, none "
                f"damaged or lost; temporary files: {left} after it, {still} after the next run"
            )


def _tried(trial: Trial, chance: random.Random, number: signal.Signals) -> tuple[bool, int, int]:
    """Whether it had finished, and the temporary files after the kill and after the next run."""
    with TemporaryDirectory(prefix="srviewer-kill-") as folder:
        place = Path(folder)
        (place / "temporary").mkdir()
        killed = Killed(place, chance, number)
        done = trial(place, killed)
        assert number == signal.SIGKILL or killed.left == 0
        return done, killed.left, _temporary_files(place)


def _temporary_files(folder: Path) -> int:
    """What lies there under temporary names; nothing that a finished run keeps."""
    drafts = [*folder.rglob(".srviewer-*-*"), *folder.glob("**/.srviewer-batch/unfinished/*")]
    return len(drafts) + len(list((folder / "temporary").glob("srviewer-*")))


def _scan(path: Path, shape: tuple[int, int, int], affine: np.ndarray = AFFINE) -> str:
    """A scan at ``path``; the hash of the file."""
    ramps = np.add.outer(np.add.outer(*map(np.arange, shape[:2])), np.arange(shape[2]))
    nib.save(nib.Nifti1Image((500 + 400 * np.sin(ramps / 5)).astype(np.float32), affine), path)
    return _hash(path)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _finished(arguments: list[str], folder: Path) -> None:
    command = [sys.executable, "-m", "srviewer", *arguments]
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=MOST_SECONDS,
        env=_environment(folder),
    )


def _export(folder: Path, killed: Killed) -> bool:
    scan, out = folder / "scan.nii", folder / "thin.nii.gz"
    before = _scan(scan, (128, 128, 40))
    arguments = ["reconstruct", str(scan), "-o", str(out), "--method", "cubic"]
    done = killed(arguments, 2.0)
    assert _hash(scan) == before
    assert done <= out.exists()
    if out.exists():
        assert run(read(out)).geometry.shape == (128, 128, 160)
    _finished(arguments, folder)
    return done


def _training(folder: Path, killed: Killed) -> bool:
    scan, out = folder / "thin.nii", folder / "model.safetensors"
    plan = folder / "plan.json"
    plan.write_text(
        '{"preset": "fast", "width": 8, "blocks": 2, "factors": [2], "factor_shares": [1.0],'
        ' "rows": 8, "columns": 16, "batch": 8, "steps": 300, "checkpoint_minutes": 0.002}'
    )
    before = _scan(scan, (64, 64, 64), np.eye(4))
    arguments = ["train", str(scan), "--plan", str(plan), "-o", str(out)]
    done = killed(arguments, 6.0)
    assert _hash(scan) == before
    if out.exists():
        load_model(out)  # a model so far, or the last one: whole in any case
    if not done:
        resumed = ["--resume"] if out.with_suffix(".checkpoint").exists() else []
        _finished([*arguments, *resumed], folder)
    assert load_model(out).plan.steps == 300
    return done


def _batch(folder: Path, killed: Killed) -> bool:
    scans = folder / "in"
    scans.mkdir()
    before = {path: _scan(path, (48, 48, 12)) for path in (scans / f"{n}.nii" for n in range(3))}
    arguments = ["batch", str(scans), "-o", str(folder / "out"), "--method", "cubic"]
    done = killed(arguments, 4.5)
    assert all(_hash(path) == digest for path, digest in before.items())
    for path in (folder / "out").glob("*.nii.gz"):
        assert run(read(path)).geometry.shape == (48, 48, 48)
    time.sleep(0.5)  # its workers notice that they are alone
    _finished(arguments, folder)
    assert len(list((folder / "out").glob("*.nii.gz"))) == 3
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_KILLS)
