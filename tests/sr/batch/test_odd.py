"""A batch among odd names, damaged records and a scheduler that goes away."""

import json
import os
import sys
import time
from pathlib import Path, PurePosixPath

import pytest
from distributed import Client, LocalCluster, as_completed, wait

from bad_files import nifti
from children import Child, ran
from srviewer.job import run
from srviewer.sr.batch import dispatch
from srviewer.sr.batch.items import Item, select
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.plan import BatchPlan, batch
from srviewer.sr.batch.records import BatchFolder, read_batch_record
from srviewer.sr.batch.settings import Settings
from srviewer.sr.batch.sharing import Waiting
from srviewer.sr.requests.request import Request

SCHEDULER = """
import asyncio
from distributed import Scheduler

async def serve():
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()

asyncio.run(serve())
"""
LINEAR = Settings(Request(axis=0, factor=2, method="linear"), None, 2, "float32", True)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_odd_names_end_no_batch(tmp_path: Path) -> None:
    scans = tmp_path / os.fsdecode(b"in\xff")
    scans.mkdir()
    for name in (os.fsdecode(b"a\xe4.nii"), "n" * 240 + ".nii"):
        (scans / name).write_bytes(nifti())
    out, found = tmp_path / os.fsdecode(b"out\xff"), tmp_path / "found.json"
    command = [sys.executable, "-m", "srviewer", "batch", scans, "-o", out, "--factor", "2"]
    done = ran([*command, "--workers", "1", "--method", "linear", "--json", found])
    assert done.returncode == 0, done.stderr
    assert "2 volumes: 2 done" in done.stdout and "Traceback" not in done.stderr
    volumes = json.loads(found.read_text())["volumes"]
    assert all(Path(one["output"]).is_file() for one in volumes)
    assert len(list((out / "logs").glob("*.log"))) == 2 and (out / "summary.html").is_file()


def test_a_batch_whose_scheduler_is_killed_ends_with_its_summary(tmp_path: Path) -> None:
    (tmp_path / "scan.nii").write_bytes(nifti())
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with Child([sys.executable, "-c", SCHEDULER], environment, tmp_path) as scheduler:
        address = scheduler.line()
        plan = BatchPlan((tmp_path / "scan.nii",), tmp_path / "out", LINEAR, 1, address)
        job = batch(plan)
        while "failed, " not in next(job).message:
            pass
        scheduler.process.kill()
        scheduler.process.wait()
        started = time.monotonic()
        result = run(job)
    assert time.monotonic() - started < 60  # two seconds are promised
    assert [one.status for one in result.outcomes] == ["failed"]
    assert "The Dask scheduler went away" in result.outcomes[0].message
    assert "went away" in result.summary.read_text()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\0", b"[" * 100_000, b"[]", b"{}", b'{"key": "k", "size": 3}', b'"text"']
    + [
        json.dumps({"output": "a", "key": "k", "batch": "b", "size": 3, "values": values}).encode()
        for values in ([], {}, {"factor": 2}, {"factor": 2, "axis": "k", "warnings": [1]})
    ],
)
def test_a_damaged_done_record_counts_as_not_done(tmp_path: Path, content: bytes) -> None:
    place, output = BatchFolder(tmp_path, "batch"), PurePosixPath("a.nii.gz")
    (tmp_path / output).write_bytes(b"abc")
    (tmp_path / "a.json").write_text('{"software": {"name": "srviewer"}, "provenance": {}}')
    record = place.record(output)
    record.parent.mkdir(parents=True)
    record.write_bytes(content)
    assert read_batch_record(place, output, "k") is None


def test_a_whole_done_record_is_believed(tmp_path: Path) -> None:
    place, output = BatchFolder(tmp_path, "batch"), PurePosixPath("a.nii.gz")
    (tmp_path / output).write_bytes(b"abc")
    (tmp_path / "a.json").write_text('{"software": {"name": "srviewer"}, "provenance": {}}')
    values = {"factor": 2, "axis": "k", "consistency": {"max": 0.1}, "warnings": ["a"]}
    whole = {"output": "a.nii.gz", "key": "k", "batch": "b", "size": 3, "values": values}
    place.record(output).parent.mkdir(parents=True)
    place.record(output).write_text(json.dumps(whole))
    assert read_batch_record(place, output, "k") == whole


def test_an_outcome_that_comes_late_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A scheduler that is busy with something else has not gone away."""
    (tmp_path / "scan.nii").write_bytes(nifti())
    (item,) = run(select([tmp_path / "scan.nii"], thin_too=True)).items
    given = VolumeOutcome(item.name, None, "done")
    place = BatchFolder(tmp_path / "out", "one")
    outcomes: dict[Item, VolumeOutcome] = {}
    cluster = LocalCluster(processes=False, n_workers=1, dashboard_address="127.0.0.1:0")
    with cluster, Client(cluster) as client:
        future = client.submit(lambda: given)
        wait(future)
        at_work = as_completed([future])
        for seconds, expected in ((0, {}), (60, {item: given})):
            monkeypatch.setattr(dispatch, "ANSWER_SECONDS", seconds)
            while not at_work.has_ready():
                time.sleep(0.01)
            dispatch._take_in(at_work, {future.key: item}, outcomes, Waiting(place))
            assert outcomes == expected
