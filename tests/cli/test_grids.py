"""Files that are stored along other axes, or lie on another grid, given to every verb."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from srviewer.__main__ import main
from srviewer.core.geometry.grid import Geometry
from srviewer.core.intensity.intensity_range import measured_intensity
from srviewer.core.resampling.reorient import Reorientation
from srviewer.core.scores.metrics import psnr
from srviewer.core.volumes.volume import Volume

Call = Callable[..., tuple[int, Any]]
PLAIN = Reorientation((0, 1, 2), (False, False, False))
LPS = Reorientation((0, 1, 2), (True, True, False))
TURNED = Reorientation((2, 0, 1), (False, True, False))  # (k, -i, j)


def save(voxels: np.ndarray, geometry: Geometry, path: Path, axes: Reorientation = LPS) -> Path:
    """As another program would store it."""
    nib.save(nib.Nifti1Image(axes.view(voxels), axes.grid(geometry).affine), path)
    return path


def noisy(head: Volume) -> np.ndarray:
    return np.asarray(head.voxels + np.random.default_rng(3).normal(0, 20, head.voxels.shape))


def moved(geometry: Geometry, mm: tuple[float, float, float]) -> Geometry:
    affine = geometry.affine.copy()
    affine[:3, 3] += mm
    return Geometry(geometry.shape, affine)


@pytest.mark.parametrize(("axes", "resample"), [(LPS, ()), (TURNED, ("--resample",))])
def test_a_candidate_along_other_axes_has_the_same_scores(
    axes: Reorientation,
    resample: tuple[str, ...],
    thin_file: Path,
    head: Volume,
    call: Call,
    tmp_path: Path,
) -> None:
    plain = save(noisy(head), head.geometry, tmp_path / "c.nii", PLAIN)
    other = save(noisy(head), head.geometry, tmp_path / "other.nii", axes)
    expected = call("compare", thin_file, plain)[1]
    status, said = call("compare", thin_file, other, *resample, "--report", tmp_path / "r.html")
    assert status == 0 and said == expected
    assert said["resampled"] is False and said["scored_share"] == 1
    assert said["meaning"] == "the given reference 'head'"


def test_another_grid_is_refused_with_numbers_and_resampled_when_asked(
    thin_file: Path, head: Volume, call: Call, tmp_path: Path
) -> None:
    voxels, page = noisy(head), tmp_path / "r.html"
    other = save(voxels, moved(head.geometry, (0, 3, 0)), tmp_path / "other.nii", TURNED)
    status, said = call("compare", thin_file, other)
    assert status == 1 and "--resample" in said
    assert "its voxels lie 3.00 mm further along j (the patient's anterior); its axes" in said
    status, said = call("compare", thin_file, other, "--resample", "--report", page)
    assert status == 0 and said["resampled"] is True
    intensity = measured_intensity(head.voxels)
    data_range, inside = intensity.range, intensity.foreground(head.voxels)
    covered = inside.copy()
    covered[:, :3] = False
    shifted = np.roll(voxels.astype(np.float32), 3, axis=1)
    assert said["voxels"] == covered.sum()
    assert said["scored_share"] == pytest.approx(covered.sum() / inside.sum())
    expected = psnr(head.voxels, shifted, data_range, covered)
    assert said["psnr"] == pytest.approx(expected, abs=1e-4)
    assert said["per_slice"]["j"][2]["psnr"] is None
    for text in (said["meaning"], page.read_text()):
        assert "shifted by whole voxels, without interpolation" in text
    assert any("lie 3.00 mm further along j" in note for note in said["warnings"])


def test_a_share_that_is_covered_stands_beside_the_score(
    thin_file: Path,
    head: Volume,
    call: Call,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    coarse = head.geometry.cropped(2, 0, 17)
    half = save(head.voxels[:, :, :17], moved(coarse, (0, 0, 0.5)), tmp_path / "half.nii")
    status, said = call("compare", thin_file, half, "--resample", "--mask", "none")
    assert status == 0 and said["resampled"] is True
    # Its outer edges lie at the centres of planes 0 and 17.
    assert said["scored_share"] == 18 / 36
    assert said["voxels"] == 18 * 40 * 48
    assert "cubic B-spline interpolation; 50.0 % of its space" in said["meaning"]
    assert main(["compare", str(thin_file), str(half), "--resample"]) == 0
    shown = capsys.readouterr().out
    assert "% of its foreground is covered and scored" in shown.splitlines()[0]
    assert "note: 'half' lay on another grid than 'head': it has 40 x 48 x 17 voxels" in shown


def test_a_thick_scan_is_interpolated_as_by_reconstruct(
    thick_file: Path, call: Call, tmp_path: Path
) -> None:
    thin = tmp_path / "thin.nii.gz"
    assert call("reconstruct", thick_file, "-o", thin, "--method", "cubic")[0] == 0
    status, said = call("compare", thin, thick_file, "--resample")
    assert status == 0 and said["scored_share"] == 1 and said["psnr"] > 100
    status, said = call("compare", thick_file, thin, "--resample")
    assert status == 0 and any("larger voxels along k" in note for note in said["warnings"])


def test_what_covers_nothing_is_refused(
    thin_file: Path, head: Volume, call: Call, tmp_path: Path
) -> None:
    away = save(head.voxels, moved(head.geometry, (0, 0, 300.5)), tmp_path / "away.nii")
    page = tmp_path / "r.html"
    status, said = call("compare", thin_file, away, "--resample", "--report", page)
    assert status == 1 and "'away' covers no voxel of 'head'" in said
    assert "300.50 mm further along k (the patient's superior)" in said
    assert not page.exists()


@pytest.mark.parametrize("axes", [LPS, TURNED])
def test_labels_along_other_axes_come_out_on_the_grid_of_the_result(
    axes: Reorientation, thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    drawn = np.digitize(thick_head.voxels, (200, 700)).astype(np.uint8)
    grown = []
    for number, one in enumerate((PLAIN, axes)):
        labels = save(drawn, thick_head.geometry, tmp_path / f"{number}.nii", one)
        out, thin = tmp_path / f"grown-{number}.nii", tmp_path / f"thin-{number}.nii"
        arguments = ("reconstruct", thick_file, "-o", thin, "--method", "cubic")
        assert call(*arguments, "--labels", labels, "-o-labels", out)[0] == 0
        grown.append(nib.load(out))
        assert np.allclose(nib.load(thin).affine, grown[-1].affine, atol=1e-4)
    assert np.array_equal(grown[0].dataobj, grown[1].dataobj)
    assert grown[1].get_data_dtype() == np.uint8
    wrong = save(drawn, moved(thick_head.geometry, (0, 0, 4)), tmp_path / "wrong.nii", axes)
    status, said = call(*arguments, "--labels", wrong, "-o-labels", tmp_path / "no.nii")
    assert status == 1 and "4.00 mm further along k (the patient's superior)" in said
    assert not (tmp_path / "no.nii").exists()


def test_a_lock_along_other_axes_locks_the_same_region(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    inside = np.zeros(thick_head.geometry.shape, np.uint8)
    inside[10:20, 15:30, 3:6] = 1
    made = []
    for number, axes in enumerate((PLAIN, TURNED)):
        mask = save(inside, thick_head.geometry, tmp_path / f"mask-{number}.nii", axes)
        out = tmp_path / f"thin-{number}.nii"
        arguments = ("reconstruct", thick_file, "-o", out, "--factor", 2, "--lock", mask)
        assert call(*arguments)[0] == 0
        made.append(nib.load(out).get_fdata())
    assert np.array_equal(*made)


def test_a_screenshot_is_scored_against_a_truth_along_other_axes(
    thick_file: Path, head: Volume, call: Call, tmp_path: Path
) -> None:
    pictures = []
    for number, axes in enumerate((PLAIN, TURNED)):
        folder = tmp_path / str(number)
        folder.mkdir()
        truth = save(head.voxels, head.geometry, folder / "truth.nii", axes)
        second = save(noisy(head), head.geometry, folder / "second.nii", axes)
        out = folder / "p.png"
        arguments = ("--second", second, "--second", "cubic", "--reference", truth)
        assert call("screenshot", thick_file, "-o", out, *arguments)[0] == 0
        pictures.append(out.read_bytes())
    assert pictures[0] == pictures[1]
    wrong = save(head.voxels, moved(head.geometry, (2, 0, 0)), tmp_path / "wrong.nii", TURNED)
    status, said = call("screenshot", thick_file, "-o", tmp_path / "p.png", "--reference", wrong)
    assert status == 1 and "2.00 mm further along i (the patient's right)" in said


def test_a_truth_may_be_finer_along_two_axes(
    thick_file: Path, thick_head: Volume, call: Call, tmp_path: Path
) -> None:
    fine = thick_head.geometry.refined(2, 4).refined(0, 2)
    voxels = np.repeat(np.repeat(thick_head.voxels, 4, axis=2), 2, axis=0)
    truth = save(voxels, fine, tmp_path / "truth.nii", TURNED)
    arguments = ("--second", truth, "--second", "cubic", "--reference", truth)
    status, _ = call("screenshot", thick_file, "-o", tmp_path / "p.png", *arguments)
    assert status == 0
