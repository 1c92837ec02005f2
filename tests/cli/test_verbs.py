"""Each verb on real files: its numbers, its JSON keys, its exit status."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from cli.conftest import Call
from srviewer.__main__ import main
from srviewer.cli.main import VERBS
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.nn.devices.int8 import int8_hindrance
from srviewer.sr.models.available_models import available_models
from srviewer.sr.models.shipped_models import SHIPPED


def test_info_tells_grid_and_thick_axis(thick_file: Path, call: Call) -> None:
    status, found = call("info", thick_file)
    (series,) = found["series"]
    assert status == 0 and found["ignored"] == 0
    assert series["shape"] == [40, 48, 9] and series["spacing_mm"] == pytest.approx([1, 1, 4])
    assert (series["thick_axis"], series["factor"], series["frames"]) == ("k", 4.0, 1)
    assert np.shape(series["affine"]) == (4, 4) and series["warnings"] == []
    assert {"index", "name", "uid", "modality", "unit"} <= set(series)


def test_info_of_a_thin_scan_has_no_thick_axis(thin_file: Path, call: Call) -> None:
    (series,) = call("info", thin_file)[1]["series"]
    assert series["thick_axis"] is None and series["factor"] == 1.0


def test_info_shows_the_header_when_asked(
    thick_file: Path, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    (plain,) = call("info", thick_file)[1]["series"]
    (series,) = call("info", thick_file, "--tags")[1]["series"]
    fields = {row["key"]: row["value"] for row in series.pop("tags")}
    assert series == plain and fields["dim"] == "3 40 48 9 1 1 1 1" and "magic" in fields
    (series,) = call("info", thick_file, "--tags", "PIXDIM")[1]["series"]
    assert [row["key"] for row in series["tags"]] == ["pixdim"]
    assert main(["info", str(thick_file), "--tags", "pixdim"]) == 0
    assert "\n   pixdim  1.0 1.0 1.0 4.0" in capsys.readouterr().out


@pytest.mark.parametrize("asked", ["auto", "float32"])
def test_the_precision_is_told_and_in_the_history(
    thick_file: Path, call: Call, tmp_path: Path, asked: str
) -> None:
    out = tmp_path / "thin.nii.gz"
    said = call("reconstruct", thick_file, "-o", out, "--device", "cpu", "--precision", asked)[1]
    hindrance = int8_hindrance()
    used = "int8" if asked == "auto" and not hindrance else "float32"
    assert (said["precision"], said["request"]["precision"]) == (used, asked)
    assert said["precision_reason"] == (hindrance or None if asked == "auto" else None)
    history = " ".join(json.loads(out.with_name("thin.json").read_text())["history"])
    assert ("in 8-bit integers" in history) == (used == "int8")


def test_reconstruct_writes_the_refined_grid_and_its_story(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    out, apart = tmp_path / "thin.nii.gz", tmp_path / "apart.nii.gz"
    arguments = ("reconstruct", thick_file, "-o", out, "--disagreement", apart, "--model", "fast")
    status, said = call(*arguments)
    assert status == 0 and said["output"] == str(out)
    assert (said["method"], said["model"], said["factor"], said["axis"]) == (
        "cross-plane",
        "fast",
        4,
        "k",
    )
    assert said["consistency"]["max"] < 1e-5 and said["disagreement"]["p99"] > 0
    assert {"device", "seconds", "peak_memory_mb", "warnings"} <= set(said)
    image = nib.load(out)
    expected = thick_head.geometry.refined(2, 4)
    assert image.shape == expected.shape and np.allclose(image.affine, expected.affine, atol=1e-4)
    assert np.abs(nib.load(apart).get_fdata()).max() > 0
    beside = json.loads((tmp_path / "thin.json").read_text())
    assert beside["provenance"]["model_sha256"] == said["model_sha256"]
    assert "Research use only" in json.dumps(beside)


def test_a_result_may_keep_the_scans_own_data_type(
    thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    scan, out = tmp_path / "short.nii.gz", tmp_path / "thin.nii.gz"
    voxels = np.rint(thick_head.voxels).astype(np.int16)
    nib.save(nib.Nifti1Image(voxels, thick_head.geometry.affine), scan)
    for kind, dtype in (("original", np.int16), ("float32", np.float32)):
        assert call("reconstruct", scan, "-o", out, "--method", "cubic", "--store", kind)[0] == 0
        assert nib.load(out).get_data_dtype() == dtype


def test_the_scores_of_a_result_and_of_cubic(
    thick_file: Path, thin_file: Path, call: Call, tmp_path: Path
) -> None:
    scores = {}
    for method in ("cross-plane", "cubic"):
        out = tmp_path / f"{method}.nii.gz"
        assert call("reconstruct", thick_file, "-o", out, "--method", method)[0] == 0
        scores[method] = call("compare", thin_file, out)[1]
    cubic, network = scores["cubic"], scores["cross-plane"]
    assert network["psnr"] != cubic["psnr"] and min(network["psnr"], cubic["psnr"]) > 10
    assert [len(cubic["per_slice"][axis]) for axis in "ijk"] == [40, 48, 36]
    assert {"psnr", "ssim"} <= set(cubic["per_slice"]["k"][18])
    assert cubic["mask"] == "foreground" and "head" in cubic["meaning"]
    whole = call("compare", thin_file, tmp_path / "cubic.nii.gz", "--mask", "none")[1]
    assert whole["voxels"] == 40 * 48 * 36 > cubic["voxels"]


def test_equal_volumes_have_no_finite_psnr(thin_file: Path, call: Call) -> None:
    scores = call("compare", thin_file, thin_file)[1]
    assert scores["psnr"] is None and scores["mae"] == 0 and scores["ssim"] == pytest.approx(1)


def test_voxels_that_were_no_numbers_are_told_with_the_scores(
    thin_file: Path, head: Volume, call: Call, tmp_path: Path
) -> None:
    voxels = head.voxels.copy()
    voxels[20, 20, 20] = np.nan
    nib.save(nib.Nifti1Image(voxels, head.geometry.affine), tmp_path / "holes.nii.gz")
    assert call("compare", thin_file, thin_file)[1]["warnings"] == []
    (note,) = call("compare", thin_file, tmp_path / "holes.nii.gz")[1]["warnings"]
    assert len(call("compare", *[tmp_path / "holes.nii.gz"] * 2)[1]["warnings"]) == 1
    assert note.startswith("holes: ")


def test_simulate_is_the_one_acquisition_model(
    thin_file: Path, head: Volume, call: Call, tmp_path: Path
) -> None:
    out, truth = tmp_path / "thick.nii.gz", tmp_path / "truth.nii.gz"
    arguments = ("--axis", "j", "--factor", 5, "--profile", "gaussian", "--thickness", 4)
    status, said = call("simulate", thin_file, "-o", out, *arguments, "--truth", truth)
    assert status == 0 and said["spacing_mm"] == pytest.approx([1, 5, 1])
    expected = Degradation(1, 5, "gaussian", 0.8).apply(head.voxels)
    assert np.allclose(nib.load(out).get_fdata(), expected, atol=1e-3)
    assert nib.load(truth).shape == (40, 45, 36) and said["time_bandwidth"] is None
    pulse = ("--profile", "slr", "--time-bandwidth", 3)
    status, said = call("simulate", thin_file, "-o", out, "--axis", "k", *pulse)
    assert status == 0 and (said["profile"], said["time_bandwidth"]) == ("slr", 3)
    expected = Degradation(2, 4, "slr", time_bandwidth=3.0).apply(head.voxels)
    assert np.allclose(nib.load(out).get_fdata(), expected, atol=1e-3)
    assert "time-bandwidth" in call("simulate", thin_file, "-o", out, "--time-bandwidth", 50)[1]


def test_noise_is_repeatable(thin_file: Path, call: Call, tmp_path: Path) -> None:
    def noisy(name: str, seed: int) -> np.ndarray:
        out = tmp_path / f"{name}.nii.gz"
        assert call("simulate", thin_file, "-o", out, "--noise", 0.05, "--seed", seed)[0] == 0
        return np.asarray(nib.load(out).get_fdata())

    assert np.array_equal(noisy("a", 1), noisy("b", 1))
    assert not np.array_equal(noisy("a", 1), noisy("c", 2))


def test_evaluate_prints_every_row_beside_cubic(
    thin_file: Path, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("evaluate", thin_file, "--factors", "2", "--axes", "k", "--methods", "cross-plane")
    said = call(*arguments)[1]
    rows = said["rows"]
    assert said["model_reason"]
    assert [row["method"] for row in rows] == ["cubic", "cross-plane"]
    none, taken = (row["model"] for row in rows)
    assert none is None and taken in {row.name for row in SHIPPED if row.gain_calibrated}
    assert {"file", "axis", "factor", "psnr", "ssim", "seconds", "warnings"} <= set(rows[0])
    mirrored = call(*arguments, "--flips")[1]["rows"]
    assert [row["flips"] for row in mirrored] == [False, True]
    assert mirrored[0]["psnr"] == rows[0]["psnr"] and mirrored[1]["psnr"] != rows[1]["psnr"]
    assert main([*map(str, arguments)]) == 0
    printed = capsys.readouterr().out
    assert "gain over cubic" in printed and f"taken automatically: {taken}, " in printed
    assert call(*arguments[:-1], "cubic")[1]["model_reason"] is None


def test_train_writes_a_model_that_reconstructs(
    thin_file: Path, thick_file: Path, make_head: object, call: Call, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(
        json.dumps(
            {"preset": "fast", "width": 4, "blocks": 1, "rows": 6, "columns": 12, "batch": 4}
        )
    )
    model = tmp_path / "mine.safetensors"
    arguments = ("--plan", plan, "--factors", "2,4", "--steps", 6, "--seed", 7)
    status, said = call("train", thin_file, *arguments, "-o", model)
    assert status == 0 and said["plan"]["train"] == ["head"] and said["plan"]["seed"] == 7
    out = tmp_path / "thin.nii.gz"
    assert call("reconstruct", thick_file, "-o", out, "--model", model)[1]["model"] == "mine"


def test_a_person_on_both_sides_is_refused(thin_file: Path, call: Call, tmp_path: Path) -> None:
    model = tmp_path / "mine.safetensors"
    status, said = call("train", thin_file, "--validation", thin_file, "--steps", 1, "-o", model)
    assert status == 1 and "same person" in said and not model.exists()


def test_screenshot_is_a_picture(
    thick_file: Path, call: Call, tmp_path: Path, qapp: object
) -> None:
    out = tmp_path / "planes.png"
    assert call("screenshot", thick_file, "-o", out)[1]["layout"] == "planes"
    assert out.read_bytes().startswith(b"\x89PNG")


def test_models_presets_and_diagnose(call: Call) -> None:
    (card, *_) = call("models")[1]["models"]
    assert {"name", "preset", "factors", "parameters", "trained_on", "licence", "scores"} <= set(
        card
    )
    assert card["name"] == "fast" and {2, 3, 4} <= set(card["factors"])
    (row, *_) = call("presets")[1]["presets"]
    assert set(row) == {"name", "title", "paper", "generator", "adversarial", "losses"}
    report = call("diagnose")[1]
    assert report["devices"][-1] == "cpu" and report["packages"]["torch"]


def test_the_card_of_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--card", "fast"]) == 0
    text = capsys.readouterr().out
    for words in ("# Model card: fast", "Research use only", "cubic", "Known limits"):
        assert words in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("info", "nowhere.nii.gz"), "nowhere.nii.gz"),
        (("reconstruct", "THICK", "-o", "OUT", "--model", "nobody"), "no model 'nobody'"),
        (("reconstruct", "THICK", "-o", "OUT", "--factor", "7"), "cannot refine by 7"),
        (("reconstruct", "THICK", "-o", "OUT", "--adapt-seed", "5"), "belongs to --adapt"),
        (("reconstruct", "THICK", "-o", "OUT", "--adapt-steps", "-5"), "seconds above 0"),
        (("reconstruct", "THICK", "-o", "OUT", "--adapt", "1e9"), "up to 604800 seconds"),
        (("reconstruct", "THICK", "-o", "OUT", "--series", "5"), "no series '5'"),
        (("reconstruct", "THICK", "-o", "OUT", "--frame", "2"), "there is no number 2"),
        (("compare", "THICK", "THIN"), "grids differ"),
        (("simulate", "THIN", "-o", "OUT", "--factor", "1"), "a factor is 2 or more, not 1"),
        (("simulate", "THIN", "-o", "OUT", "--factor", "0", "--thickness", "3"), "not 0"),
        (("simulate", "THIN", "-o", "OUT", "--thickness", "80"), "not 20 times"),
        (("simulate", "THIN", "-o", "OUT", "--noise", "1"), "0 to below 1, not 1"),
        (("simulate", "THIN", "-o", "OUT", "--factor", "30"), "needs at least 60"),
        (("train", "THIN", "-o", "MODEL"), "needs a budget"),
        (("train-features", "THIN", "--minutes", "-1", "-o", "MODEL"), "A budget of -1 minutes"),
        (("train", "THIN", "--steps", "1", "-o", "OUT"), "must end with .safetensors"),
        (("reconstruct", "THICK", "-o", "PICTURE"), "no ending that srviewer writes"),
        (("reconstruct", "THICK", "-o", "OUT", "--disagreement", "OUT"), "written twice"),
        (("reconstruct", "THICK", "-o", "OUT", "--json", "SIDECAR"), "written twice"),
        (("reconstruct", "THICK", "-o", "THICK"), "is an input and is not overwritten"),
        (("reconstruct", "THICK", "-o", "OUT", "--axis", "i", "--isotropic"), "coarser"),
        (("simulate", "THIN", "-o", "OUT", "--truth", "PICTURE"), "no ending"),
        (("simulate", "THIN", "-o", "OUT", "--seed", "-1"), "a seed is 0 or more, not -1"),
        (("screenshot", "THIN", "-o", "THIN"), "must end with .png"),
        (("info", "THIN", "--json", "THIN"), "is an input and is not overwritten"),
        (("evaluate", "THIN", "--factors", "2,7"), "cannot refine by 7"),
        (("train", "THIN", "--steps", "1", "-o", "absent/m.safetensors"), "folder 'absent'"),
        (("models", "--card", "nobody"), "no model 'nobody'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_plain_message(
    arguments: tuple[str, ...],
    message: str,
    thin_file: Path,
    thick_file: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    places = {
        "THIN": thin_file,
        "THICK": thick_file,
        "OUT": tmp_path / "out.nii.gz",
        "SIDECAR": tmp_path / "out.json",
        "PICTURE": tmp_path / "out.png",
        "MODEL": tmp_path / "out.safetensors",
    }
    words = [str(places.get(word, word)) for word in arguments]
    status = main(words)
    said = capsys.readouterr().err
    assert status == 1 and message in said
    assert said.startswith("srviewer: ") and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_files_of_one_name_are_scored_each_beside_its_own_cubic(
    head: Volume, call: Call, tmp_path: Path
) -> None:
    paths = []
    for folder, scale in (("a", 1.0), ("b", 0.25)):
        (tmp_path / folder).mkdir()
        noise = np.random.default_rng(3).normal(0, 400 * (1 - scale), head.voxels.shape)
        voxels = (head.voxels + noise).astype(np.float32)
        path = tmp_path / folder / "same.nii.gz"
        nib.save(nib.Nifti1Image(voxels, head.geometry.affine), path)
        paths.append(path)
    rows = call("evaluate", *paths, "--factors", "2", "--axes", "k")[1]["rows"]
    assert [row["file"] for row in rows] == ["same", "same", "same (2)", "same (2)"]


def test_the_cursor_of_a_screenshot_may_be_negative(
    thick_file: Path, call: Call, tmp_path: Path, qapp: object
) -> None:
    out = tmp_path / "planes.png"
    assert call("screenshot", thick_file, "-o", out, "--at", "-3,2.5,-1")[0] == 0
    assert out.exists()


def test_wrong_usage_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["reconstruct"])
    assert end.value.code == 2
    assert main(["recnstruct"]) == 2
    assert "no file, folder or verb 'recnstruct'" in capsys.readouterr().err


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {verb.name} " in text for verb in VERBS)


def test_json_goes_to_a_file_too(thick_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.json"
    assert main(["info", str(thick_file), "--json", str(target)]) == 0
    assert json.loads(target.read_text())["series"][0]["thick_axis"] == "k"


def test_the_shipped_card_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    for card in available_models():
        assert main(["models", "--card", card.name]) == 0
        assert card.path.with_suffix(".md").read_text() == capsys.readouterr().out
