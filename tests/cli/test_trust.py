"""Options of the command line to judge a result by."""

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

import phantoms
from srviewer.__main__ import main
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.volumes.volume import Volume
from srviewer.sr.models.shipped_models import SHIPPED

Call = Callable[..., tuple[int, Any]]


def test_the_residual_is_the_result_degraded_again_minus_the_scan(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    out, off = tmp_path / "thin.nii.gz", tmp_path / "off.nii.gz"
    arguments = ("reconstruct", thick_file, "-o", out, "--method", "cubic", "--residual", off)
    status, said = call(*arguments)
    assert status == 0
    again = Degradation(2, 4).apply(nib.load(out).get_fdata(dtype=np.float32))
    image = nib.load(off)
    assert np.allclose(image.affine, thick_head.geometry.affine, atol=1e-4)
    assert np.allclose(image.get_fdata(), again - thick_head.voxels, atol=0.01)
    assert said["consistency"]["max"] > 0.01


CALIBRATED = {row.name for row in SHIPPED if row.gain_calibrated}


def test_self_test_gives_a_verdict_and_every_row(thick_file: Path, call: Call) -> None:
    status, said = call("self-test", thick_file, "--factor", 2)
    assert status == 0
    assert {row["axis"] for row in said["rows"]} == {"i", "j"}
    assert all({"psnr", "psnr_cubic", "ssim", "ssim_cubic"} <= set(row) for row in said["rows"])
    assert f"{said['gain_psnr']:+.2f} dB" in said["verdict"]
    assert said["model"] in CALIBRATED and said["model_reason"]


def text_of(page: Path) -> str:
    return unescape(page.read_text())


def test_a_report_is_one_page_that_stands_by_itself(
    thick_file: Path, call: Call, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    status, said = call("reconstruct", thick_file, "-o", tmp_path / "t.nii.gz", "--report", page)
    assert status == 0
    gain = said["expected_gain"]
    assert gain["calibrated"] or (gain["db"] is None and gain["reason"] in text_of(page))
    text = page.read_text()
    for words in (
        "Research use only",
        "agreement with the scan",
        "Model card",
        "sha256",
        "ranked by the disagreement of the planes",
        "Self-test.",
        "sharp axis",
        "Regions most likely wrong",
        "What both planes get wrong in the same way",
    ):
        assert words in text
    assert text.count("data:image/png;base64,") == 2 and "http" not in text
    assert (tmp_path / "report-figures" / "montage.png").stat().st_size > 10_000


def test_a_report_says_why_a_scan_cannot_be_tested(
    thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    small, page = tmp_path / "small.nii.gz", tmp_path / "report.html"
    voxels = thick_head.voxels[:24, :24]  # 8 blocks of 4 are needed
    nib.save(nib.Nifti1Image(np.ascontiguousarray(voxels), thick_head.geometry.affine), small)
    arguments = ("reconstruct", small, "-o", tmp_path / "t.nii.gz", "--factor", 4)
    assert call(*arguments, "--report", page)[0] == 0
    assert "Not tested on this scan: " in page.read_text() and "too small" in page.read_text()


def test_a_comparison_has_a_report_too(thin_file: Path, call: Call, tmp_path: Path) -> None:
    page = tmp_path / "same.html"
    assert call("compare", thin_file, thin_file, "--report", page)[0] == 0
    assert page.read_text().count("data:image/png;base64,") == 3
    assert "must end with .html" in call("compare", thin_file, thin_file, "--report", "a.txt")[1]


def test_labels_go_along_and_keep_their_volume(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    labels, out, grown = (tmp_path / f"{name}.nii.gz" for name in ("labels", "thin", "grown"))
    drawn = np.digitize(thick_head.voxels, (200, 700)).astype(np.uint8)
    nib.save(nib.Nifti1Image(drawn, thick_head.geometry.affine), labels)
    arguments = ("reconstruct", thick_file, "-o", out, "--method", "cubic")
    assert call(*arguments, "--labels", labels, "-o-labels", grown)[0] == 0
    image = nib.load(grown)
    assert image.get_data_dtype() == np.uint8 and image.shape == nib.load(out).shape
    after = np.bincount(np.asarray(image.dataobj).ravel())
    assert np.allclose(after, 4 * np.bincount(drawn.ravel()), rtol=0.01)
    assert "go together" in call(*arguments, "--labels", labels)[1]


def test_labels_that_are_refused_leave_no_result(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    labels, folder = tmp_path / "labels.nii.gz", tmp_path / "out"
    folder.mkdir()
    grey = np.rint(thick_head.voxels).astype(np.int16)  # labels of a voxel each
    nib.save(nib.Nifti1Image(grey, thick_head.geometry.affine), labels)
    arguments = ("reconstruct", thick_file, "-o", folder / "thin.mha", "--method", "cubic")
    status, said = call(*arguments, "--labels", labels, "-o-labels", folder / "grown.nrrd")
    assert status == 1 and "could not be kept" in said
    assert not list(folder.iterdir())


def test_a_pulse_that_cannot_be_is_one_message(
    thick_file: Path, call: Call, tmp_path: Path
) -> None:
    arguments = ("reconstruct", thick_file, "-o", tmp_path / "thin.nii.gz", "--profile", "slr")
    for product in ("0", "1.99", "1e9"):
        status, said = call(*arguments, "--time-bandwidth", product)
        assert status == 1 and "from 2 to 20" in said
    assert not list(tmp_path.iterdir())


def test_a_locked_region_has_no_learned_detail(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    mask, plain, locked = (tmp_path / f"{name}.nii.gz" for name in ("mask", "plain", "locked"))
    inside = np.zeros(thick_head.geometry.shape, np.uint8)
    inside[10:20, 15:30, 3:6] = 1
    nib.save(nib.Nifti1Image(inside, thick_head.geometry.affine), mask)
    assert call("reconstruct", thick_file, "-o", plain, "--method", "back-projected")[0] == 0
    status, said = call("reconstruct", thick_file, "-o", locked, "--lock", mask)
    assert status == 0 and said["locked_region"] == "mask"
    assert said["consistency"]["max"] < 1e-5
    assert any("Nothing learned was added" in line for line in said["warnings"])
    region = np.repeat(inside, 4, axis=2) > 0
    one, other = (nib.load(path).get_fdata() for path in (plain, locked))
    assert np.allclose(one[region], other[region], atol=0.01)
    assert np.abs(one - other)[20:30].max() > 1


def test_flips_slice_profile_and_a_second_axis(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    out, spread = tmp_path / "thin.nii.gz", tmp_path / "spread.nii.gz"
    arguments = ("reconstruct", thick_file, "-o", out, "--factor", 2)
    status, said = call(*arguments, "--flips", "--spread", spread, "--thickness", 3)
    assert status == 0 and said["flips"] and said["thickness_mm"] == 3
    assert said["consistency"]["max"] < 2e-3
    assert nib.load(spread).get_fdata().max() > 0
    status, said = call(*arguments, "--also", "j:2")
    assert status == 0 and said["also"] == {"j": 2}
    expected = thick_head.geometry.refined(2, 2).refined(1, 2)
    assert np.allclose(nib.load(out).affine, expected.affine, atol=1e-4)
    assert said["consistency"]["max"] < 1e-4
    assert "needs --method cross-plane --flips" in call(*arguments, "--spread", spread)[1]
    assert "cannot be" in call(*arguments, "--thickness", 40)[1]


def test_the_slice_profile_is_estimated_or_said_not_to_be(
    thick_file: Path, call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "thin.nii.gz"
    arguments = ("reconstruct", thick_file, "-o", out, "--factor", 2)
    status, said = call(*arguments, "--profile", "slr", "--time-bandwidth", 6)
    assert status == 0 and (said["profile"], said["time_bandwidth"]) == ("slr", 6)
    assert said["profile_estimate"] is None and said["consistency"]["max"] < 2e-3
    status, said = call(*arguments, "--profile", "estimate")
    assert status == 0 and said["profile"] == "box" and said["request"]["profile"] == "estimate"
    assert said["profile_estimate"]["reason"]  # a phantom of few slices
    assert main([*map(str, arguments), "--profile", "estimate"]) == 0
    assert "slice profile: box, not estimated: " in capsys.readouterr().out


def test_texture_tells_how_much_it_moved_and_maps_where(
    thick_file: Path, call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, moved = tmp_path / "thin.nii.gz", tmp_path / "moved.nii.gz"
    arguments = ("reconstruct", thick_file, "-o", out, "--texture", 1, "--texture-change", moved)
    status, said = call(*arguments)
    assert status == 0 and said["texture"] == 1 and 0 < said["texture_changed"] < 1
    assert said["consistency"]["max"] < 1e-5
    assert nib.load(moved).get_fdata().max() > 0
    assert main([*map(str, arguments)]) == 0
    shown = capsys.readouterr().out
    assert f"texture moved {100 * said['texture_changed']:.1f} % of the voxels" in shown
    assert "expected gain: not calibrated for this scan: texture was added" in shown


def test_the_regions_most_likely_wrong_are_told_and_the_map_is_smoothed(
    thick_file: Path, call: Call, tmp_path: Path
) -> None:
    out, written = tmp_path / "t.nii.gz", tmp_path / "d.nii.gz"
    arguments = ("reconstruct", thick_file, "-o", out, "--factor", 2)
    status, said = call(*arguments, "--disagreement", written)
    assert status == 0 and 1 <= len(said["regions"]) <= 10
    shares = [region["share"] for region in said["regions"]]
    assert shares == sorted(shares, reverse=True)
    image = nib.load(out)
    for region in said["regions"]:
        index, mm = region["index"], region["position_mm"]
        assert nib.affines.apply_affine(image.affine, index) == pytest.approx(mm, abs=0.01)
        assert region["scan_slice"] == index[2] // 2 + 1
        assert sorted(region["slices"].values()) == sorted(n + 1 for n in index)
    assert json.loads(out.with_name("t.json").read_text())["provenance"]["regions"]
    voxels = np.asarray(nib.load(written).dataobj)
    steps = np.abs(np.diff(voxels, axis=0)).mean() / voxels.mean()
    assert steps < 0.35  # of single voxels that were not smoothed: above 0.8
    status, said = call(*arguments, "--method", "cubic", "--overwrite")
    assert status == 0 and said["regions"] is None


def test_texture_on_a_noisy_scan_is_rebuilt_with_a_warning(call: Call, tmp_path: Path) -> None:
    clean = Degradation(2, 4).thick_volume(phantoms.head((60, 64, 48)))
    noise = np.random.default_rng(3).normal(0, 80, clean.voxels.shape)
    path, out = tmp_path / "noisy.nii", tmp_path / "t.nii.gz"
    nib.save(
        nib.Nifti1Image((clean.voxels + noise).astype(np.float32), clean.geometry.affine), path
    )
    arguments = ("reconstruct", path, "-o", out, "--factor", 2, "--overwrite")
    status, said = call(*arguments, "--texture", 0.5)
    assert status == 0 and "texture_on_noise" in said["warning_codes"]
    assert any("trained on at most 3 %" in line for line in said["warnings"])
    status, said = call(*arguments)
    assert status == 0 and "texture_on_noise" not in said["warning_codes"]


@pytest.mark.parametrize("factor", [-3, 0, 1, 65, 10**9])
@pytest.mark.parametrize("model", ["auto", "fast"])
def test_a_factor_that_cannot_be_is_one_message(
    factor: int, model: str, thick_file: Path, call: Call, tmp_path: Path
) -> None:
    arguments = ("reconstruct", thick_file, "-o", tmp_path / "thin.nii.gz", "--model", model)
    status, said = call(*arguments, "--factor", factor)
    assert status == 1 and "A factor is a whole number from 2 to 64." in said
    status, said = call("self-test", thick_file, "--model", model, "--factor", factor)
    assert status == 1 and "A factor is a whole number from 2 to 64." in said
    assert not list(tmp_path.iterdir())
