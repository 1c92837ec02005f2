"""The request of a result that was written to a file comes back with it."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from settings_of import OTHERS
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.export.image import write_image
from srviewer.io.sidecars.provenance import sidecar
from srviewer.job import run
from srviewer.nn.models.model_file import save_model
from srviewer.nn.plans.adaptation import Adaptation, Adapted
from srviewer.sr.models.available_models import find_model
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.reconstruction.restore import restored
from srviewer.sr.requests.request import Request
from srviewer.sr.results.expected_gain import ExpectedGain, uncalibrated
from srviewer.sr.results.reconstruction import Reconstruction

PLAIN = Request(axis=2, factor=2, method="nearest")


@pytest.fixture(scope="module")
def small(make_head: Callable[..., Volume]) -> Volume:
    return make_head((10, 12, 6), (1.0, 1.0, 4.0))


def _written(result: Reconstruction, folder: Path) -> tuple[Path, dict[str, Path]]:
    image, residual = folder / "result.nii.gz", folder / "residual.nii.gz"
    run(write_image(result.volume, image, result.provenance()))
    run(write_image(result.residual, residual, {}))
    return image, {"residual": residual}


def _change(image: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Edit the provenance beside ``image``."""
    path = sidecar(image)
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document["provenance"])
    path.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("name", [field.name for field in fields(Request)])
def test_each_setting_comes_back(name: str, small: Volume, tmp_path: Path) -> None:
    request = replace(PLAIN, **{name: OTHERS[name]})
    image, maps = _written(run(reconstruct(small, request)), tmp_path)
    assert run(restored(small, image, maps)).request == request


@pytest.mark.parametrize(
    "gain", [None, ExpectedGain(2.4, 1.8, 3.0, True), uncalibrated("it moved")]
)
def test_the_expected_gain_comes_back(
    gain: ExpectedGain | None, small: Volume, tmp_path: Path
) -> None:
    result = replace(run(reconstruct(small, PLAIN)), expected_gain=gain)
    image, _ = _written(result, tmp_path)
    assert run(restored(small, image, {})).expected_gain == gain
    _change(image, lambda provenance: provenance.pop("expected_gain"))  # of an earlier version
    assert run(restored(small, image, {})).expected_gain is None


def test_a_model_in_a_file_comes_back(small: Volume, tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save_model(replace(find_model("fast"), name="another"), path)
    result = run(reconstruct(small, Request(axis=2, factor=2, model=str(path))))
    image, _ = _written(result, tmp_path)
    assert str(tmp_path) not in sidecar(image).read_text()
    again = run(restored(small, image, {}, str(path)))
    assert again.request == result.request and again.warnings == result.warnings
    assert again.model is not None and again.model.name == "another"
    path.unlink()
    without = run(restored(small, image, {}, str(path)))
    assert without.request == result.request and without.model is None
    assert "own.safetensors" in without.warnings[-1]


@pytest.mark.parametrize(
    ("tried", "asked"),
    [
        (None, None),
        (Adapted(True, 30.0, 31.0, 250, 60.7, 0.5), Adaptation(seconds=60)),
        (Adapted(False, 30.0, 30.0, 3, 0.25), Adaptation(seconds=0.25)),
        (Adapted(False, 0.0, 0.0, 0, 0.0), Adaptation(seconds=60)),  # it took none
    ],
)
def test_a_result_of_the_first_version_gives_what_it_tells(
    tried: Adapted | None, asked: Adaptation | None, small: Volume, tmp_path: Path
) -> None:
    request = replace(
        PLAIN, thickness_mm=3.1, profile="gaussian", also=((1, 2),), gaps="run", flips=True
    )
    result = replace(run(reconstruct(small, request)), adapted=tried)
    image, _ = _written(result, tmp_path)
    _change(image, lambda made: made.pop("request"))
    assert run(restored(small, image, {})).request == replace(request, adaptation=asked)


JUNK = [None, True, [], "nearest", {"axis": True, "factor": 10**400, "adaptation": {"steps": []}}]


@pytest.mark.parametrize("junk", JUNK)
def test_a_damaged_request_leaves_what_the_other_keys_tell(
    junk: object, small: Volume, tmp_path: Path
) -> None:
    request = replace(PLAIN, thickness_mm=3.1)
    image, _ = _written(run(reconstruct(small, request)), tmp_path)
    _change(image, lambda made: made.update(request=junk))
    assert run(restored(small, image, {})).request == request


@pytest.mark.parametrize(
    "damage",
    [
        {"factor": 1e999},
        {"factor": True},
        {"axis": ["k"]},
        {"also": {"j": 1e999}},
        {"also": [3]},
        {"method": {}},
    ],
)
def test_damage_to_the_keys_of_the_first_version_is_told(
    damage: dict[str, object], small: Volume, tmp_path: Path
) -> None:
    image, _ = _written(run(reconstruct(small, PLAIN)), tmp_path)
    _change(image, lambda made: (made.pop("request"), made.update(damage)))
    with pytest.raises(UserError, match="damaged"):
        run(restored(small, image, {}))


@pytest.mark.parametrize("number", [float("nan"), 1e999, 10**400, True, "60", [60]])
def test_no_number_is_as_good_as_none(number: object, small: Volume, tmp_path: Path) -> None:
    image, _ = _written(run(reconstruct(small, PLAIN)), tmp_path)
    tried = {"kept": True, "before": number, "after": 1, "steps": number, "seconds": number}

    def damage(made: dict[str, Any]) -> None:
        del made["request"]
        made.update(thickness_mm=number, seconds=number, peak_memory_mb=number, adaptation=tried)

    _change(image, damage)
    read = run(restored(small, image, {}))
    assert read.request == replace(PLAIN, adaptation=Adaptation(seconds=60))
    assert read.seconds == 0 and read.peak_memory_mb is None
