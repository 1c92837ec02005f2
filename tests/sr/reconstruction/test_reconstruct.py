"""Reconstruction by every method: grids, consistency, cancelling, refusals."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates

import phantoms
from srviewer.core.acquisition.degradation import Degradation, consistency
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.volume import ScanWarning, Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.sr.cross_plane.methods import METHODS, Method
from srviewer.sr.cross_plane.refinement import passes
from srviewer.sr.models.available_models import available_models, find_model
from srviewer.sr.reconstruction.cautions import cautions
from srviewer.sr.reconstruction.reconstruct import reconstruct
from srviewer.sr.requests.request import (
    Request,
    factor_of_cubes,
    suggested_factor,
    suggested_request,
)
from srviewer.sr.scores.evaluate import EvaluationPlan, evaluate, score_beside_cubic
from srviewer.sr.scores.simulate import simulate


@pytest.mark.parametrize("axis", range(3), ids=AXIS_NAMES)
@pytest.mark.parametrize("row", METHODS, ids=lambda row: row.id)
def test_every_method_keeps_the_space_and_stays_close(row: Method, axis: int, head: Volume) -> None:
    simulation = run(simulate(head, Degradation(axis, 4)))
    result = run(reconstruct(simulation.thick, Request(axis, 4, row.id)))
    assert result.volume.geometry.matches(simulation.truth.geometry)
    error = np.abs(result.volume.voxels - simulation.truth.voxels).mean()
    assert error < 60  # of about 1000; a flip or a shift by a slice gives more than 100
    assert (result.model is not None) == row.needs_model
    assert row.id in result.volume.history[-1]


@pytest.mark.parametrize("factor", [2, 3, 4, 5, 6, 8, 12])
def test_cross_plane_reproduces_the_measured_slices(factor: int, head: Volume) -> None:
    scan = Degradation(1, 4).thick_volume(head)
    result = run(reconstruct(scan, Request(1, factor)))
    assert result.consistency.max < 1e-5
    again = consistency(result.volume.voxels, scan.voxels, Degradation(1, factor))
    assert again.max == result.consistency.max
    assert again.rms == pytest.approx(result.consistency.rms, rel=1e-12)
    assert result.volume.geometry.shape[1] == scan.geometry.shape[1] * factor


def test_the_shipped_model_beats_cubic_on_a_phantom_it_never_saw(head: Volume) -> None:
    simulation = run(simulate(head, Degradation(2, 2)))
    request = Request(2, 2)
    result = run(reconstruct(simulation.thick, request))
    pair = run(
        score_beside_cubic(
            simulation.truth, simulation.thick, result.volume, request, simulation.meaning
        )
    )
    assert pair.candidate.whole["psnr"] > pair.cubic.whole["psnr"]  # type: ignore[operator]
    assert "before it was degraded" in pair.candidate.meaning


def test_a_constant_added_to_the_scan_is_added_to_the_result(thick_head: Volume) -> None:
    """CT and z-scored scans are negative where the network knows only air at 0."""
    shifted = replace(thick_head, voxels=thick_head.voxels - np.float32(1000))
    request = Request(2, 4, precision="float32")  # 8-bit integers show what the constant rounds off
    plain = run(reconstruct(thick_head, request))
    result = run(reconstruct(shifted, request))
    assert np.allclose(result.volume.voxels + 1000, plain.volume.voxels, atol=0.05)
    assert result.consistency.max < 1e-4


def test_disagreement_is_never_negative(head: Volume) -> None:
    affine = head.geometry.affine.copy()
    affine[:3, 2] *= 2.4
    scan = Volume(head.voxels, replace(head.geometry, affine=affine), "scan")
    apart = run(reconstruct(scan, Request(2, 3, isotropic=True))).disagreement
    assert apart is not None and apart.voxels.min() >= 0


def test_orientation_of_the_file_does_not_change_the_result(
    make_head: Callable[..., Volume],
) -> None:
    """The same anatomy stored in another axis order and direction gives the same image."""
    plain = Degradation(2, 3).thick_volume(make_head())
    directions = ((0, 0, -1), (1, 0, 0), (0, 1, 0))
    turned_voxels = np.ascontiguousarray(plain.voxels.transpose(1, 2, 0)[:, :, ::-1])
    geometry = replace(plain.geometry, shape=turned_voxels.shape)
    affine = phantoms.affine_of(directions, (1, 3, 1))
    geometry = replace(geometry, affine=affine)
    turned = Volume(turned_voxels, geometry, "turned")
    one = run(reconstruct(plain, Request(2, 3))).volume.voxels
    other = run(reconstruct(turned, Request(1, 3))).volume.voxels
    # Mirror images differ a little: a network is not symmetric. Both must be the same anatomy.
    back = other[:, :, ::-1].transpose(2, 0, 1)
    assert np.abs(one - back).mean() < 0.2 * np.abs(one - one.mean()).mean()
    assert np.abs(one - back).mean() < np.abs(one - back[::-1]).mean() / 4


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_cubic_is_scipys_b_spline_at_the_exact_thin_positions(
    factor: int, thick_head: Volume
) -> None:
    result = run(reconstruct(thick_head, Request(2, factor, "cubic")))
    index = np.indices(result.volume.geometry.shape).astype(float)
    index[2] = (index[2] + 0.5) / factor - 0.5
    expected = map_coordinates(thick_head.voxels.astype(float), index, order=3, mode="reflect")
    assert np.allclose(result.volume.voxels, expected, atol=0.05)


def test_the_factor_is_the_least_reachable_one_of_those_measured(head: Volume) -> None:
    def scan(mm: float) -> Volume:
        affine = head.geometry.affine.copy()
        affine[:3, 1] *= mm
        return Volume(head.voxels, replace(head.geometry, affine=affine), "scan")

    assert suggested_request(scan(4.0)).axis == 1
    assert [suggested_request(scan(mm)).factor for mm in (2.0, 2.04, 2.4, 5.5, 7.3, 11.2)] == [
        2,
        2,
        3,
        6,
        6,
        6,
    ]
    geometry = scan(11.2).geometry
    assert factor_of_cubes(geometry, 1, (2, 3, 4)) == 12  # which can be asked for
    assert suggested_factor(geometry, 1, (4,)) == 4 and suggested_factor(geometry, 1, (8,)) == 64
    assert suggested_request(head).factor == 2


def test_isotropic_gives_exactly_the_in_plane_spacing(head: Volume) -> None:
    affine = head.geometry.affine.copy()
    affine[:3, 2] *= 2.4
    scan = Volume(head.voxels, replace(head.geometry, affine=affine), "scan")
    result = run(reconstruct(scan, Request(2, 3, "cubic", isotropic=True))).volume
    assert result.geometry.spacing == pytest.approx((1.0, 1.0, 1.0), abs=1e-9)
    assert np.allclose(result.geometry.centre, scan.geometry.centre, atol=1e-6)


@pytest.mark.parametrize("row", METHODS, ids=lambda row: row.id)
def test_a_job_cancelled_after_any_step_leaves_nothing_behind(
    row: Method, thick_head: Volume
) -> None:
    steps, threads = 0, set(threading.enumerate())
    while True:
        job = reconstruct(thick_head, Request(2, 2, row.id))
        taken = sum(1 for _, _ in zip(range(steps + 1), job, strict=False))
        job.close()
        _wait_for(threads)
        assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
        if taken <= steps:
            break
        steps += 1
    assert steps >= 2


def _wait_for(threads: set[threading.Thread]) -> None:
    """A network that is being started is not waited for, but it ends by itself."""
    end = time.monotonic() + 120
    while not set(threading.enumerate()) <= threads:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_provenance_says_how_the_result_was_made(thick_head: Volume) -> None:
    provenance = run(reconstruct(thick_head, Request(2, 4))).provenance()
    assert provenance["model"] == "fast" and len(provenance["model_sha256"]) == 64
    assert (provenance["axis"], provenance["factor"], provenance["device"]) == ("k", 4, "cpu")
    assert "Research use only" in provenance["notice"]
    assert 0 < provenance["disagreement"]["mean"] < provenance["disagreement"]["p99"] < 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"factor": 7}, "knows the factors 2, 3, 4, 5, 6, 8"),
        ({"factor": 1}, "whole number from 2"),
        ({"method": "magic"}, "no method 'magic'"),
        ({"model": "nobody"}, "no model 'nobody'"),
        ({"fusion": "max"}, "no fusion 'max'"),
        ({"device": "abacus"}, "no device 'abacus'"),
    ],
)
def test_what_cannot_be_done_is_said(
    change: dict[str, object], message: str, thick_head: Volume
) -> None:
    with pytest.raises(UserError, match=message):
        run(reconstruct(thick_head, replace(Request(2, 4), **change)))  # type: ignore[arg-type]


def test_what_lies_outside_the_trained_range_is_said(thick_head: Volume) -> None:
    label_like = ScanWarning("label_like", "Few values.")
    scan = replace(thick_head, modality="CT", warnings=(label_like,))
    said = " ".join(run(reconstruct(scan, Request(2, 12))).warnings)
    for words in ("outside the trained range", "modality is CT", "label map", "Few values."):
        assert words in said


def test_a_scan_of_the_training_set_is_said_to_be_one(thick_head: Volume) -> None:
    name = find_model("fast").plan.train[0]
    scan = replace(thick_head, name=f"{name}_thick")
    said = run(reconstruct(scan, Request(2, 4))).warnings
    assert any("scores on that scan are flattered" in line for line in said)
    assert not run(reconstruct(thick_head, Request(2, 4))).warnings


def test_a_factor_is_reached_in_the_fewest_passes() -> None:
    assert passes(6, (2, 3, 6)) == (6,)
    assert passes(12, (2, 3, 4)) == (4, 3)
    assert passes(16, (2, 4, 8)) in ((8, 2), (4, 4))


def test_evaluation_rows_stand_beside_cubic(head: Volume) -> None:
    plan = EvaluationPlan((2,), (0, 2), ("cubic", "cross-plane"), ("fast",), "cpu")
    rows = run(evaluate([head], plan))
    assert [(row.axis, row.method) for row in rows] == [
        ("i", "cubic"),
        ("i", "cross-plane"),
        ("k", "cubic"),
        ("k", "cross-plane"),
    ]
    found = [row.scores for row in rows]
    assert all(one["psnr"] > 15 and 0 < one["ssim"] < 1 for one in found)


def test_models_are_listed_and_the_users_own_found(own_folders: object) -> None:
    names = [card.name for card in available_models()]
    assert names[0] == "fast" and find_model("fast").parameters < 300_000


def test_an_unreachable_factor_is_said_before_the_run(thick_head: Volume) -> None:
    said, large = cautions(thick_head, Request(2, 7), find_model("fast"))
    assert said == "Model 'fast' cannot refine by 7." and "factor 8" in large
    assert cautions(thick_head, Request(2, 7, "cubic"), None) == ()
