"""8-bit integers: near to float32, exact means, the same in every batch, refused where wrong."""

import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from children import ran
from phantoms import head
from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.slices.planes import cross_planes, unstack
from srviewer.core.volumes.volume import Voxels
from srviewer.job import run
from srviewer.nn.inference import int8_scales
from srviewer.nn.inference.foreground_box import INT8_GRID, brightest
from srviewer.nn.inference.infer import Upsampler
from srviewer.nn.models.model_file import Model
from srviewer.sr.models.available_models import find_model

FACTOR, SCALE = 4, 1000.0
NEIGHBOURS = 2
WITHOUT_VNNI = """
import json, sys
from srviewer.errors import UserError
from srviewer.nn.inference.infer import Upsampler
from srviewer.sr.models.available_models import find_model
auto = Upsampler(find_model("fast"), "cpu", "auto").precision
try:
    Upsampler(find_model("fast"), "auto", "int8")
except UserError as error:
    print(json.dumps([auto.name, auto.reason, str(error)]))
"""


pytestmark = pytest.mark.usefixtures("int8")


@pytest.fixture(scope="module")
def slices() -> Voxels:
    """The slices of one plane of a thick scan, the thick axis as rows."""
    thick = Degradation(2, FACTOR).apply(head((72, 64, 64)).voxels)
    group = cross_planes(2)[0]
    noise = np.random.default_rng(3).normal(0, 5, thick.shape).astype(np.float32)
    return unstack(np.abs(thick + noise), group.thick, group.normal)


def ready(slices: Voxels, model: Model) -> Upsampler:
    upsampler = Upsampler(model, "cpu", "int8")
    framed = np.pad(slices, ((NEIGHBOURS, NEIGHBOURS), (0, 0), (0, 0)), mode="edge")
    windows = [framed[n : n + 2 * NEIGHBOURS + 1] for n in range(0, len(slices), 6)]
    run(upsampler.fix_scales(windows, FACTOR, SCALE))
    return upsampler


def test_it_is_near_float32_and_the_same_however_it_is_run(slices: Voxels) -> None:
    model = find_model("fast")
    upsampler = ready(slices, model)
    assert upsampler.precision.name == "int8"
    fine = run(upsampler.upsample(slices, FACTOR, SCALE))
    exact = run(Upsampler(model, "cpu").upsample(slices, FACTOR, SCALE))
    apart = np.abs(fine - exact) / SCALE
    assert 1e-4 < np.percentile(apart, 99.9) < 0.01
    count, rows, columns = slices.shape
    means = fine.reshape(count, rows, FACTOR, columns).mean(axis=2)
    assert np.abs(means - slices).max() < 1e-6 * SCALE

    again = ready(slices, model)
    threads = torch.get_num_threads()
    torch.set_num_threads(2 if threads == 1 else 1)
    try:
        np.testing.assert_array_equal(run(again.upsample(slices, FACTOR, SCALE)), fine)
    finally:
        torch.set_num_threads(threads)
    alone = run(upsampler.upsample(slices[20:25], FACTOR, SCALE))[2]
    np.testing.assert_array_equal(alone, fine[22])


def test_far_from_foreground_slices_are_interpolated(slices: Voxels) -> None:
    """In 8-bit integers the receptive field is cut; foreground does not change by that."""
    wide = np.pad(slices, ((0, 0), (0, 0), (0, 60)))
    wide[:, :, -4:] = 0.04 * SCALE  # brighter than air, and no foreground
    model = find_model("fast")
    fine = run(ready(wide, model).upsample(wide, FACTOR, SCALE))
    exact = run(Upsampler(model, "cpu").upsample(wide, FACTOR, SCALE))
    seen = np.repeat(wide > 0.05 * SCALE, FACTOR, axis=1)
    assert np.percentile(np.abs(fine - exact)[seen], 99.9) < 0.01 * SCALE
    np.testing.assert_allclose(fine[:, :, -4:], 0.04 * SCALE, rtol=1e-5)
    assert np.abs(exact[:, :, -4:] - 0.04 * SCALE).max() > 1e-3 * SCALE


@pytest.mark.parametrize("name", ["fast", "quality"])
def test_where_integers_differ_much_every_block_is_finer(
    name: str, slices: Voxels, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices = slices[12:48]
    model = find_model(name)
    loud = {name: 4 * w if "tails" in name else w for name, w in model.weights.items()}
    model = replace(model, weights=loud)
    exact = run(Upsampler(model, "cpu").upsample(slices, FACTOR, SCALE))
    differences = []
    monkeypatch.setattr(int8_scales, "MOST_APART", 0.03)
    for limit in (int8_scales.FINE_ABOVE, int8_scales.MOST_APART):
        monkeypatch.setattr(int8_scales, "FINE_ABOVE", limit)
        upsampler = ready(slices, model)
        assert upsampler.precision.name == "int8"
        fine = run(upsampler.upsample(slices, FACTOR, SCALE))
        differences.append(float(np.sqrt(np.mean((fine - exact) ** 2))))
    finer, coarser = differences
    assert finer < 0.75 * coarser


def test_a_model_that_suffers_and_one_without_blocks_stay_in_float32(slices: Voxels) -> None:
    model = find_model("fast")
    loud = {name: 30 * w if "tails" in name else w for name, w in model.weights.items()}
    upsampler = ready(slices, replace(model, weights=loud))
    assert upsampler.precision.name == "float32"
    assert "differ by" in upsampler.precision.reason
    exact = Upsampler(replace(model, weights=loud), "cpu")
    np.testing.assert_array_equal(
        run(upsampler.upsample(slices[:4], FACTOR, SCALE)),
        run(exact.upsample(slices[:4], FACTOR, SCALE)),
    )
    nothing = ready(np.zeros_like(slices), model)
    assert nothing.precision.name == "float32" and "air" in nothing.precision.reason


@pytest.mark.skipif("CI_NO_X86" in os.environ, reason="oneDNN's limit is for x86")
def test_a_processor_whose_products_overflow_is_found_out() -> None:
    """oneDNN is told to be as on a processor of 2013, where it adds products in 16 bits."""
    told = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    child = ran([sys.executable, "-c", WITHOUT_VNNI], env=told)
    name, reason, refusal = json.loads(child.stdout)
    assert (name, reason) == ("float32", "this processor has no exact 8-bit products (VNNI or AMX)")
    assert "'int8' was asked for" in refusal and "'float32'" in refusal


def test_of_narrow_slices_every_column_is_measured(slices: Voxels) -> None:
    edge = np.zeros((8, 8, 24), np.float32)
    edge[:, :, 12:] = SCALE  # in the middle, where wider slices are halved
    edge += slices[:8, :8, 20:44] / 10
    model = find_model("fast")
    fine = run(ready(edge, model).upsample(edge, FACTOR, SCALE))
    exact = run(Upsampler(model, "cpu").upsample(edge, FACTOR, SCALE))
    assert np.percentile(np.abs(fine - exact), 99.9) < 0.01 * SCALE


def test_slices_of_many_sizes_are_refined_in_boxes_of_few(slices: Voxels) -> None:
    model = find_model("fast")
    upsampler = ready(slices, model)
    boxes = set()
    for end in range(8, slices.shape[2], 3):
        part = slices[20:25].copy()
        part[:, :, end:] = 0
        rows, columns = upsampler._box(*brightest(part), FACTOR, SCALE)
        assert columns.start % INT8_GRID[1] == 0 and rows.start % INT8_GRID[0] == 0
        assert columns.stop % INT8_GRID[1] == 0 or columns.stop == slices.shape[2]
        assert columns.stop >= min(end + 6, slices.shape[2]) or not part[:, :, end - 1].any()
        boxes.add((rows.start, rows.stop, columns.start, columns.stop))
    assert len(boxes) <= 2 + slices.shape[2] // INT8_GRID[1]


def test_batches_of_narrow_networks_hold_more_slices(slices: Voxels) -> None:
    """Threads that compute little at a time wait for each other."""
    model = find_model("fast")
    exact, quick = Upsampler(model, "cpu"), ready(slices, model)
    assert quick.batch_of(64, 256) == 4 * exact.batch_of(64, 256)
    assert quick.batch_of(2048, 2048) == exact.batch_of(2048, 2048) == 1
