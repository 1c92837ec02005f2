"""Feature networks, whose features perceptual and texture losses compare before the activation."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional

from srviewer.documents import check_ordinary
from srviewer.errors import UserError
from srviewer.nn.models.building import DATA_TYPES, kinds_of, outlined
from srviewer.nn.models.safetensors_file import MAX_BYTES, UNREADABLE, ArrayKind
from srviewer.nn.networks.enlargement import convolution
from srviewer.nn.plans.plan import OWN_FEATURES
from srviewer.paths import resource

FORMAT = "srviewer-features-1"
OWN_FILE = "features/features.safetensors"
WIDTHS = (16, 32, 64)  # channels of the three levels; each has two convolutions
# The layers of VGG19 by their numbers in torchvision: "M" halves the image.
VGG19 = (64, 64, "M", 128, 128, "M", *(256,) * 4, "M", *(512,) * 4, "M", *(512,) * 4)
VGG19_LAST = 34  # conv5_4, whose output before the activation is compared
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_SPREAD = (0.229, 0.224, 0.225)


class FeatureNetwork(nn.Module):
    """A small VGG of one channel, up to the output of its last convolution.

    Its features are before the activation and divided by ``scale``, their mean magnitude on
    training patches. It is trained in ``srviewer/nn/training/pretext.py``.
    """

    scale: Tensor

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.levels = nn.ModuleList(map(_Level, (1, *widths[:-1]), widths))
        self.register_buffer("scale", torch.ones(()))

    def forward(self, images: Tensor) -> Tensor:
        """Compute features before the last activation.

        Args:
            images: (B, C, H, W) in shares of the intensity range. Channels are further samples.

        Returns:
            (B * C, c, H / 4, W / 4), c being the width of the last level; odd lengths are rounded
            up.
        """
        features = images.reshape(-1, 1, *images.shape[2:])
        for depth, level in enumerate(self.levels):
            if depth:
                features = functional.max_pool2d(functional.relu(features), 2, ceil_mode=True)
            features = level(features)
        return features / self.scale


class _Level(nn.Module):
    """Two convolutions with an activation between them, none after them."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs)
        self.second = convolution(outputs, outputs)
        for layer in (self.first, self.second):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.second(functional.relu(self.first(images)))
        return features


class Vgg19(nn.Module):
    """VGG19 up to conv5_4 before its activation (Simonyan and Zisserman 2015), with given weights.

    Raises:
        LookupError: A layer is missing.
        ValueError: A weight is no finite number.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for row in VGG19:
            if isinstance(row, str):
                layers.append(nn.MaxPool2d(2, ceil_mode=True))
                continue
            layers += [convolution(inputs, row), nn.ReLU()]
            inputs = row
        self.features = nn.Sequential(*layers[: VGG19_LAST + 1])
        wanted = self.features.state_dict()
        check_values({name: weights[f"features.{name}"] for name in wanted})
        self.features.load_state_dict({name: weights[f"features.{name}"] for name in wanted})
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN)[:, None, None])
        self.register_buffer("spread", torch.tensor(IMAGENET_SPREAD)[:, None, None])

    def forward(self, images: Tensor) -> Tensor:
        """Compute the features of conv5_4 before the activation.

        Args:
            images: (B, 1 or 3, H, W) in 0..1; grey is repeated to three channels.

        Returns:
            (B, 512, H / 16, W / 16); odd lengths are rounded up.
        """
        colour = images.expand(-1, 3, -1, -1)
        features: Tensor = self.features((colour - self.mean) / self.spread)
        return features


def feature_network(name: str) -> nn.Module:
    """Load the feature network of a plan.

    Args:
        name: The plan's ``features``: "own" for ours, else a file: one of ours, or VGG19's weights
            in torchvision's layout (.safetensors, .pth).

    Returns:
        The network with fixed weights, on the processor.

    Raises:
        UserError: The file is missing or something else: no untrained network ever takes its place.
    """
    path = _own_file() if name == OWN_FEATURES else Path(name)
    try:
        check_ordinary(path, MAX_BYTES)
        network = _network(path)
    except OSError as error:
        raise UserError(f"Features {path} cannot be read: {error.strerror or error}.") from error
    except (*UNREADABLE, RuntimeError, AttributeError) as error:
        raise UserError(
            f"{path} holds neither srviewer's feature network nor VGG19 in torchvision's layout."
        ) from error
    return network.eval().requires_grad_(False)


def _own_file() -> Path:
    try:
        return resource(OWN_FILE)
    except UserError as error:
        raise UserError(
            "Perceptual and texture losses need srviewer's feature network, and this installation "
            "has none. Train one with srviewer train-features, or name the file of a VGG19 as the "
            "plan's features."
        ) from error


def _network(path: Path) -> nn.Module:
    ours = _ours(path) if path.suffix == ".safetensors" else None
    return ours or Vgg19(_weights(path))


def _ours(path: Path) -> FeatureNetwork | None:
    """The feature network of a file that declares to be one of ours."""
    with safe_open(path, framework="pt") as file:
        if (file.metadata() or {}).get("format") != FORMAT:
            return None
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    depths = range(sum(name.endswith(".first.weight") for name in weights))
    widths = tuple(len(weights[f"levels.{depth}.first.weight"]) for depth in depths)
    if kinds_of(outlined(lambda: FeatureNetwork(widths))) != _kinds(weights):
        raise ValueError("its weights are of other shapes")
    check_values(weights)
    network = FeatureNetwork(widths)
    network.load_state_dict(weights)
    return network


def _kinds(weights: Mapping[str, Tensor]) -> dict[str, ArrayKind]:
    types = {name: DATA_TYPES[weight.dtype] for name, weight in weights.items()}
    return {name: ArrayKind(types[name], tuple(w.shape)) for name, w in weights.items()}


def check_values(weights: Mapping[str, Tensor]) -> None:
    """Check that weights are finite numbers.

    Args:
        weights: The weights by name.

    Raises:
        ValueError: One is not; the message names it.
    """
    for name, weight in weights.items():
        if not (weight.is_floating_point() and bool(torch.isfinite(weight).all())):
            raise ValueError(f"'{name[:80]}' holds values that are no numbers")


def _weights(path: Path) -> Mapping[str, Tensor]:
    if path.suffix == ".safetensors":
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    try:
        # weights_only: a checkpoint of pickled code is refused, not run.
        loaded: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # pickle raises whatever it meets
        raise ValueError(str(error)) from error
    return loaded
