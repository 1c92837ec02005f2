"""Training pairs: each input is its truth degraded, whatever the plan draws."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from srviewer.core.acquisition.degradation import Degradation
from srviewer.core.scores.bicubic import resized
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.nn.data.image_pairs import ImagePatchSource
from srviewer.nn.data.prefetching import BatchSource, PatchBatch, prefetched
from srviewer.nn.data.volume_pairs import PatchSource
from srviewer.nn.devices.processes import Process
from srviewer.nn.plans.parts import DataPlan
from srviewer.nn.plans.plan import TrainingPlan

PLAN = TrainingPlan(
    "fast", factors=(2, 3), factor_shares=(0.5, 0.5), rows=6, columns=16, batch=6, seed=4
)
PICTURES = PLAN.in_layout("image")
PICTURES = replace(PICTURES, rows=8, columns=10, batch=6)


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    random = np.random.default_rng(3)
    return [random.random((37, 50, 3), dtype=np.float32), random.random((9, 9, 3), np.float32)]


def equal(one: PatchBatch, other: PatchBatch) -> bool:
    return torch.equal(one.inputs, other.inputs) and torch.equal(one.targets, other.targets)


def test_a_patch_is_its_truth_degraded(blobs: Volume) -> None:
    source = PatchSource([blobs], PLAN)
    factors = set()
    for step in range(8):
        batch = source.draw(step)
        degraded = Degradation(1, batch.factor).apply(batch.targets[:, 0].numpy())
        assert np.allclose(degraded, batch.inputs[:, 2].numpy(), atol=1e-6)
        assert batch.inputs.shape == (6, 5, 6, 16) and batch.targets.shape[2] == 6 * batch.factor
        factors.add(batch.factor)
    assert factors == {2, 3}


@pytest.mark.parametrize("profile", ["box", "gaussian"])
@pytest.mark.parametrize("thickness", [0.6, 1.5])
def test_a_profile_sees_beyond_the_patch(profile: str, thickness: float, blobs: Volume) -> None:
    """A patch's inputs are those of the whole volume, also at the patch's edges."""
    data = DataPlan((profile,), (thickness, thickness), contrast_share=0.0, flip_share=0.0)
    plan = replace(PLAN, data=replace(data, intensity=(1.0, 1.0)), neighbours=0, factors=(2, 4))
    batch = PatchSource([ramp(blobs)], plan).draw(0)
    truth = batch.targets.numpy().reshape(6, 6, batch.factor, 16)
    # On a linear ramp every symmetric profile gives the middle of its block.
    assert np.allclose(batch.inputs[:, 0].numpy(), truth.mean(axis=2), atol=1e-5)


def ramp(like: Volume) -> Volume:
    i, j, k = np.indices(like.geometry.shape, dtype=np.float32)
    return replace(like, voxels=1 + i + 2 * j + 3 * k)


def test_gaps_and_noise_change_the_input_alone(blobs: Volume) -> None:
    plain = PatchSource([blobs], PLAN).draw(1)
    noisy = PatchSource([blobs], replace(PLAN, data=DataPlan(noise=(0.1, 0.1)))).draw(1)
    assert torch.equal(plain.targets, noisy.targets) and plain.factor == noisy.factor
    noise = noisy.inputs - plain.inputs
    assert 0.07 < noise[plain.inputs > 0.6].std() < 0.13
    assert not torch.equal(noise[0], noise[1])  # each patch has its own


def test_all_six_groups_and_flips_are_drawn(blobs: Volume) -> None:
    """On a ramp, which way a patch rises tells group and flip."""
    data = DataPlan(contrast_share=0.0, intensity=(1.0, 1.0))
    source = PatchSource([ramp(blobs)], replace(PLAN, batch=64, data=data, factors=(2, 4)))
    given = source.draw(0).inputs.numpy().astype(float)
    # Steps along the slices' normal and along the columns, relative to the ramp's 1, 2 and 3.
    normal = given[:, 1, 0, 0] - given[:, 0, 0, 0]
    columns = given[:, 0, 0, 1] - given[:, 0, 0, 0]
    steps = [s * n for s in (-1, 1) for n in (1, 2, 3)]
    wanted = {round(a / b, 2) for a in steps for b in steps if abs(a) != abs(b)}
    assert {round(float(ratio), 2) for ratio in normal / columns} == wanted


def test_steps_differ_and_repeat(blobs: Volume, pictures: list[np.ndarray]) -> None:
    for source in (PatchSource([blobs], PLAN), ImagePatchSource(pictures, PICTURES)):
        again, other = source.draw(7), source.draw(8)
        assert equal(source.draw(7), again) and not torch.equal(
            again.inputs[0, 0], other.inputs[0, 0]
        )


def test_processes_share_the_batch_of_one(blobs: Volume, pictures: list[np.ndarray]) -> None:
    def sources(process: Process) -> list[BatchSource]:
        noisy = replace(PLAN, data=DataPlan(noise=(0.0, 0.2)))
        return [PatchSource([blobs], noisy, process), ImagePatchSource(pictures, PICTURES, process)]

    whole = sources(Process())
    for number in (0, 1):
        for all_of_it, part in zip(whole, sources(Process(number, 2)), strict=True):
            mine, batch = part.draw(3), all_of_it.draw(3)
            assert torch.equal(mine.inputs, batch.inputs[number::2])
            assert torch.equal(mine.targets, batch.targets[number::2])


def test_a_volume_smaller_than_a_patch_is_refused(blobs: Volume) -> None:
    with pytest.raises(UserError, match="smallest training volume has 40 voxels"):
        PatchSource([blobs], replace(PLAN, columns=41))
    wide = DataPlan(("gaussian",), (1.0, 4.0))
    with pytest.raises(UserError, match="smallest training volume has 40 voxels"):
        PatchSource([blobs], replace(PLAN, factors=(2, 8), data=wide))


def test_a_small_image_is_bicubic_of_its_truth(pictures: list[np.ndarray]) -> None:
    """Away from the patch's edges, where the whole image was seen."""
    source = ImagePatchSource(pictures[:1], replace(PICTURES, rows=9, columns=11))
    batch = source.draw(2)
    for given, truth in zip(batch.inputs.numpy(), batch.targets.numpy(), strict=True):
        small = resized(truth.transpose(1, 2, 0), 1 / batch.factor).transpose(2, 0, 1)
        assert np.allclose(given[:, 3:-3, 3:-3], small[:, 3:-3, 3:-3], atol=1e-5)


def test_images_too_small_for_any_patch_are_refused(pictures: list[np.ndarray]) -> None:
    with pytest.raises(UserError, match="No training image has 32 x 40 pixels"):
        ImagePatchSource(pictures[1:], replace(PICTURES, factors=(4, 3, 2)))


def test_one_channel_learns_from_brightness(pictures: list[np.ndarray]) -> None:
    batch = ImagePatchSource(pictures, replace(PICTURES, channels=1)).draw(0)
    assert batch.inputs.shape[1] == batch.targets.shape[1] == 1


@pytest.mark.parametrize("workers", [1, 3])
def test_batches_come_in_order_however_many_threads_cut_them(workers: int, blobs: Volume) -> None:
    source = PatchSource([blobs], PLAN)
    with prefetched(source, 5, workers) as batches:
        for step in range(5, 9):
            assert equal(batches.next(), source.draw(step))
