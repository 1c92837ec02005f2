"""GAN objectives: the loss of the generator and that of the discriminator."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

AdversarialLoss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Objective:
    """The two losses of an adversarial training.

    Attributes:
        id: The id in ADVERSARIAL, as plans store it.
        title: The name for people.
        discriminator: Makes the discriminator's loss, a scalar, of C(real) and C(fake).
        generator: Makes the generator's loss, a scalar, of C(real) and C(fake).
        penalised: Whether the gradient penalty is added to the discriminator's loss.
    """

    id: str
    title: str
    discriminator: AdversarialLoss
    generator: AdversarialLoss
    penalised: bool = False


# -log sigmoid(x) = softplus(-x) and -log(1 - sigmoid(x)) = softplus(x), without overflow.
def standard_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """The maximum of eq. 9, with D = sigmoid(C) of eq. 13, as a minimum.

    Args:
        real: C(truth), of any shape.
        fake: C(result), of the same shape.

    Returns:
        A scalar.
    """
    return softplus(-real).mean() + softplus(fake).mean()


def standard_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-E log D(G(z)): the form of eq. 9's minimum whose gradient does not vanish (Goodfellow 2014).

    Args:
        real: C(truth), unused.
        fake: C(result), of any shape.

    Returns:
        A scalar.
    """
    return softplus(-fake).mean()


def relativistic_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """Eq. 15, with D_Ra of eq. 14: C(x) relative to the mean C of the other kind.

    Args:
        real: C(truth), of any shape.
        fake: C(result), of the same shape.

    Returns:
        A scalar.
    """
    return softplus(-(real - fake.mean())).mean() + softplus(fake - real.mean()).mean()


def relativistic_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Eq. 16: the loss of the discriminator, truth and result exchanged.

    Args:
        real: C(truth), of any shape.
        fake: C(result), of the same shape.

    Returns:
        A scalar.
    """
    return relativistic_discriminator(fake, real)


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """The Wasserstein distance, negated, for a critic of slope 1 (Arjovsky 2017).

    Args:
        real: C(truth), of any shape.
        fake: C(result), of the same shape.

    Returns:
        A scalar.
    """
    return fake.mean() - real.mean()


def wasserstein_generator(real: Tensor, fake: Tensor) -> Tensor:
    """-E C(G(z)).

    Args:
        real: C(truth), unused.
        fake: C(result), of any shape.

    Returns:
        A scalar.
    """
    return -fake.mean()


# A Wasserstein critic is relative already: E C(real) - E C(fake) does not change when one mean is
# subtracted from the other. So the "relativistic critic" here is the relativistic average objective
# with a critic of slope 1 (Jolicoeur-Martineau 2018, "RaSGAN-GP").
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
    """Look up a row of ADVERSARIAL.

    Args:
        objective_id: The id of the row.

    Returns:
        The row.

    Raises:
        KeyError: There is no such row.
    """
    return {row.id: row for row in ADVERSARIAL}[objective_id]


def gradient_penalty(
    critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, mixing: Tensor
) -> Tensor:
    """E (|grad C(x)| - 1)^2 at x between truth and result (Gulrajani 2017).

    The norm is over the whole sample: over the channels alone it would be an absolute value where
    there is one channel.

    Args:
        critic: Maps images to C(x).
        real: (B, C, H, W) truth.
        fake: (B, C, H, W) results.
        mixing: (B,) in 0..1, the share of the truth in x.

    Returns:
        A scalar.
    """
    between = torch.lerp(fake, real, mixing[:, None, None, None]).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    norm = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return torch.square(norm - 1).mean()
