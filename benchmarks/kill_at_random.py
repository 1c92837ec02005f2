"""Kills exports, training runs and batches at random points; nothing may be damaged or lost.

    python benchmarks/kill_at_random.py [KILLS]

After each kill the input is as it was, and what lies under the output's name is whole or absent.
A killed training run is resumed and a killed batch run again; both must end as they should.
"""

import hashlib
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
from srviewer.nn.model_file import load_model

DEFAULT_KILLS = 51
MOST_SECONDS = 600  # for what takes some ten: it hangs
AFFINE = np.diag([1.0, 1.0, 4.0, 1.0])


def main(kills: int) -> None:
    """A third of the kills for each kind of work; prints what was found."""
    for name, trial in (("export", _export), ("training", _training), ("batch", _batch)):
        finished = sum(_tried(trial, random.Random(n)) for n in range(kills // 3))
        print(f"{name}: {kills // 3} kills, {finished} had finished before, none damaged or lost")


def _tried(trial: Callable[[Path, random.Random], bool], chance: random.Random) -> bool:
    with TemporaryDirectory(prefix="srviewer-kill-") as folder:
        return trial(Path(folder), chance)


def _scan(path: Path, shape: tuple[int, int, int], affine: np.ndarray = AFFINE) -> str:
    """A scan at ``path``; the hash of the file."""
    ramps = np.add.outer(np.add.outer(*map(np.arange, shape[:2])), np.arange(shape[2]))
    nib.save(nib.Nifti1Image((500 + 400 * np.sin(ramps / 5)).astype(np.float32), affine), path)
    return _hash(path)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _killed(arguments: list[str], most_seconds: float, chance: random.Random) -> bool:
    """Run srviewer and kill it after a random time; whether it had finished by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "srviewer", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(chance.uniform(0.2, most_seconds))
    process.send_signal(signal.SIGKILL)
    return process.wait(MOST_SECONDS) == 0


def _finished(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "srviewer", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=MOST_SECONDS)


def _export(folder: Path, chance: random.Random) -> bool:
    scan, out = folder / "scan.nii", folder / "thin.nii.gz"
    before = _scan(scan, (128, 128, 40))
    done = _killed(["reconstruct", str(scan), "-o", str(out), "--method", "cubic"], 1.3, chance)
    assert _hash(scan) == before
    assert done <= out.exists()
    if out.exists():
        assert run(read(out)).geometry.shape == (128, 128, 160)
    return done


def _training(folder: Path, chance: random.Random) -> bool:
    scan, out = folder / "thin.nii", folder / "model.safetensors"
    plan = folder / "plan.json"
    plan.write_text(
        '{"preset": "fast", "width": 8, "blocks": 2, "factors": [2], "factor_shares": [1.0],'
        ' "rows": 8, "columns": 16, "batch": 8, "steps": 300, "checkpoint_minutes": 0.002}'
    )
    before = _scan(scan, (64, 64, 64), np.eye(4))
    arguments = ["train", str(scan), "--plan", str(plan), "-o", str(out)]
    done = _killed(arguments, 6.0, chance)
    assert _hash(scan) == before
    if out.exists():
        load_model(out)  # a model so far, or the last one: whole in any case
    if not done:
        resumed = ["--resume"] if out.with_suffix(".checkpoint").exists() else []
        _finished([*arguments, *resumed])
    assert load_model(out).plan.steps == 300
    return done


def _batch(folder: Path, chance: random.Random) -> bool:
    scans = folder / "in"
    scans.mkdir()
    before = {path: _scan(path, (48, 48, 12)) for path in (scans / f"{n}.nii" for n in range(3))}
    arguments = ["batch", str(scans), "-o", str(folder / "out"), "--method", "cubic"]
    done = _killed(arguments, 4.5, chance)
    assert all(_hash(path) == digest for path, digest in before.items())
    for path in (folder / "out").glob("*.nii.gz"):
        assert run(read(path)).geometry.shape == (48, 48, 48)
    time.sleep(0.5)  # its workers notice that they are alone
    _finished(arguments)
    assert len(list((folder / "out").glob("*.nii.gz"))) == 3
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_KILLS)
