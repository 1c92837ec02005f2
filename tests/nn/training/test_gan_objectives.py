"""Each game against values worked out by hand."""

from math import exp, log

import pytest
import torch

from srviewer.nn.plans.parts import OBJECTIVES
from srviewer.nn.training.gan_objectives import ADVERSARIAL, gradient_penalty, objective

REAL, FAKE = torch.tensor([[2.0], [0.0]]), torch.tensor([[1.0], [-1.0]])


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def test_the_plans_ids_are_those_of_the_table() -> None:
    assert ("none", *(row.id for row in ADVERSARIAL)) == OBJECTIVES


def test_the_standard_game_is_equation_9() -> None:
    row = objective("standard")
    real = (log(sigmoid(2)) + log(sigmoid(0))) / 2
    fake = (log(1 - sigmoid(1)) + log(1 - sigmoid(-1))) / 2
    assert row.discriminator(REAL, FAKE).item() == pytest.approx(-(real + fake), rel=1e-6)
    wanted = -(log(sigmoid(1)) + log(sigmoid(-1))) / 2
    assert row.generator(REAL, FAKE).item() == pytest.approx(wanted, rel=1e-6)


def test_the_relativistic_game_is_equations_14_to_16() -> None:
    row = objective("relativistic")
    # The means are 1 and 0, so D_Ra(real, fake) = sigmoid(C(real) - 0), and C(fake) - 1 the other.
    real, fake = [sigmoid(2), sigmoid(0)], [sigmoid(0), sigmoid(-2)]
    by_15 = -sum(map(log, real)) / 2 - sum(log(1 - d) for d in fake) / 2
    by_16 = -sum(log(1 - d) for d in real) / 2 - sum(map(log, fake)) / 2
    assert row.discriminator(REAL, FAKE).item() == pytest.approx(by_15, rel=1e-6)
    assert row.generator(REAL, FAKE).item() == pytest.approx(by_16, rel=1e-6)


def test_the_wasserstein_game() -> None:
    row = objective("wasserstein")
    assert row.discriminator(REAL, FAKE).item() == -1.0  # mean of fake 0, less mean of real 1
    assert row.generator(REAL, FAKE + 3).item() == -3.0
    assert row.penalised


def test_the_relativistic_critic_plays_the_relativistic_game_with_a_penalty() -> None:
    row, plain = objective("relativistic-wasserstein"), objective("relativistic")
    assert row.penalised and not plain.penalised
    assert row.discriminator(REAL, FAKE) == plain.discriminator(REAL, FAKE)


def test_large_judgements_do_not_overflow() -> None:
    for row in ADVERSARIAL:
        losses = row.discriminator(-1e4 * REAL, 1e4 * FAKE), row.generator(REAL, -1e4 * FAKE)
        assert all(torch.isfinite(loss) for loss in losses)


def test_the_penalty_takes_the_norm_over_the_whole_sample() -> None:
    """C(x) = sum of 3 x over four pixels: the gradient is (3, 3, 3, 3), of length 6."""
    real, fake = torch.rand(5, 1, 2, 2), torch.rand(5, 1, 2, 2)
    penalty = gradient_penalty(lambda x: 3 * x.sum(dim=(1, 2, 3)), real, fake, torch.rand(5))
    assert penalty.item() == pytest.approx((6 - 1) ** 2)


def test_the_penalty_is_taken_between_truth_and_result() -> None:
    """C(x) = x^2 / 2 of one pixel: the gradient is x itself, here a quarter of the way to 4."""
    real, fake = torch.full((1, 1, 1, 1), 4.0), torch.zeros(1, 1, 1, 1)
    penalty = gradient_penalty(
        lambda x: (x**2 / 2).sum(dim=(1, 2, 3)), real, fake, torch.tensor([0.25])
    )
    assert penalty.item() == 0.0
    penalty = gradient_penalty(
        lambda x: (x**2 / 2).sum(dim=(1, 2, 3)), real, fake, torch.tensor([0.75])
    )
    assert penalty.item() == pytest.approx(4.0)


def test_a_better_result_is_cheaper_for_the_generator() -> None:
    for row in ADVERSARIAL:
        assert row.generator(REAL, FAKE + 1) < row.generator(REAL, FAKE)
        assert row.discriminator(REAL + 1, FAKE) < row.discriminator(REAL, FAKE)
