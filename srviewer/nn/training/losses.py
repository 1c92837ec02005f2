"""The terms of the generator's loss that compare a result with its target."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from srviewer.errors import UserError

Compare = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Loss:
    """A term of the loss.

    Attributes:
        id: The id in LOSSES and the field of LossWeights.
        title: The name for people.
        compare: Makes a scalar of (result, truth): of images (B, C, H, W), or of their features.
        features: Whether it compares features.
    """

    id: str
    title: str
    compare: Compare
    features: bool = False


def texture(result: Tensor, truth: Tensor) -> Tensor:
    """The texture loss: L1 between Gram matrices.

    Args:
        result: (B, c, h, w) features of the result.
        truth: (B, c, h, w) features of the target.

    Returns:
        A scalar.
    """
    return functional.l1_loss(gram(result), gram(truth))


def gram(features: Tensor) -> Tensor:
    """Gram matrices F F^T / (c h w).

    Args:
        features: (B, c, h, w).

    Returns:
        (B, c, c).
    """
    _, channels, rows, columns = features.shape
    flat = features.flatten(2)
    return flat @ flat.transpose(1, 2) / (channels * rows * columns)


LOSSES = (
    Loss("l1", "L1", functional.l1_loss),
    Loss("mse", "MSE", functional.mse_loss),
    Loss("perceptual", "Perceptual, before activation", functional.l1_loss, features=True),
    Loss("texture", "Texture", texture, features=True),
)


def compared(
    terms: dict[str, float],
    result: Tensor,
    truth: Tensor,
    features: Callable[[Tensor], Tensor] | None,
) -> dict[str, Tensor]:
    """Compute the terms of LOSSES that have a weight.

    Args:
        terms: The weights by the id of the term.
        result: (B, C, H, W) output of the generator.
        truth: (B, C, H, W) targets.
        features: The feature network; None where no term needs it.

    Returns:
        A scalar for each term, before weighting.

    Raises:
        UserError: A term needs features and there is no feature network.
    """
    rows = [row for row in LOSSES if row.id in terms]
    values = {row.id: row.compare(result, truth) for row in rows if not row.features}
    deep = [row for row in rows if row.features]
    if deep:
        if features is None:
            raise UserError("Perceptual and texture losses need a feature network.")
        of_result, of_truth = features(result), features(truth).detach()
        values |= {row.id: row.compare(of_result, of_truth) for row in deep}
    return values
