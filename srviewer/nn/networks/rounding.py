"""Rounding of weights to integers so that the outputs of a layer change little (GPTQ, 2022)."""

import torch
from torch import Tensor

TOGETHER = 64  # inputs whose errors are passed on to all later ones at once
ROUNDED_INPUTS = 1 / 12  # the variance that rounding adds to each input, which is an integer too
DAMPING = 1e-3  # of the mean moment, so that the moments can be inverted


def rounded(weights: Tensor, moments: Tensor, largest: int) -> Tensor:
    """Round weights one input after another; later ones make up for the errors of earlier ones.

    After Frantar et al. 2022: each error is passed on by the inverse of the inputs' moments.

    Args:
        weights: (outputs, inputs), of which ``largest`` is the largest magnitude.
        moments: (inputs, inputs), the mean products of the layer's inputs, in integers.
        largest: The largest magnitude of a rounded weight.

    Returns:
        (outputs, inputs) whole numbers.
    """
    left, whole = weights.clone(), torch.empty_like(weights)
    added = ROUNDED_INPUTS + DAMPING * moments.diagonal().mean()
    factor = torch.linalg.cholesky(moments + added * torch.eye(len(moments)))
    passed_on = torch.linalg.cholesky(torch.cholesky_inverse(factor), upper=True)
    for start in range(0, len(moments), TOGETHER):
        part = slice(start, min(start + TOGETHER, len(moments)))
        errors = torch.empty_like(left[:, part])
        for number in range(part.start, part.stop):
            value = left[:, number]
            torch.round(value, out=whole[:, number]).clamp_(-largest, largest)
            errors[:, number - start] = (value - whole[:, number]) / passed_on[number, number]
            later = slice(number + 1, part.stop)
            left[:, later] -= torch.outer(errors[:, number - start], passed_on[number, later])
        left[:, part.stop :] -= errors @ passed_on[part, part.stop :]
    return whole
