"""Discriminators: networks that distinguish results from truth, for patches of any size."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from srviewer.nn.networks.enlargement import convolution

SLOPE = 0.2  # of LeakyReLU
HALVINGS = 3  # of the patch, in each discriminator
LARGEST_GROWTH = 8  # the deepest layers have this many times the channels of the first


@dataclass(frozen=True)
class Discriminator:
    """A discriminator that can be built.

    C(x) is its output before any sigmoid.

    Attributes:
        id: The id in DISCRIMINATORS, as plans store it.
        title: The name for people.
        build: ``build(channels, width)`` gives a module from (B, channels, H, W) to C(x): (B, 1),
            or (B, 1, H, W) where ``per_pixel``.
        per_pixel: Whether C(x) has a value for each pixel.
        conditional: Whether it also sees the interpolated input, as in a conditional GAN; it is
            built for twice the channels.
    """

    id: str
    title: str
    build: Callable[[int, int], nn.Module]
    per_pixel: bool = False
    conditional: bool = False


class _Vgg(nn.Module):
    """Convolutions that halve the patch and double the channels, then an average over all of it."""

    def __init__(self, channels: int, width: int, normalised: Callable[[int], nn.Module]) -> None:
        super().__init__()
        layers = [convolution(channels, width), nn.LeakyReLU(SLOPE)]
        for depth in range(HALVINGS):
            inputs = width * min(2**depth, LARGEST_GROWTH)
            outputs = width * min(2 ** (depth + 1), LARGEST_GROWTH)
            layers += [
                nn.Conv2d(inputs, inputs, 3, stride=2, padding=1),
                normalised(inputs),
                nn.LeakyReLU(SLOPE),
                convolution(inputs, outputs),
                normalised(outputs),
                nn.LeakyReLU(SLOPE),
            ]
        self.features = nn.Sequential(*layers)
        self.judge = nn.Sequential(
            nn.Linear(outputs, 2 * width), nn.LeakyReLU(SLOPE), nn.Linear(2 * width, 1)
        )

    def forward(self, images: Tensor) -> Tensor:
        judgement: Tensor = self.judge(self.features(images).mean(dim=(2, 3)))
        return judgement


class _UNet(nn.Module):
    """A U-Net with spectral norm: a value for every pixel (Schonfeld 2020, Wang 2021)."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        widths = [width * 2**depth for depth in range(HALVINGS + 1)]
        self.head = convolution(channels, width)
        self.down = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False))
            for a, b in pairwise(widths)
        )
        self.up = nn.ModuleList(
            spectral_norm(nn.Conv2d(b, a, 3, padding=1, bias=False))
            for a, b in reversed(list(pairwise(widths)))
        )
        self.judge = nn.Sequential(
            spectral_norm(nn.Conv2d(width, width, 3, padding=1, bias=False)),
            nn.LeakyReLU(SLOPE),
            convolution(width, 1),
        )

    def forward(self, images: Tensor) -> Tensor:
        features = functional.leaky_relu(self.head(images), SLOPE)
        skips = []
        for layer in self.down:
            skips.append(features)
            features = functional.leaky_relu(layer(features), SLOPE)
        for layer in self.up:
            skip = skips.pop()
            larger = functional.interpolate(
                features, skip.shape[2:], mode="bilinear", align_corners=False
            )
            features = functional.leaky_relu(layer(larger), SLOPE) + skip
        judgement: Tensor = self.judge(features)
        return judgement


def _vgg(channels: int, width: int) -> nn.Module:
    return _Vgg(channels, width, nn.BatchNorm2d)


def _critic(channels: int, width: int) -> nn.Module:
    # Normalising over the batch would tie the samples that the gradient penalty takes one by one.
    return _Vgg(channels, width, lambda _: nn.Identity())


DISCRIMINATORS = (
    Discriminator("vgg", "VGG-style, any patch size", _vgg),
    Discriminator("unet", "U-Net with spectral norm, per pixel", _UNet, per_pixel=True),
    Discriminator("conditional", "VGG-style, sees the input too", _vgg, conditional=True),
    Discriminator("critic", "Critic without batch normalisation", _critic),
)


def discriminator(discriminator_id: str) -> Discriminator:
    """Look up a row of DISCRIMINATORS.

    Args:
        discriminator_id: The id of the row.

    Returns:
        The row.

    Raises:
        KeyError: There is no such row.
    """
    return {row.id: row for row in DISCRIMINATORS}[discriminator_id]


def seen(row: Discriminator, images: Tensor, interpolated: Tensor) -> Tensor:
    """Join the input of a discriminator.

    Args:
        row: The discriminator.
        images: (B, C, H, W) results or truth.
        interpolated: (B, C, H, W) the interpolated input of the generator.

    Returns:
        ``images``, with ``interpolated`` as further channels where the discriminator is
        conditional.
    """
    return torch.cat([images, interpolated], dim=1) if row.conditional else images
