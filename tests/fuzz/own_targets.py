"""The files that srviewer itself writes, with values of other kinds in them."""

import json
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np
import torch

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.formats import read
from srviewer.io.sidecars.exported_image import (
    described,
    own_document,
    source_names,
    stated_checksum,
)
from srviewer.io.sidecars.exported_image import stated_source as source_of
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import run
from srviewer.nn.catalogue import TrainingPlan
from srviewer.nn.devices.processes import ALONE
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.models.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from srviewer.nn.models.model_file import load_model
from srviewer.nn.models.optimiser_state import optimiser_kinds
from srviewer.nn.plans.budget import Budget
from srviewer.nn.reports.run_log import read_log
from srviewer.nn.training.learner import Learner
from srviewer.sr.batch.outcome import VolumeOutcome
from srviewer.sr.batch.records import BatchFolder, read_batch_record
from srviewer.sr.batch.summary import cells
from srviewer.sr.models.available_models import model_card
from srviewer.sr.models.model_card import card_markdown
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.reconstruction.restore import restored
from srviewer.sr.requests.request import Request
from srviewer.sr.training.plan_file import plan_in, read_object
from srviewer.sr.training.records import is_unfinished
from srviewer.sr.training.records import read_training_record as read_training
from srviewer.study.sessions.session_file import read_session, write_session
from tests.fuzz.kinds import json_of_other_kinds, lines_of_other_kinds, safetensors_of_other_kinds
from tests.fuzz.seeds import Target, model_seed, session_seed

SMALL = TrainingPlan("fast", width=4, blocks=1, factors=(2,), factor_shares=(1.0,), steps=9)
SCAN = Volume(
    np.arange(6 * 5 * 4, dtype=np.float32).reshape(6, 5, 4),
    Geometry((6, 5, 4), np.diag([1, 1, 4, 1.0])),
    "scan",
)
LINES = 2  # of the log
OUTPUT = PurePosixPath("done.nii.gz")


def own_targets() -> tuple[Target, ...]:
    """All of them, made anew."""
    result, image = _result()
    as_json, as_lines = json_of_other_kinds, lines_of_other_kinds
    return (
        Target("model kinds", model_seed(), {}, safetensors_of_other_kinds, _use_model),
        Target("checkpoint kinds", _checkpoint(), {}, safetensors_of_other_kinds, _resume),
        Target("session kinds", session_seed(), {}, as_json, _read_session),
        Target("training record kinds", _record(), {}, as_json, _read_training),
        Target("plan kinds", _plan(), {}, as_json, _read_plan),
        Target("log kinds", _log(), {}, as_lines, _read_log),
        Target("result kinds", result, image, as_json, _restore),
        Target("done record kinds", *_done(result, image), as_json, _read_done),
        Target("sidecar kinds", *_sidecar(), as_json, _read_beside),
    )


def _use_model(path: Path) -> None:
    model = load_model(path)
    assert card_markdown(model_card(model, path)).encode("utf-8", "surrogateescape")
    upsampler = Upsampler(model, "cpu")
    slices = SCAN.voxels.transpose(2, 0, 1).copy()
    with np.errstate(all="ignore"):
        fine = run(upsampler.upsample(slices, model.factors[0], 120.0))
    assert np.isfinite(fine).all()


def _checkpoint() -> dict[str, bytes]:
    learner = Learner(SMALL, torch.device("cpu"), ALONE)
    (optimiser,) = learner._optimisers().values()
    moments = {
        f"optimiser/{name}": np.zeros(kind.shape, np.float32)
        for name, kind in optimiser_kinds(optimiser).items()
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "c.checkpoint"
        save_checkpoint(Checkpoint(SMALL, 3, 1.5, learner.arrays() | moments), path)
        return {path.name: path.read_bytes()}


def _resume(path: Path) -> None:
    learner = Learner(SMALL, torch.device("cpu"), ALONE)
    found = load_checkpoint(path, lambda plan, outline: learner.check(outline))
    learner.restore(found.arrays)
    assert learner.is_finite() and found.step >= 0


def _read_session(path: Path) -> None:
    write_session(path, read_session(path))


def _record() -> dict[str, bytes]:
    values = {
        "output": "/models/mine.safetensors",
        "paths": ["/data/a.nii", "/data/b.nii"],
        "validation": ["/data/c.nii"],
        "plan": SMALL.to_json(),
        "device": "auto",
        "licences": {"a": "CC0"},
        "workers": 1,
    }
    return {"r.json": json.dumps(values).encode()}


def _read_training(path: Path) -> None:
    job = read_training(path)
    assert job.output.is_absolute() and not is_unfinished(job.output)
    assert all(one.as_posix() for one in (*job.paths, *job.validation))


def _plan() -> dict[str, bytes]:
    return {"p.json": json.dumps(SMALL.to_json()).encode()}


def _read_plan(path: Path) -> None:
    plan = plan_in(read_object(path), path)
    assert TrainingPlan.from_json(json.loads(plan.dumps())) == plan


def _log() -> dict[str, bytes]:
    entry = {
        "step": 5,
        "seconds": 2.5,
        "fraction": 0.5,
        "stage": "pixels",
        "loss": 0.1,
        "losses": {"l1": 0.1},
        "learning_rate": 1e-3,
        "steps_per_second": 2.0,
        "waiting": 0.1,
        "scores": {"psnr": 30.0, "psnr_cubic": 29.0},
    }
    lines = (json.dumps(entry | {"step": step}) for step in range(LINES))
    return {"m.log.jsonl": "\n".join(lines).encode()}


def _read_log(path: Path) -> None:
    """A line that is left out counts as refused."""
    entries = read_log(path)
    for entry in entries:
        assert f"{entry['step']:,} {entry['steps_per_second']:.3g} {entry['stage']}"
        assert 0 <= Budget(0.0, 9).used(entry["step"], entry["seconds"]) <= 1
        assert all(abs(float(value)) < 1e31 for value in entry["losses"].values())
    if len(entries) < LINES:
        raise UserError("a line is left out")


def _result() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The JSON beside a result, and the result."""
    made = run(reconstruct(SCAN, Request(axis=2, factor=2, method="linear")))
    with TemporaryDirectory() as folder:
        image = Path(folder) / "result.nii.gz"
        run(write_image(made.volume, image, made.provenance()))
        beside = sidecar(image)
        return {beside.name: beside.read_bytes()}, {image.name: image.read_bytes()}


def _restore(path: Path) -> None:
    image = path.with_name("result.nii.gz")
    document = own_document(image)
    source_of(document), source_names(document), stated_checksum(document)
    assert described(SCAN, document).name
    found = run(restored(SCAN, image, {}))
    assert isinstance(found.region, str | None)
    assert json.dumps(found.provenance(), default=str)


def _done(
    result: dict[str, bytes], image: dict[str, bytes]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The record of the result, and the result under the name that the record is of."""
    (document,), (voxels,) = result.values(), image.values()
    source = json.loads(document)["provenance"].get("source_sha256")
    values = {"factor": 2, "axis": "k", "consistency": {"max": 0.0}, "warnings": ["thick"]}
    record = {"key": "k", "batch": "b", "size": len(voxels), "source_sha256": source}
    seeds = {"record.json": json.dumps({**record, "values": values}).encode()}
    return seeds, {OUTPUT.name: voxels, sidecar(Path(OUTPUT)).name: document}


def _read_done(path: Path) -> None:
    """Of a result that lies there with the JSON beside it; what is no record is as good as none."""
    place = BatchFolder(path.parent, "b")
    target = place.record(OUTPUT)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(path.read_bytes())
    record = read_batch_record(place, OUTPUT, "k")
    if record is not None:
        assert cells(VolumeOutcome("s", OUTPUT, "done before", values=record["values"]))


def _sidecar() -> tuple[dict[str, bytes], dict[str, bytes]]:
    image = nib.Nifti1Image(SCAN.voxels, SCAN.geometry.affine)
    values = {"SliceThickness": 3.5, "RepetitionTime": 2.0, "SliceTiming": [0.0, 1.0]}
    return {"b.json": json.dumps(values).encode()}, {"b.nii": image.to_bytes()}


def _read_beside(path: Path) -> None:
    """The image opens whatever lies beside it."""
    assert np.isfinite(run(read(path.with_name("b.nii"))).voxels).all()
