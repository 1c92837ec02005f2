"""Networks on images: tiles leave no seam, channels keep their places."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from srviewer.core.scores.bicubic import Image, resized
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.inference import image_infer
from srviewer.nn.inference.image_infer import OVERLAP, ImageUpsampler, tiled
from srviewer.nn.inference.infer import weights_of
from srviewer.nn.models.model_file import Model
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.plans.presets import training_plan


def picture(rows: int, columns: int) -> Image:
    row, column, channel = np.mgrid[:rows, :columns, :3]
    return (0.5 + 0.4 * np.sin(row / 3 + channel) * np.cos(column / 4)).astype(np.float32)


def image_model(channels: int, std: float) -> Model:
    torch.manual_seed(1)
    plan = training_plan("srcnn").in_layout("image").with_factors((2, 3))
    plan = replace(plan, channels=channels, width=6, inner=4)
    spec = network_spec(plan.network)
    network = spec.build(plan.shape)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=std)
    return Model("tiny", spec, dict(weights_of(network)), plan)


@pytest.mark.parametrize("factor", [2, 3])
@pytest.mark.parametrize(("rows", "columns", "side"), [(70, 131, 40), (33, 90, 32), (64, 64, 32)])
def test_tiles_leave_no_seam(factor: int, rows: int, columns: int, side: int) -> None:
    image = picture(rows, columns)
    job = tiled(lambda tile: resized(tile, factor), image, factor, side)
    np.testing.assert_allclose(run(job), resized(image, factor), atol=1e-6)


def test_a_tile_is_never_larger_than_its_side_and_overlap() -> None:
    sizes = []

    def enlarge(tile: Image) -> Image:
        sizes.append(tile.shape[:2])
        return resized(tile, 2)

    run(tiled(enlarge, picture(150, 333), 2, 64))
    assert len(sizes) == 3 * 6
    assert max(max(size) for size in sizes) <= 64 + 2 * OVERLAP


@pytest.mark.parametrize("channels", [1, 3])
def test_a_silent_network_is_bicubic(channels: int) -> None:
    upsampler = ImageUpsampler(image_model(channels, 0.0), "cpu")
    image = picture(20, 31)
    for factor in (2, 3):
        large = run(upsampler.upsample(image, factor))
        np.testing.assert_allclose(large, resized(image, factor), atol=1e-5)
    assert upsampler.device_title == "cpu"


def test_one_channel_at_a_time() -> None:
    upsampler = ImageUpsampler(image_model(1, 0.1), "cpu")
    image = picture(20, 31)
    large = run(upsampler.upsample(image, 2))
    assert np.abs(large - resized(image, 2)).max() > 1e-3
    turned = run(upsampler.upsample(image[..., ::-1], 2))
    np.testing.assert_allclose(turned, large[..., ::-1], atol=1e-6)


def test_the_torch_mode_is_left_before_anything_yields() -> None:
    job = ImageUpsampler(image_model(3, 0.1), "cpu").upsample(picture(20, 31), 2)
    next(job)
    assert not torch.is_inference_mode_enabled()
    job.close()


class Starved:
    """A network in a device too small for more than ``pixels`` of a tile."""

    def __init__(self, pixels: int) -> None:
        self.pixels = pixels

    def __call__(self, batch: torch.Tensor, factor: int) -> torch.Tensor:
        if batch.shape[2] * batch.shape[3] > self.pixels:
            raise torch.OutOfMemoryError("no more")
        return torch.nn.functional.interpolate(batch, scale_factor=factor, mode="nearest")


@pytest.fixture
def starved(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImageUpsampler]:
    upsampler = ImageUpsampler(image_model(3, 0.0), "cpu")
    monkeypatch.setattr(image_infer, "OVERLAP", 4)
    yield upsampler


def test_tiles_shrink_until_they_fit(starved: ImageUpsampler) -> None:
    starved._network = Starved(6000)  # type: ignore[assignment]
    image = picture(100, 140)
    large = run(starved.upsample(image, 2))
    assert np.array_equal(large, image.repeat(2, axis=0).repeat(2, axis=1))


def test_a_device_without_memory_is_said(starved: ImageUpsampler) -> None:
    starved._network = Starved(10)  # type: ignore[assignment]
    with pytest.raises(UserError, match="does not fit into the memory of cpu"):
        run(starved.upsample(picture(100, 140), 2))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    model = image_model(3, 0.1)
    wrong = replace(model, plan=replace(model.plan, width=7))
    with pytest.raises(UserError, match="do not fit"):
        ImageUpsampler(wrong, "cpu")
