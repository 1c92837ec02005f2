"""The terms of the generator's loss that compare a result with its truth."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from srviewer.errors import UserError

Compare = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Loss:
    """``compare(result, truth)``: a scalar; of images (B, C, H, W), or of their ``features``."""

    id: str
    title: str
    compare: Compare
    features: bool = False


def texture(result: Tensor, truth: Tensor) -> Tensor:
    """L1 between the Gram matrices of two sets of features."""
    return functional.l1_loss(gram(result), gram(truth))


def gram(features: Tensor) -> Tensor:
    """(B, c, h, w) to (B, c, c): F F^T / (c h w)."""
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
    """Each term of LOSSES that ``terms`` weighs, before weighting.

    ``features``: maps images (B, C, H, W) to what the feature losses compare.
    """
    rows = [row for row in LOSSES if row.id in terms]
    values = {row.id: row.compare(result, truth) for row in rows if not row.features}
    deep = [row for row in rows if row.features]
    if deep:
        if features is None:
            raise UserError("Perceptual and texture losses need a feature network.")
        seen, wanted = features(result), features(truth).detach()
        values |= {row.id: row.compare(seen, wanted) for row in deep}
    return values
