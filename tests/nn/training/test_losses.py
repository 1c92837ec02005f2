"""Each term of the generator's loss against values worked out by hand."""

from dataclasses import fields

import pytest
import torch
from torch import nn

from srviewer.errors import UserError
from srviewer.nn.plans.parts import LossWeights
from srviewer.nn.training.learner import weighted
from srviewer.nn.training.losses import LOSSES, compared, gram, texture

RESULT = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
TRUTH = torch.tensor([[[[1.0, 4.0], [3.0, 0.0]]]])


def test_every_row_is_a_field_of_the_plan() -> None:
    assert {row.id for row in LOSSES} | {"adversarial"} == {f.name for f in fields(LossWeights)}


def test_pixel_terms() -> None:
    values = compared({"l1": 1.0, "mse": 1.0}, RESULT, TRUTH, None)
    assert values["l1"].item() == pytest.approx((0 + 2 + 0 + 4) / 4)
    assert values["mse"].item() == pytest.approx((0 + 4 + 0 + 16) / 4)


def test_the_gram_matrix() -> None:
    features = torch.tensor([[[[1.0, 2.0]], [[3.0, -1.0]]]])  # c = 2, h = 1, w = 2
    # F F^T = [[1 + 4, 3 - 2], [3 - 2, 9 + 1]], over c h w = 4
    assert gram(features)[0].tolist() == [[1.25, 0.25], [0.25, 2.5]]


def test_the_texture_term_forgets_where_things_are() -> None:
    features = torch.rand(2, 3, 4, 5)
    moved = features.roll((1, 2), dims=(2, 3))
    assert texture(features, moved).item() == pytest.approx(0, abs=1e-6)
    # [[1]] against [[4]] in one channel of one pixel
    assert texture(torch.ones(1, 1, 1, 1), 2 * torch.ones(1, 1, 1, 1)).item() == 3.0


def test_feature_terms_look_at_features_before_the_activation() -> None:
    """A negative feature counts: after an activation it would be 0."""
    values = compared({"perceptual": 1.0, "texture": 1.0}, RESULT, TRUTH, lambda x: -x)
    assert values["perceptual"].item() == pytest.approx(1.5)
    result, truth = 1 + 4 + 9 + 16, 1 + 16 + 9
    assert values["texture"].item() == pytest.approx((result - truth) / 4)


def test_feature_terms_need_features() -> None:
    with pytest.raises(UserError, match="need a feature network"):
        compared({"perceptual": 1.0}, RESULT, TRUTH, None)


def test_the_truth_gets_no_gradient_and_the_result_does() -> None:
    network = nn.Conv2d(1, 2, 3)
    result, truth = RESULT.repeat(1, 1, 2, 2).requires_grad_(), TRUTH.repeat(1, 1, 2, 2)
    compared({"perceptual": 1.0}, result, truth.requires_grad_(), network)["perceptual"].backward()
    assert result.grad is not None and result.grad.any() and truth.grad is None


def test_the_sum_is_equation_17() -> None:
    terms = {"perceptual": torch.tensor(2.0), "adversarial": torch.tensor(3.0)}
    terms["l1"] = torch.tensor(5.0)
    losses = LossWeights(perceptual=1.0, adversarial=5e-3, l1=1e-2)
    assert weighted(terms, losses).item() == pytest.approx(2 + 5e-3 * 3 + 1e-2 * 5)
