"""Batches: what is found, what is skipped, what survives, on real files and real processes."""

import hashlib
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath

import nibabel as nib
import numpy as np
import pytest

from children import Child, ran
from rights import rights, umask
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import read
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import run
from srviewer.sr.batch.items import select
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.summary import write_summary
from srviewer.sr.batch.work import reconstructing
from srviewer.sr.requests.request import Request

CUBIC = Settings(Request(0, 2, "cubic"), None, None, "float32", acknowledge=False)


def save(volume: Volume, path: Path, shift: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    voxels = volume.voxels + np.float32(shift)
    nib.save(nib.Nifti1Image(voxels, volume.geometry.affine), path)
    return path


def owned(path: Path) -> bool:
    """Whether a file only says whose a name is."""
    return path.parent.name in ("names", "given")


@pytest.fixture
def scans(thick_head: Volume, head: Volume, tmp_path: Path) -> Path:
    """Two thick scans of one name in different folders, a thin one, a broken one, a 4D one."""
    folder = tmp_path / "scans"
    whole = save(thick_head, folder / "a" / "scan.nii.gz")
    save(thick_head, folder / "b" / "scan.nii.gz", shift=5)
    save(head, folder / "thin.nii.gz")
    (folder / "broken.nii.gz").write_bytes(whole.read_bytes()[:40])
    series = np.stack([thick_head.voxels] * 2, axis=-1)
    nib.save(nib.Nifti1Image(series, thick_head.geometry.affine), folder / "time.nii.gz")
    return folder


def test_a_folder_keeps_its_shape_and_says_what_is_left_out(scans: Path) -> None:
    found = run(select([scans], thin_too=False))
    assert [str(item.output) for item in found.items] == [
        "a/scan_thin.nii.gz",
        "b/scan_thin.nii.gz",
    ]
    reasons = {one.name: (one.reason, one.broken) for one in found.left_out}
    assert "no thick axis" in reasons["thin"][0] and not reasons["thin"][1]
    assert "2 volumes over time" in reasons["time"][0]
    assert reasons["broken.nii.gz"][1]
    assert len(run(select([scans], thin_too=True)).items) == 3


def test_patterns_keep_the_path_below_what_is_common_to_all(scans: Path) -> None:
    found = run(select([scans / "**" / "scan.nii.gz"], thin_too=False))
    assert [str(item.output) for item in found.items] == [
        "a/scan_thin.nii.gz",
        "b/scan_thin.nii.gz",
    ]
    with pytest.raises(UserError, match="matches nothing"):
        run(select([scans / "*.dcm"], thin_too=False))
    with pytest.raises(UserError, match="does not exist"):
        run(select([scans / "absent"], thin_too=False))


def test_a_bids_tree_gives_its_anatomy_and_bids_names(thick_head: Volume, tmp_path: Path) -> None:
    (tmp_path / "dataset_description.json").write_text("{}")
    for name in (
        "sub-1/anat/sub-1_run-2_T1w.nii.gz",
        "sub-1/anat/sub-1_dseg.nii.gz",
        "sub-2/ses-a/anat/sub-2_ses-a_FLAIR.nii",
        "sub-2/ses-a/dwi/sub-2_ses-a_dwi.nii.gz",
        "derivatives/x/sub-1/anat/sub-1_T1w.nii.gz",
    ):
        save(thick_head, tmp_path / name)
    found = run(select([tmp_path], thin_too=False))
    assert found.data_sets == (tmp_path,)
    assert [(one.name, one.kind) for one in found.left_out] == [
        ("sub-1_dseg", "masks or label maps by their names or headers")
    ]
    assert [item.output.as_posix() for item in found.items] == [
        "sub-1/anat/sub-1_run-2_desc-sr_T1w.nii.gz",
        "sub-2/ses-a/anat/sub-2_ses-a_desc-sr_FLAIR.nii.gz",
    ]


def test_a_volume_is_done_again_only_when_something_changed(
    scans: Path, thick_head: Volume, tmp_path: Path
) -> None:
    item = run(select([scans / "a"], thin_too=False)).items[0]
    out = tmp_path / "out"

    def done(batch: str, settings: Settings = CUBIC) -> VolumeOutcome:
        return run(reconstructing(item, settings, BatchFolder(out, batch)))

    assert done("one").status == "done"
    # Of a worker whose predecessor died after the record.
    assert done("one").status == "done"
    assert done("two").status == "done before"
    linear = replace(CUBIC, request=Request(0, 2, "linear"))
    assert done("two", linear).status == "done"
    assert done("three").status == "done"  # the result is now that of other settings
    assert done("three").output == item.output
    result = out / item.output
    assert run(read(result)).geometry.shape == (40, 48, 36)
    result.unlink()
    assert done("four").status == "done" and result.exists()
    with umask(0o027):
        assert done("five", linear).status == "done"
    # The draft was in a folder of its own, whose rights are not those of the result.
    if sys.platform != "win32":
        assert [rights(path) for path in (result, sidecar(result))] == [0o640, 0o640]
    assert not list(out.rglob("*unfinished/*/*"))
    log = BatchFolder(out, "").log(item.output).read_text()
    assert log.count("begun") == log.count("written") == 5


def test_another_scan_under_the_same_path_gets_a_result_of_its_own(
    scans: Path, thick_head: Volume, tmp_path: Path
) -> None:
    item = run(select([scans / "a"], thin_too=False)).items[0]
    out = tmp_path / "out"
    first = run(reconstructing(item, CUBIC, BatchFolder(out, "one")))
    before = (out / item.output).read_bytes()
    save(thick_head, item.sources[0], shift=1)
    digits = hashlib.sha256(item.sources[0].read_bytes()).hexdigest()[:8]
    second = run(reconstructing(item, CUBIC, BatchFolder(out, "two")))
    assert first.output == item.output and second.status == "done"
    assert second.output == PurePosixPath(f"scan_thin-{digits}.nii.gz")
    assert second.output.name in second.message and (out / item.output).read_bytes() == before
    again = run(reconstructing(item, CUBIC, BatchFolder(out, "three")))
    assert again.status == "done before" and again.output == second.output


def test_a_failure_is_an_outcome_and_leaves_nothing(scans: Path, tmp_path: Path) -> None:
    item = run(select([scans / "a"], thin_too=False)).items[0]
    item.sources[0].write_bytes(b"not an image")
    place = BatchFolder(tmp_path / "out", "one")
    outcome = run(reconstructing(item, CUBIC, place))
    assert outcome.status == "failed" and "is not compressed" in outcome.message
    log = place.log(item.output)
    assert not [p for p in place.folder.rglob("*") if p.is_file() and p != log and not owned(p)]
    assert "failed: " in log.read_text()


def test_a_scan_in_doubt_waits_for_a_word(thick_head: Volume, tmp_path: Path) -> None:
    voxels = thick_head.voxels.copy()
    voxels[0, 0, 0] = np.nan
    save(replace(thick_head, voxels=voxels), tmp_path / "in" / "scan.nii.gz")
    item = run(select([tmp_path / "in"], thin_too=False)).items[0]
    place = BatchFolder(tmp_path / "out", "one")
    refused = run(reconstructing(item, CUBIC, place))
    assert refused.status == "failed" and "--acknowledge" in refused.message
    done = run(reconstructing(item, replace(CUBIC, acknowledge=True), place))
    assert done.status == "done" and done.values["acknowledged"] == ["non_finite"]


def test_the_summary_escapes_what_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "summary.html"
    write_summary(
        path,
        [
            VolumeOutcome("fine", PurePosixPath("a b/fine_thin.nii.gz"), "done", 1.0),
            VolumeOutcome("<script>", None, "failed", message="<b>broken</b>"),
        ],
    )
    text = path.read_text()
    assert "<script>" not in text and "&lt;b&gt;broken" in text
    assert text.index("&lt;script&gt;") < text.index(">fine<")  # failures first
    assert "a%20b/fine_thin.nii.gz" in text and "2 volumes: 1 done, 1 failed" in text


SCHEDULER = """
import asyncio
from distributed import Scheduler

async def serve():
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()

asyncio.run(serve())
"""

WORKER = """
import asyncio, sys
from distributed import Worker

async def serve():
    async with Worker(sys.argv[1], nthreads=1, host="127.0.0.1", dashboard=False) as worker:
        await worker.finished()

asyncio.run(serve())
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[Child]]]:
    """The address of a scheduler, and its two workers, all in processes of their own."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with ExitStack() as stack:

        def start(program: str, *arguments: str) -> Child:
            command = [sys.executable, "-c", program, *arguments]
            return stack.enter_context(Child(command, environment, tmp_path))

        address = start(SCHEDULER).line()
        yield address, [start(WORKER, address) for _ in range(2)]


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's own /dev/shm")
def test_where_no_process_can_be_started_volumes_come_one_after_another(
    scans: Path, tmp_path: Path
) -> None:
    enter = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    close = "mount -t tmpfs -o ro none /dev/shm"
    if shutil.which("unshare") is None or ran([*enter, close]).returncode != 0:
        pytest.skip("/dev/shm cannot be closed here")
    words = [sys.executable, "-m", "srviewer", "batch", str(scans), "--method", "cubic"]
    done = ran([*enter, f'{close} && exec "$@"', "sh", *words, "-o", tmp_path / "out"])
    assert done.returncode == 0, done.stderr
    assert "2 done" in done.stdout and "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_worker_killed_half_way_loses_no_volume_and_repeats_none(
    cluster: tuple[str, list[Child]], head: Volume, tmp_path: Path
) -> None:
    address, workers = cluster
    thick = Degradation(2, 4).thick_volume(head)
    for number in range(6):
        save(thick, tmp_path / "in" / f"scan{number}.nii.gz", shift=number)
    out, found = tmp_path / "out", tmp_path / "found.json"
    command = [sys.executable, "-m", "srviewer", "batch", tmp_path / "in", "-o", out]
    with Child([*command, "--scheduler", address, "--json", found]) as batch:
        assert workers[0].stopped_while(lambda: _is_working(workers[0], out))
        workers[0].process.kill()
        done = batch.ended()
    assert done.returncode == 0, done.stderr
    assert "6 volumes: 6 done" in done.stdout
    volumes = json.loads(found.read_text())["volumes"]
    assert Counter(one["status"] for one in volumes) == {"done": 6}
    lines = [line for log in out.rglob("*.log") for line in log.read_text().splitlines()]
    assert sum("written: " in line for line in lines) == 6
    assert sum("begun: " in line for line in lines) == 7  # the victim's volume, once more
    assert len(list(out.glob("*_thin.nii.gz"))) == 6
    assert not list(out.rglob(".srviewer-batch/unfinished/*"))
    for number in range(6):
        assert run(read(out / f"scan{number}_thin.nii.gz")).geometry.shape == (40, 48, 36)


def _is_working(worker: Child, out: Path) -> bool:
    """Whether the worker is in the middle of a volume and one volume is done.

    No volume is between its result and the line of its log.
    """
    logs = [log.read_text() for log in (out / "logs").rglob("*.log")]
    begun = f"/{worker.process.pid}  begun"
    busy = any(begun in log and "written" not in log for log in logs)
    written = sum("written" in log for log in logs)
    return busy and written > 0 and written == len(list(out.glob("*_thin.nii.gz")))


def test_the_embedded_cluster_does_all_and_then_nothing(thick_head: Volume, tmp_path: Path) -> None:
    for number in range(2):
        save(thick_head, tmp_path / "in" / f"scan{number}.nii.gz", shift=number)
    (tmp_path / "in" / "scan2.nii.gz").write_bytes(b"broken")

    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def batch() -> str:
        command = [sys.executable, "-m", "srviewer", "batch", tmp_path / "in"]
        command += ["-o", tmp_path / "out", "--workers", "2", "--method", "cubic"]
        done = ran(command, {**os.environ, "TMPDIR": str(temporary)})
        assert done.returncode == 0 and not done.stderr, done.stderr
        assert list(temporary.iterdir()) == []  # of a folder that others see, Dask leaves one
        return done.stdout

    assert "3 volumes: 2 done, 1 failed" in batch()
    assert "3 volumes: 2 done before, 1 failed" in batch()
    assert "2 done before" in (tmp_path / "out" / "summary.html").read_text()
