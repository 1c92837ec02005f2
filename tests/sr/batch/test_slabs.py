"""A batch of volumes larger than memory: slab by slab where there is no room, the same numbers."""

import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import psutil
import pytest
from distributed import LocalCluster

from children import Child, ran
from srviewer.core.volumes.volume import Volume
from srviewer.io.dicom.export.writer import write_series
from srviewer.io.export.image import write_image
from srviewer.job import run
from srviewer.sr.batch.items import Item, select
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.plan import BatchPlan, batch
from srviewer.sr.batch.records import BatchFolder
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.work import reconstructing
from srviewer.sr.requests import memory
from srviewer.sr.requests.request import Request

CUBIC = Settings(Request(0, 2, "cubic"), None, None, "float32", acknowledge=False)
NETWORK = replace(CUBIC, request=Request(0, 2))
NO_ROOM = 1e6  # bytes; a reconstruction of anything takes more


def item_of(path: Path) -> Item:
    return run(select([path], thin_too=False)).items[0]


@pytest.fixture
def scan(thick_head: Volume, tmp_path: Path) -> Path:
    run(write_image(thick_head, tmp_path / "scan.nii.gz", {}))
    return tmp_path / "scan.nii.gz"


@pytest.mark.parametrize("settings", [CUBIC, NETWORK])
def test_without_room_it_goes_slab_by_slab_to_the_same_file(
    settings: Settings, scan: Path, tmp_path: Path
) -> None:
    def done(folder: str, asked: Settings) -> tuple[VolumeOutcome, bytes, str]:
        item, place = item_of(scan), BatchFolder(tmp_path / folder, "one")
        outcome = run(reconstructing(item, asked, place))
        assert outcome.status == "done", outcome.message
        assert not list(place.folder.rglob("unfinished/*/*"))
        return (
            outcome,
            (place.folder / item.output).read_bytes(),
            place.log(item.output).read_text(),
        )

    whole, voxels, log = done("memory", settings)
    assert not whole.values["slab_by_slab"] and not whole.message and "slab by slab" not in log
    slabs, same, told = done("slabs", replace(settings, room=NO_ROOM))
    assert same == voxels and slabs.values["slab_by_slab"]
    assert "'scan' is reconstructed slab by slab" in slabs.message and slabs.message in told
    for key in ("model_sha256", "factor", "axis", "warnings", "sources", "regions"):
        assert slabs.values[key] == whole.values[key]
    assert bool(whole.values["regions"]) == (settings is NETWORK)
    always, again, _ = done("always", replace(settings, slabs="always"))
    assert again == voxels and always.values["slab_by_slab"] and not always.message
    never, once_more, _ = done("never", replace(settings, slabs="never", room=NO_ROOM))
    assert once_more == voxels and not never.values["slab_by_slab"]


def test_what_cannot_go_slab_by_slab_is_refused_in_words(
    scan: Path, thick_head: Volume, tmp_path: Path
) -> None:
    place = BatchFolder(tmp_path / "out", "one")
    whole = replace(CUBIC.request, repair=("slices",))
    refused = run(reconstructing(item_of(scan), replace(CUBIC, request=whole, room=NO_ROOM), place))
    assert refused.status == "failed" and "there is no repair of faults" in refused.message
    run(write_series(thick_head, tmp_path / "dicom", {}))
    item = item_of(tmp_path / "dicom")
    refused = run(reconstructing(item, replace(CUBIC, room=NO_ROOM), place))
    assert refused.status == "failed" and "--slabs never" in refused.message
    assert run(reconstructing(item, CUBIC, place)).status == "done"


def test_a_scan_in_doubt_waits_for_a_word_there_too(thick_head: Volume, tmp_path: Path) -> None:
    voxels = thick_head.voxels.copy()
    voxels[0, 0, 0] = np.nan
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), tmp_path / "scan.nii")
    item, place = item_of(tmp_path / "scan.nii"), BatchFolder(tmp_path / "out", "one")
    slabs = replace(CUBIC, slabs="always")
    refused = run(reconstructing(item, slabs, place))
    assert refused.status == "failed" and "--acknowledge" in refused.message
    assert run(reconstructing(item, replace(slabs, acknowledge=True), place)).status == "done"


@pytest.mark.parametrize(("workers", "slab_by_slab"), [(1, False), (2, True)])
def test_workers_share_the_memory_that_there_is(
    workers: int,
    slab_by_slab: bool,
    thick_head: Volume,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Enough for one reconstruction at a time is not enough for two."""
    limits = tmp_path / "container"
    limits.mkdir()
    (limits / "memory.max").write_text("800000000")
    (limits / "memory.current").write_text("0")
    monkeypatch.setattr(memory, "CONTROL_GROUP", limits)
    scans = [tmp_path / f"scan{number}.nii" for number in range(2)]
    for path in scans:
        run(write_image(thick_head, path, {}))
    done = run(batch(BatchPlan(tuple(scans), tmp_path / "out", CUBIC, workers)))
    assert [one.values["slab_by_slab"] for one in done.outcomes] == [slab_by_slab] * 2


def test_a_worker_of_another_cluster_keeps_below_its_own_limit(scan: Path, tmp_path: Path) -> None:
    with LocalCluster(
        n_workers=1, threads_per_worker=1, memory_limit="500MB", dashboard_address="127.0.0.1:0"
    ) as cluster:
        address = cluster.scheduler_address
        (one,) = run(batch(BatchPlan((scan,), tmp_path / "out", CUBIC, 1, address))).outcomes
    assert one.status == "done" and one.values["slab_by_slab"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's own /dev/shm")
def test_ctrl_c_ends_the_volume_in_hand_where_volumes_come_one_by_one(tmp_path: Path) -> None:
    enter = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    close = "mount -t tmpfs -o ro none /dev/shm"
    if shutil.which("unshare") is None or ran([*enter, close]).returncode != 0:
        pytest.skip("/dev/shm cannot be closed here")
    voxels = np.random.default_rng(0).random((320, 320, 80), dtype=np.float32)  # half a minute
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1])), tmp_path / "scan.nii")
    out = tmp_path / "out"
    words = ["-v", "-m", "srviewer", "batch", str(tmp_path / "scan.nii"), "-o", str(out)]
    command = [*enter, f'{close} && exec "$@"', "sh", sys.executable, *words]
    before = _processor_seconds_of_children()
    with Child(command, interruptible=True) as child:
        child.until(lambda: "\nimport 'srviewer.nn.networks.residual'" in child.errors())
        time.sleep(1.0)  # the network is at work
        until_asked = sum(psutil.Process(child.process.pid).cpu_times()[:2])
        child.process.send_signal(signal.SIGINT)
        done = child.ended()
    # Well below a second where nothing else runs, and half a minute without a cancel.
    assert _processor_seconds_of_children() - before - until_asked < 10
    assert done.returncode == 130 and "cancelled" in done.stderr
    assert not list(out.rglob("unfinished/*")) and not list(out.glob("*.nii.gz"))


def _processor_seconds_of_children() -> float:
    """Of all that have ended."""
    import resource

    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
