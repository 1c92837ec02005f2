"""A convolution that takes its input, and its weights if asked, in two 8-bit integers each."""

import torch
from torch import Tensor, nn

from srviewer.nn.networks.int8_convolution import (
    FINER,
    INPUT_ROOM,
    Int8Convolution,
    Quantised,
    Ranges,
    Room,
    rectified_integers,
    weights_of,
)


class InTwo:
    """A 3 x 3 convolution of float32 features, which become two 8-bit integers each: 16 bits.

    Args:
        layer: The layer in float32.
        seen: The ranges of its input.
        room: How far a channel may go beyond its range.
        step: The unit of each output channel; None for 1.
        weights: Whether the weights are taken in two integers each as well.
    """

    def __init__(
        self,
        layer: nn.Conv2d,
        seen: Ranges,
        room: Room = INPUT_ROOM,
        step: Tensor | None = None,
        weights: bool = False,
    ) -> None:
        weight, bias = weights_of(layer)
        self._quantised = quantised = Quantised(seen, weight, room)
        weight = weight * quantised.step[:, None, None]
        if step is not None:
            weight, bias = weight / step[:, None, None, None], bias / step
        none = torch.zeros_like(bias)
        self._upper = Int8Convolution(weight, bias, quantised.zero)
        self._lower = Int8Convolution(weight / FINER, none, none)
        left = self._upper.left(weight)
        self._left = Int8Convolution(left, none, quantised.zero) if weights else None

    def plain(self, features: Tensor) -> Tensor:
        """The convolution.

        Args:
            features: (B, in, H, W) in float32.

        Returns:
            (B, out, H, W) in float32.
        """
        upper, lower = self._quantised.in_two(features)
        return self._with_rest(upper, lower, self._upper.plain(upper))

    def rectified(self, features: Tensor) -> Tensor:
        """ReLU of the convolution, in 8-bit integers.

        Args:
            features: (B, in, H, W) in float32.

        Returns:
            (B, out, H, W) in 8-bit integers.
        """
        return rectified_integers(self.plain(features))

    def added(self, features: Tensor, to: Tensor) -> Tensor:
        """Add the convolution to other features, in place.

        Args:
            features: (B, in, H, W) in float32.
            to: (B, out, H, W) in float32, to which it is added.

        Returns:
            ``to``.
        """
        upper, lower = self._quantised.in_two(features)
        return self._with_rest(upper, lower, self._upper.added(upper, to))

    def _with_rest(self, upper: Tensor, lower: Tensor, values: Tensor) -> Tensor:
        """Add what the first integers of input and weights leave."""
        values = self._lower.added(lower, values)
        return values if self._left is None else self._left.added(upper, values)
