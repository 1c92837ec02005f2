"""Runs 8 small volumes by 1, 2 and 4 identical jobs, then by 4 of which one is killed.

    python -m benchmarks.many_jobs [ROUNDS]

Each job is a process of its own, as one of a job array; the killed one is ended by SIGKILL while it
has a volume. The table has the volumes that were begun, those that were written more than once, and
those that are missing: the last two must be none.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np

VOLUMES = 8
SHAPE = (160, 160, 40)
HEAD = "| jobs | killed | begun | by each job | twice | missing | left over |\n" + "|---" * 7 + "|"
MOST_SECONDS = 600


def main(rounds: int) -> int:
    """Print the table; 0 when nothing was done twice and nothing is missing."""
    print(HEAD)
    wrong = 0
    with TemporaryDirectory(prefix="srviewer-jobs-") as folder:
        data_set = _data_set(Path(folder) / "data")
        for number in range(rounds):
            for jobs, killed in ((1, 0), (2, 0), (4, 0), (4, 1)):
                wrong += _run(
                    data_set, Path(folder) / f"out-{number}-{jobs}-{killed}", jobs, killed
                )
    return min(wrong, 1)


def _data_set(root: Path) -> Path:
    for number in range(VOLUMES):
        anatomy = root / f"sub-{number + 1}" / "anat"
        anatomy.mkdir(parents=True)
        voxels = np.random.default_rng(number).random(SHAPE, dtype=np.float32)
        image = nib.Nifti1Image(voxels, np.diag([1.0, 1.0, 4.0, 1.0]))
        nib.save(image, anatomy / f"sub-{number + 1}_T2w.nii.gz")
    (root / "dataset_description.json").write_text("{}", encoding="utf-8")
    return root


def _run(data_set: Path, out: Path, jobs: int, killed: int) -> int:
    """One line of the table; the number of volumes that were written twice or are missing."""
    words = ["bids", data_set, out, "participant", "--method", "cubic", "--workers", "1"]
    command = [sys.executable, "-m", "srviewer", *map(str, words)]
    processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(jobs)]
    for process in processes[:killed]:
        _wait_until_it_has_a_volume(process, out)
        process.kill()
    statuses = [process.wait(MOST_SECONDS) for process in processes]
    assert all(status == 0 for status in statuses[killed:]), statuses
    logs = [log.read_text(encoding="utf-8") for log in (out / "logs").rglob("*.log")]
    lines = [line for log in logs for line in log.splitlines()]
    written = [line for line in lines if "  written: " in line]
    shares = [sum(f"/{process.pid}  " in line for line in written) for process in processes]
    twice = sum(log.count("  written: ") > 1 for log in logs)
    missing = VOLUMES - len(list(out.glob("sub-*/anat/*_desc-sr_T2w.nii.gz")))
    left = len(list(out.rglob(".srviewer-*-*"))) + len(list(out.rglob("claims/*")))
    begun = sum("  begun: " in line for line in lines)
    share = " + ".join(map(str, shares))
    print(f"| {jobs} | {killed} | {begun} | {share} | {twice} | {missing} | {left} |", flush=True)
    return twice + missing + left


def _wait_until_it_has_a_volume(process: "subprocess.Popen[bytes]", out: Path) -> None:
    deadline, mark = time.monotonic() + MOST_SECONDS, f'"process": {process.pid},'
    while time.monotonic() < deadline and process.poll() is None:
        for claim in out.glob(".srviewer-batch/claims/*"):
            try:
                if mark in claim.read_text(encoding="utf-8"):
                    time.sleep(0.2)
                    return
            except OSError:  # given back meanwhile
                continue
        time.sleep(0.01)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
