"""The discriminator of a training run: its loss for the generator, and its own training."""

import torch
from torch import Tensor

from srviewer.nn.devices.distributed import data_parallel, synchronised
from srviewer.nn.devices.processes import Process
from srviewer.nn.models.building import check_size
from srviewer.nn.networks.discriminators import discriminator, seen
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.training.gan_objectives import gradient_penalty, objective

BETAS = (0.9, 0.99)
CRITIC_BETAS = (0.0, 0.9)  # a critic chases a moving target (Gulrajani 2017)


class DiscriminatorTrainer:
    """The discriminator, its optimiser and its GAN objective.

    All images are (B, C, H, W) in shares of the intensity range.
    """

    def __init__(self, plan: TrainingPlan, device: torch.device, process: Process) -> None:
        self._plan, self._batch, self._process = plan.adversarial, plan.batch, process
        self._row = discriminator(self._plan.discriminator)
        self._objective = objective(self._plan.objective)
        channels = plan.channels * (2 if self._row.conditional else 1)
        check_size(lambda: self._row.build(channels, self._plan.width), "discriminator")
        network = self._row.build(channels, self._plan.width).to(device)
        self.network = synchronised(network, device, process)
        self._parallel = data_parallel(self.network, device, process)
        betas = CRITIC_BETAS if self._objective.penalised else BETAS
        self.optimiser = torch.optim.Adam(
            self.network.parameters(), lr=self._plan.learning_rate, betas=betas
        )

    def generator_loss(self, truth: Tensor, result: Tensor, interpolated: Tensor) -> Tensor:
        """Compute the generator's adversarial term; the discriminator's weights get no gradient.

        Args:
            truth: Targets.
            result: Output of the generator.
            interpolated: The interpolated input, which a conditional discriminator sees.

        Returns:
            A scalar.
        """
        self.network.requires_grad_(False)
        with torch.no_grad():
            real = self.network(seen(self._row, truth, interpolated))
        fake = self.network(seen(self._row, result, interpolated))
        self.network.requires_grad_(True)
        return self._objective.generator(real, fake)

    def learn(
        self, truth: Tensor, result: Tensor, interpolated: Tensor, seed: int, rate: float
    ) -> Tensor:
        """Train the discriminator for one step.

        Args:
            truth: Targets.
            result: Output of the generator; no gradient goes back to it.
            interpolated: The interpolated input, which a conditional discriminator sees.
            seed: Of the mixing of the gradient penalty.
            rate: The learning rate.

        Returns:
            The loss, a scalar without gradient.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        real, fake = (seen(self._row, images, interpolated) for images in (truth, result.detach()))
        loss = self._objective.discriminator(self._parallel(real), self._parallel(fake))
        if self._objective.penalised:
            random = torch.Generator().manual_seed(seed)
            # Drawn for the whole batch, so that several processes mix as one does.
            drawn = torch.rand(self._batch, generator=random)
            mixing = drawn[list(self._process.patches(self._batch))].to(real.device)
            penalty = gradient_penalty(self.network, real.float(), fake.float(), mixing)
            loss = loss + self._plan.penalty * penalty
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return loss.detach()
