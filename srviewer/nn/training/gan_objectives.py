"""The games between generator and discriminator: what each of the two minimises."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

GameLoss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Objective:
    """``discriminator(C(real), C(fake))`` and ``generator(C(real), C(fake))``: scalars.

    ``penalised``: whether the critic's gradient penalty is added to the discriminator's.
    """

    id: str
    title: str
    discriminator: GameLoss
    generator: GameLoss
    penalised: bool = False


# -log sigmoid(x) = softplus(-x) and -log(1 - sigmoid(x)) = softplus(x), without overflow.
def standard_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """The maximum of eq. 9, with D = sigmoid(C) of eq. 13, as a minimum."""
    return softplus(-real).mean() + softplus(fake).mean()


def standard_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-E log D(G(z)): the form of eq. 9's minimum whose gradient does not vanish (Goodfellow)."""
    return softplus(-fake).mean()


def relativistic_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """Eq. 15, with D_Ra of eq. 14: how much more real than the mean of the others."""
    return softplus(-(real - fake.mean())).mean() + softplus(fake - real.mean()).mean()


def relativistic_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Eq. 16: the roles of truth and result exchanged."""
    return relativistic_discriminator(fake, real)


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """The Wasserstein distance, negated, for a critic of slope 1 (Arjovsky 2017)."""
    return fake.mean() - real.mean()


def wasserstein_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-E C(G(z))."""
    return -fake.mean()


# A Wasserstein critic is relative already: E C(real) - E C(fake) does not change when one mean is
# subtracted from the other. What is left to make of a "relativistic critic" is the relativistic
# average game on a critic of slope 1 (Jolicoeur-Martineau 2018, "RaSGAN-GP").
ADVERSARIAL = (
    Objective("standard", "Standard (eq. 9, 13)", standard_discriminator, standard_generator),
    Objective(
        "relativistic",
        "Relativistic average (eq. 14-16)",
        relativistic_discriminator,
        relativistic_generator,
    ),
    Objective(
        "wasserstein",
        "Wasserstein with gradient penalty",
        wasserstein_critic,
        wasserstein_generator,
        penalised=True,
    ),
    Objective(
        "relativistic-wasserstein",
        "Relativistic average with gradient penalty",
        relativistic_discriminator,
        relativistic_generator,
        penalised=True,
    ),
)


def objective(objective_id: str) -> Objective:
    """The row of ADVERSARIAL with this id; KeyError when there is none."""
    return {row.id: row for row in ADVERSARIAL}[objective_id]


def gradient_penalty(
    critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, mixing: Tensor
) -> Tensor:
    """E (|grad C(x)| - 1)^2 at x between truth and result (Gulrajani 2017).

    ``real``, ``fake``: (B, C, H, W). ``mixing``: (B,) in 0..1. The norm is over the whole sample:
    over the channels alone it would be an absolute value where there is one channel.
    """
    between = torch.lerp(fake, real, mixing[:, None, None, None]).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    norm = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return torch.square(norm - 1).mean()
