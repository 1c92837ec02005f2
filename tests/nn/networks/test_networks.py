"""Every generator in both layouts: shapes, sizes, and what no training can take away."""

import numpy as np
import pytest
import torch
from torch import nn

from srviewer.core.scores.bicubic import resized
from srviewer.nn.catalogue import NETWORKS, NetworkShape, NetworkSpec, Size, network_spec
from srviewer.nn.networks.interpolated_base import AxisBase, ImageBase, block_mean_kernel, mirrored

AXIS_FACTORS = (2, 3, 4, 5, 6, 7, 8)
IMAGE_FACTORS = (2, 3, 4)
TINY = Size(width=6, blocks=2, inner=3)
EVERY_NETWORK = pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.id)


def axis_shape(size: Size = TINY, factors: tuple[int, ...] = AXIS_FACTORS) -> NetworkShape:
    return NetworkShape("axis", 1, 2, factors, size)


def image_shape(channels: int, size: Size = TINY) -> NetworkShape:
    return NetworkShape("image", channels, 0, IMAGE_FACTORS, size)


def stirred(spec: NetworkSpec, shape: NetworkShape) -> nn.Module:
    """A network whose every weight is random, the last layers' too."""
    torch.manual_seed(3)
    network = spec.build(shape).eval()
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.15)
    return network


@EVERY_NETWORK
def test_slices_grow_along_rows_with_exact_block_means(spec: NetworkSpec) -> None:
    network = stirred(spec, axis_shape())
    slices = torch.rand(2, 5, 6, 9)
    for factor in AXIS_FACTORS:
        with torch.no_grad():
            fine = network(slices, factor)
        assert fine.shape == (2, 1, 6 * factor, 9)
        blocks = fine.reshape(2, 6, factor, 9)
        assert torch.allclose(blocks.mean(dim=2), slices[:, 2], atol=2e-5)
        assert blocks.std(dim=2).max() > 1e-3  # and it did add detail


@EVERY_NETWORK
@pytest.mark.parametrize("channels", [1, 3])
def test_images_grow_along_both_axes(spec: NetworkSpec, channels: int) -> None:
    network = stirred(spec, image_shape(channels))
    for factor in IMAGE_FACTORS:
        with torch.no_grad():
            fine = network(torch.rand(2, channels, 7, 5), factor)
        assert fine.shape == (2, channels, 7 * factor, 5 * factor)


@EVERY_NETWORK
def test_an_untrained_network_is_the_interpolation(spec: NetworkSpec) -> None:
    slices, images = torch.rand(1, 5, 6, 9), torch.rand(1, 3, 6, 9)
    with torch.no_grad():
        fine = spec.build(axis_shape()).eval()(slices, 3)
        large = spec.build(image_shape(3)).eval()(images, 3)
    assert torch.allclose(fine, AxisBase(2, (3,))(slices[:, 2:3], 3), atol=1e-6)
    assert torch.allclose(large, ImageBase((3,))(images, 3), atol=1e-6)


@EVERY_NETWORK
@pytest.mark.parametrize("rows", [1, 2, 3, 14, 16])
def test_short_stacks_work(spec: NetworkSpec, rows: int) -> None:
    network = stirred(spec, axis_shape(factors=(2,)))
    with torch.no_grad():
        assert torch.isfinite(network(torch.rand(1, 5, rows, 11), 2)).all()


@EVERY_NETWORK
def test_every_weight_is_learned(spec: NetworkSpec) -> None:
    size = Size(width=6, blocks=2, inner=8)
    network = stirred(spec, axis_shape(size, factors=(2,))).train()
    network(torch.rand(2, 5, 18, 26), 2).square().sum().backward()
    still = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    # A constant added before batch normalisation, or to all of a block, changes nothing.
    assert [name for name in still if not name.endswith("bias")] == []


@pytest.mark.parametrize(
    ("name", "channels", "factor", "count"),
    [
        ("rrdb", 3, 4, 16_697_987),  # the published model's
        ("srresnet", 3, 4, 1_549_462),
        ("vdsr", 1, 2, 665_921),
        ("srcnn", 1, 2, 57_281),
        ("srcnn", 3, 2, 69_251),
        ("fsrcnn", 1, 3, 12_464 + 345),  # the paper counts no biases and no slopes of PReLU
        ("rfa", 3, 4, 11_093_635),
    ],
)
def test_published_sizes(name: str, channels: int, factor: int, count: int) -> None:
    spec = network_spec(name)
    network = spec.build(NetworkShape("image", channels, 0, (factor,), spec.published))
    assert sum(parameter.numel() for parameter in network.parameters()) == count


def test_fsrcnn_counts_as_its_paper_does() -> None:
    spec = network_spec("fsrcnn")
    network = spec.build(NetworkShape("image", 1, 0, (3,), spec.published))
    weights = [p for p in network.parameters() if p.dim() == 4]
    assert sum(weight.numel() for weight in weights) == 12_464


@pytest.mark.parametrize("factor", IMAGE_FACTORS)
def test_the_base_of_images_is_bicubic(factor: int) -> None:
    image = np.random.default_rng(1).random((9, 7, 3), dtype=np.float32)
    batch = torch.from_numpy(image.transpose(2, 0, 1))[None]
    large = ImageBase((factor,))(batch, factor)[0].numpy().transpose(1, 2, 0)
    assert np.allclose(large, resized(image, factor), atol=2e-6)


@pytest.mark.parametrize("factor", AXIS_FACTORS)
def test_the_base_of_slices_reproduces_polynomials(factor: int) -> None:
    """Exact for cell means of degree 4: here of x^3 - 2x, by hand."""
    edges = np.linspace(-3, 3, 12 * factor + 1)
    primitive = edges**4 / 4 - edges**2
    thin = np.diff(primitive) / np.diff(edges)
    thick = thin.reshape(12, factor).mean(axis=1)
    slices = torch.from_numpy(np.tile(thick[:, None], (1, 1, 1, 4))).float()
    fine = AxisBase(0, (factor,))(slices, factor)[0, 0, :, 0].numpy()
    inner = slice(2 * factor, -2 * factor)  # the two outer voxels lack neighbours
    assert np.allclose(fine[inner], thin[inner], atol=2e-5)


def test_the_kernel_of_slices_keeps_the_mean_of_its_middle_voxel() -> None:
    kernel = block_mean_kernel(4)
    assert kernel.shape == (4, 5)
    assert np.allclose(kernel.mean(axis=0), [0, 0, 1, 0, 0], atol=1e-6)


def test_mirroring_reaches_further_than_the_image() -> None:
    image = torch.arange(3.0).reshape(1, 1, 3, 1)
    rows = mirrored(image, (7, 0))[0, 0, :, 0].tolist()
    assert rows == np.pad([0, 1, 2], 7, mode="symmetric").tolist()


@EVERY_NETWORK
@pytest.mark.parametrize("shape", [axis_shape(), image_shape(3)], ids=["slices", "images"])
def test_multiply_adds_are_those_of_the_convolutions(
    spec: NetworkSpec, shape: NetworkShape
) -> None:
    counted: list[int] = []

    def count(layer: nn.Module, given: tuple[torch.Tensor], made: torch.Tensor) -> None:
        assert isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d))
        spread = isinstance(layer, nn.ConvTranspose2d)
        pixels = (given[0] if spread else made).shape[2:].numel()
        counted.append(pixels * layer.weight.numel())

    network = spec.build(shape).eval()
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            layer.register_forward_hook(count)
    inputs = 5 if shape.layout == "axis" else 3
    for factor in (2, 3, 4):
        counted.clear()
        with torch.no_grad():
            network(torch.rand(1, inputs, 60, 60), factor)
        # The attention of "rfa" loses a few pixels at the edges of its pool.
        said = spec.multiply_adds(shape, factor) * 60 * 60
        assert said == pytest.approx(sum(counted), rel=0.02 if spec.id == "rfa" else 1e-9)
