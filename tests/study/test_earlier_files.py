"""Files that earlier versions wrote open as they did then."""

import json
from pathlib import Path

import pytest

from srviewer.core.intensity.window import Window
from srviewer.core.regions.roi import Roi
from srviewer.core.slices.planes import Plane
from srviewer.core.volumes.volume import Volume
from srviewer.io.formats import read
from srviewer.job import run
from srviewer.nn.catalogue import TrainingPlan, training_plan
from srviewer.nn.models.model_file import load_model
from srviewer.nn.plans.adaptation import Adaptation
from srviewer.nn.reports.run_log import read_log
from srviewer.sr.reconstruction.restore import restored
from srviewer.sr.requests.request import Request
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.training.plan_file import plan_in, read_licences, read_object
from srviewer.sr.training.records import read_training_record as read_training
from srviewer.study.sessions.restore import RestoredSession, restore
from srviewer.study.state.comparing import Comparing
from srviewer.study.state.study_state import StudyState
from srviewer.study.state.view import View

FILES = Path(__file__).parents[1] / "fixtures" / "unreleased-2026-11"
ROIS = (
    Roi("distance", Plane.AXIAL, ((0.0, 0.0, 0.0), (0.0, 5.0, 0.0)), "width"),
    Roi("ellipse", Plane.CORONAL, ((1.0, 0.0, 0.0), (4.0, 0.0, 0.0), (1.0, 0.0, 3.0)), "lesion"),
    Roi("angle", Plane.SAGITTAL, ((0.0, 0.0, 0.0), (0.0, 4.0, 0.0), (0.0, 0.0, 4.0))),
)


def _restored(path: Path) -> RestoredSession:
    session = run(restore(path, StudyState(), "auto", Path.exists))
    assert session.problems == ()
    return session


@pytest.fixture(scope="module")
def studies() -> tuple[StudyState, ...]:
    session = _restored(FILES / "study" / "study.srviewer")
    assert session.front == 0
    return session.states


def test_the_studies_of_a_session_open_with_their_volumes(studies: tuple[StudyState, ...]) -> None:
    first, second = studies
    assert first.scan is not None and first.scan.geometry.shape == (14, 16, 4)
    assert second.scan is not None and second.scan.geometry.shape == (14, 16, 16)
    kept = first.compared_volumes
    assert [one.name for one in kept.results] == ["fast \u00d74", "linear \u00d74"]
    assert kept.result is kept.results[0]
    fast, linear = (one.made for one in kept.results)
    assert fast is not None and set(fast.maps()) >= {"disagreement", "residual"}
    assert linear is not None and "disagreement" not in linear.maps()
    reference = first.reference
    assert reference is not None and reference.volume.geometry.shape == (14, 16, 16)
    assert reference.thin is None
    (layer,) = first.overlays
    assert layer.opacity == 0.5 and layer.labelled and set(layer.volume.voxels.flat) == {0.0, 1.0}
    (loaded,) = kept.loaded
    assert loaded.name == "last year" and loaded.volume.geometry.shape == (14, 16, 16)
    assert second.compared_volumes.kept == second.overlays == () and second.reference is None


def test_the_studies_of_a_session_are_looked_at_as_before(studies: tuple[StudyState, ...]) -> None:
    first, second = studies
    assert first.acknowledged and not second.acknowledged
    assert first.rois == ROIS and first.locked == ROIS[1]
    kept = first.compared_volumes
    assert kept.shown == (kept.results[0].key, kept.loaded[0].key)
    assert first.comparing == Comparing(
        "curtain", 0.3, False, 11.0, 33.0, False, "disagreement", 0.002, 0.4
    )
    assert first.view == View(
        cursor_mm=(1.0, 2.0, -3.0),
        window=Window(0.0, 656.21),
        centre_mm=(0.5, 1.0, -1.5),
        zoom=2.0,
        colours="bone",
    )
    assert second.comparing.layout == "planes" and second.view.inverted


def test_the_request_of_a_session_is_as_before(studies: tuple[StudyState, ...]) -> None:
    first, second = studies
    assert first.request == Request(
        axis=2,
        factor=3,
        device="cpu",
        gaps="run",
        profile="gaussian",
        thickness_mm=3.5,
        also=((1, 2),),
        adaptation=Adaptation(37.5, 12, 5),
        texture=0.25,
        flips=True,
        minimum="scan",
    )
    assert second.request is not None and (second.request.axis, second.request.factor) == (0, 2)


def test_an_autosave_opens_with_what_no_other_file_held() -> None:
    session = _restored(FILES / "autosave" / "session.srviewer")
    assert len(session.states) == 2
    kept = session.states[0].compared_volumes
    assert kept.result is kept.results[0] and kept.results[0].name == "cubic \u00d73"
    result = session.states[0].result
    assert result is not None and result.request.method == "cubic"
    assert result.request.minimum == "scan"


def _result(name: str, scan: Volume) -> Reconstruction:
    return run(restored(scan, FILES / "study" / "study files" / name, {}))


def test_the_json_beside_a_result_gives_its_request() -> None:
    scan = run(read(FILES / "study" / "scan.nii.gz"))
    assert _result("result-1.nii.gz", scan).request == Request(2, 4, "linear")
    made = _result("result-2.nii.gz", scan)
    assert made.request == Request(2, 4, device="cpu", adaptation=Adaptation(steps=2, seed=3))
    assert "Only 4 slices: little to learn from." in made.warnings


def test_a_plan_trains_what_it_did() -> None:
    path = FILES / "training" / "plan.json"
    plan = plan_in(read_object(path), path)
    assert (plan.width, plan.factors, plan.steps, plan.seed) == (4, (2, 3), 4, 7)
    assert plan.data.profiles == ("box", "gaussian") and plan.data.noise == (0.0, 0.02)
    assert plan.losses == training_plan("esrgan-r").losses and plan.adversarial.width == 4
    then = read_object(path)
    then["data"]["phantom_share"] = 0.0  # newer than the file
    assert json.loads(plan.dumps()) == then


def test_a_model_and_its_log_are_read() -> None:
    model = load_model(FILES / "training" / "tiny.safetensors")
    plan = TrainingPlan.from_json(read_object(FILES / "training" / "plan.json"))
    assert model.plan.differing(plan) == ["train", "validation"]
    (entry,) = read_log(FILES / "training" / "tiny.log.jsonl")
    assert entry["step"] == 4 and entry["stage"] == "adversarial"
    assert set(entry["losses"]) == {"l1", "perceptual", "texture", "adversarial", "discriminator"}


def test_the_record_of_a_training_run_offers_it_again() -> None:
    job = read_training(FILES / "training" / "record.json")
    assert job.output == Path("/data/models/tiny.safetensors")
    assert job.paths == (Path("/data/people/sub-01_T1w.nii.gz"),)
    assert job.validation == (Path("/data/people/sub-02_T1w.nii.gz"),)
    assert (job.device, job.workers, job.plan.steps) == ("cpu", 1, 4)
    assert job.licences == read_licences(FILES / "training" / "licences.json")
