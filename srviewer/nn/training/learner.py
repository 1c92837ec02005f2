"""The networks of a training run, and one step of their training."""

import copy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from srviewer.nn.data.prefetching import PatchBatch
from srviewer.nn.devices.bfloat16 import is_faster_in_bfloat16
from srviewer.nn.devices.distributed import data_parallel, synchronised
from srviewer.nn.devices.processes import Process
from srviewer.nn.inference.infer import built_network, weights_of
from srviewer.nn.models.building import check_size, kinds_of
from srviewer.nn.models.feature_network import feature_network
from srviewer.nn.models.model_file import Model, load_model
from srviewer.nn.models.optimiser_state import optimiser_arrays, optimiser_kinds, restore_optimiser
from srviewer.nn.models.safetensors_file import Arrays, Outline
from srviewer.nn.models.weight_transfer import transferred
from srviewer.nn.networks.generator_table import network_spec
from srviewer.nn.networks.interpolated_base import base_of
from srviewer.nn.plans.parts import LossWeights
from srviewer.nn.plans.plan import TrainingPlan
from srviewer.nn.training.discriminator_training import DiscriminatorTrainer
from srviewer.nn.training.losses import compared
from srviewer.nn.training.schedule import StepSettings

BETAS = (0.9, 0.99)
SEED_STRIDE = 1_000_003  # more than the steps of any run, so that no two seeds meet


class Learner:
    """The generator, its averaged weights, and the discriminator where there is one.

    Raises UserError when the model to start from or the feature network is missing or unfit.
    """

    def __init__(self, plan: TrainingPlan, device: torch.device, process: Process) -> None:
        torch.manual_seed(plan.seed)
        self._plan, self._device = plan, device
        start = load_model(Path(plan.start_from)) if plan.start_from else None
        network = initial_network(plan, start).to(device)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network = synchronised(network, device, process)
        self.averaged = copy.deepcopy(self.network).requires_grad_(False).eval()
        self._parallel = data_parallel(self.network, device, process)
        self._optimiser = torch.optim.Adam(
            self.network.parameters(), lr=plan.learning_rate, betas=BETAS
        )
        self._texture_of = fidelity_model_name(plan, start, network)
        self._base = base_of(plan.shape).to(device)
        self._features = (
            feature_network(plan.features).to(device) if plan.losses.needs_features else None
        )
        self._discriminator = (
            DiscriminatorTrainer(plan, device, process) if plan.is_adversarial else None
        )

    def learn(self, batch: PatchBatch, step: int, settings: StepSettings) -> dict[str, Tensor]:
        """Do one training step of the generator, and of the discriminator in the adversarial stage.

        Args:
            batch: The training batch of this process.
            step: The number of the step, from 0.
            settings: Stage, learning rate and loss weights of this step.

        Returns:
            Scalars without gradient: each loss term before weighting, "total", and "discriminator"
            in the adversarial stage.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = settings.rate
        inputs = batch.inputs.to(self._device, non_blocking=True)
        targets = batch.targets.to(self._device, non_blocking=True)
        is_adversarial = self._discriminator is not None and settings.stage == "adversarial"
        with self._mixed_precision():
            result = self._parallel(inputs, batch.factor)
            terms = compared(settings.losses.used(), result, targets, self._features)
            if self._discriminator is not None and is_adversarial:
                interpolated = self._interpolated(inputs, batch.factor)
                terms["adversarial"] = self._discriminator.generator_loss(
                    targets, result, interpolated
                )
        total = weighted(terms, settings.losses)
        self._optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self._plan.gradient_norm)
        self._optimiser.step()
        if self._discriminator is not None and is_adversarial:
            seed = self._plan.seed * SEED_STRIDE + step
            with self._mixed_precision():
                terms["discriminator"] = self._discriminator.learn(
                    targets, result, interpolated, seed, settings.rate
                )
        self._average(min(self._plan.ema, (1 + step) / (10 + step)))
        return {"total": total.detach(), **{name: term.detach() for name, term in terms.items()}}

    def model(self, name: str) -> Model:
        """The averaged weights so far, as a model.

        Args:
            name: The name of the model.

        Returns:
            The model, without scores.
        """
        weights = dict(weights_of(self.averaged))
        spec, fidelity = network_spec(self._plan.network), self._texture_of
        plan = self._plan.to_share()
        return Model(name, spec, weights, plan, texture_of="" if fidelity == name else fidelity)

    def is_finite(self) -> bool:
        """Whether every weight that would be stored is a number."""
        return all(
            bool(torch.isfinite(weight).all())
            for network in (self.network, self.averaged)
            for weight in network.state_dict().values()
        )

    def arrays(self) -> Arrays:
        """Everything that has changed since the start, by name: for a checkpoint."""
        arrays: Arrays = {}
        for part, network in self._networks().items():
            arrays |= {f"{part}/{name}": weight for name, weight in weights_of(network)}
        for part, optimiser in self._optimisers().items():
            arrays |= {f"{part}/{k}": array for k, array in optimiser_arrays(optimiser).items()}
        return arrays

    def check(self, outline: Outline) -> None:
        """Check that arrays are those of this run.

        Args:
            outline: Type and shape of the arrays of a checkpoint.

        Raises:
            ValueError: A name, type or shape differs.
        """
        expected = {}
        for part, network in self._networks().items():
            kinds = {f"{part}/{name}": kind for name, kind in kinds_of(network).items()}
            if not kinds.items() <= outline.arrays.items():
                raise ValueError(f"the arrays of its {part} are not those of the run")
            expected.update(kinds)
        rest = dict(outline.arrays.items() - expected.items())
        for part, optimiser in self._optimisers().items():
            known = optimiser_kinds(optimiser)
            rest = {
                name: kind
                for name, kind in rest.items()
                if known.get(name.removeprefix(f"{part}/")) != kind
            }
        if rest:
            raise ValueError(f"its array '{next(iter(rest))[:80]}' is none of the run")

    def restore(self, arrays: Arrays) -> None:
        """Restore the state of a checkpoint.

        Args:
            arrays: As ``arrays()`` returned them.
        """
        for part, network in self._networks().items():
            network.load_state_dict(
                {name: torch.from_numpy(a) for name, a in _part(arrays, part).items()}
            )
        for part, optimiser in self._optimisers().items():
            restore_optimiser(optimiser, _part(arrays, part))

    def _networks(self) -> dict[str, nn.Module]:
        networks = {"network": self.network, "averaged": self.averaged}
        return networks | (
            {"discriminator": self._discriminator.network} if self._discriminator else {}
        )

    def _optimisers(self) -> dict[str, torch.optim.Optimizer]:
        optimisers: dict[str, torch.optim.Optimizer] = {"optimiser": self._optimiser}
        if self._discriminator:
            optimisers["discriminator_optimiser"] = self._discriminator.optimiser
        return optimisers

    def _interpolated(self, inputs: Tensor, factor: int) -> Tensor:
        k = self._plan.neighbours
        middle = inputs[:, k : k + 1] if self._plan.layout == "axis" else inputs
        interpolated: Tensor = self._base(middle, factor)
        return interpolated

    def _mixed_precision(self) -> torch.autocast:
        """bfloat16 where the device is faster in it."""
        enabled = is_faster_in_bfloat16(self._device)
        return torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=enabled)

    def _average(self, decay: float) -> None:
        with torch.no_grad():
            means: list[Tensor] = list(self.averaged.parameters())
            new: list[Tensor] = list(self.network.parameters())
            torch._foreach_lerp_(means, new, 1 - decay)
            for old, now in zip(self.averaged.buffers(), self.network.buffers(), strict=True):
                old.copy_(now)


def initial_network(plan: TrainingPlan, start: Model | None) -> nn.Module:
    """Build the generator as it is at step 0.

    Args:
        plan: The plan of the run.
        start: The model to start from, None for initial weights.

    Returns:
        The network; the weights of a smaller ``start`` are transferred to it.

    Raises:
        UserError: The network is too large for a model file, or ``start`` does not fit into it.
    """
    spec = network_spec(plan.network)
    check_size(lambda: spec.build(plan.shape), "network")
    network = spec.build(plan.shape)
    if start is None:
        return network
    weights = transferred(start.weights, dict(weights_of(network)))
    return built_network(Model(start.name, spec, weights, plan))


def fidelity_model_name(plan: TrainingPlan, start: Model | None, network: nn.Module) -> str:
    """The fidelity model whose texture model a run trains.

    A run with texture losses that starts from a fidelity model of the same shape trains the texture
    model of that; one that goes on from a texture model trains another one of the same fidelity
    model.

    Args:
        plan: The plan of the run.
        start: The model to start from, None for initial weights.
        network: The generator of the run.

    Returns:
        The name of the fidelity model, "" for none.
    """
    if start is None or not plan.seeks_texture:
        return ""
    shapes = {name: weight.shape for name, weight in weights_of(network)}
    if start.plan.network != plan.network or shapes != start.shapes:
        return ""
    return start.texture_of if start.plan.seeks_texture else start.name


def weighted(terms: dict[str, Tensor], losses: LossWeights) -> Tensor:
    """Eq. 17: the sum of the terms, each times its weight.

    Args:
        terms: Scalars by name.
        losses: The weights.

    Returns:
        A float32 scalar.
    """
    weights = losses.used()
    return torch.stack([weights[name] * term.float() for name, term in terms.items()]).sum()


def _part(arrays: Arrays, part: str) -> dict[str, np.ndarray]:
    return {
        name.removeprefix(f"{part}/"): array
        for name, array in arrays.items()
        if name.startswith(f"{part}/")
    }
