"""Feature networks: ours from its file, a user's VGG19, and never an untrained one."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import run
from srviewer.nn.models import feature_network as module
from srviewer.nn.models.feature_network import (
    IMAGENET_MEAN,
    IMAGENET_SPREAD,
    Vgg19,
    feature_network,
)
from srviewer.nn.plans.budget import Budget
from srviewer.nn.training.pretext import FACTORS, train_features
from srviewer.paths import resource


def vgg_weights() -> dict[str, torch.Tensor]:
    """Torchvision's layout; the last layer's weights are negative to show the activation."""
    torch.manual_seed(1)
    weights = {}
    inputs, number = 3, 0
    for row in module.VGG19:
        if isinstance(row, str):
            number += 1
            continue
        weights[f"features.{number}.weight"] = torch.randn(row, inputs, 3, 3) / (3 * inputs**0.5)
        weights[f"features.{number}.bias"] = torch.zeros(row)
        inputs, number = row, number + 2
    weights["classifier.0.weight"] = torch.zeros(4, 4)  # what comes after is not read
    return weights


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    return vgg_weights()


def test_vgg19_ends_at_conv5_4_before_its_activation(weights: dict[str, torch.Tensor]) -> None:
    network = Vgg19(weights)
    assert [n for n, layer in enumerate(network.features) if isinstance(layer, nn.Conv2d)][-1] == 34
    assert len(network.features) == 35
    images = torch.rand(1, 3, 48, 32)
    with torch.no_grad():
        seen = network(images)
        by_hand = (images - torch.tensor(IMAGENET_MEAN).view(3, 1, 1)) / torch.tensor(
            IMAGENET_SPREAD
        ).view(3, 1, 1)
        for layer in network.features:
            by_hand = layer(by_hand)
    assert seen.shape == (1, 512, 3, 2) and (seen < 0).any()
    assert torch.equal(seen, by_hand)


def test_grey_is_seen_as_three_equal_channels(weights: dict[str, torch.Tensor]) -> None:
    network = Vgg19(weights)
    grey = torch.rand(1, 1, 32, 32)
    with torch.no_grad():
        assert torch.equal(network(grey), network(grey.repeat(1, 3, 1, 1)))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_users_file_is_loaded(
    suffix: str, weights: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    path = tmp_path / f"vgg19{suffix}"
    (torch.save if suffix == ".pth" else save_file)(weights, path)
    network = feature_network(str(path))
    assert isinstance(network, Vgg19) and not network.training
    assert not any(p.requires_grad for p in network.parameters())


class Harmful:
    """Pickled, it would run code when it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("harm"),))


@pytest.mark.parametrize("content", ["pickle", "noise", "other"])
def test_a_file_of_something_else_is_refused(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ("bad.safetensors" if content == "other" else "bad.pth")
    if content == "pickle":
        torch.save({"features.0.weight": Harmful()}, path)
    elif content == "noise":
        path.write_bytes(b"\xff" * 64)
    else:
        save_file({"w": torch.zeros(3)}, path)
    with pytest.raises(UserError, match="neither srviewer's feature network nor VGG19"):
        feature_network(str(path))
    assert not (tmp_path / "harm").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.safetensors cannot be read"):
        feature_network(str(tmp_path / "gone.safetensors"))


def test_no_untrained_network_takes_the_place_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OWN_FILE", "features/nowhere.safetensors")
    with pytest.raises(UserError, match="train-features"):
        feature_network("own")


def test_our_shipped_features_tell_sharp_from_blurred() -> None:
    """They were trained to: what is lost by averaging rows must show in them."""
    resource("features")  # they ship
    network = feature_network("own")
    torch.manual_seed(0)
    sharp = torch.rand(4, 1, 48, 48)
    with torch.no_grad():
        near, far = (
            (network(sharp) - network(sharp.unflatten(2, (-1, n)).mean(3).repeat_interleave(n, 2)))
            .abs()
            .mean()
            for n in (2, 6)
        )
    assert 0 < near < far


def test_a_feature_file_comes_back(feature_file: Path) -> None:
    network = feature_network(str(feature_file))
    with torch.no_grad():
        seen = network(torch.rand(2, 3, 16, 12))
    assert seen.shape == (6, 5, 4, 3) and (seen < 0).any()  # colour one by one; no activation


def test_the_pretext_is_learned_and_saved(blobs: Volume, tmp_path: Path) -> None:
    budget = Budget(steps=3)
    small, again = (run(train_features([wide(blobs)], budget, 1, (3, 4, 5))) for _ in range(2))
    assert all((small.arrays[n] == again.arrays[n]).all() for n in small.arrays)
    assert set(small.accuracy) == {"rows", "columns", "noise"} and small.steps == 3
    small.save(tmp_path / "features.safetensors")
    network = feature_network(str(tmp_path / "features.safetensors"))
    with torch.no_grad():
        assert network(torch.rand(1, 1, 48, 48)).shape == (1, 5, 12, 12)


def wide(volume: Volume) -> Volume:
    """The volume, large enough for the patches of the pretext."""
    from dataclasses import replace

    import numpy as np

    voxels = np.tile(volume.voxels, (2, 2, 2))
    return Volume(voxels, replace(volume.geometry, shape=voxels.shape), "wide")


def test_every_thickness_divides_the_patch() -> None:
    assert all(48 % factor == 0 for factor in FACTORS)
